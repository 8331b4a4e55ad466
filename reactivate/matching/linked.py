"""What a matcher hands back."""

from typing import Any

import pyarrow as pa
from attrs import field, frozen

from reactivate.contracts.schemas import LINKS


@frozen(eq=False)
class Linked:
    """`links`: contract LINKS; `stats`: JSON-ready counts of blocks, pairs given up, model, bands, clusters."""

    links: pa.Table
    stats: dict[str, Any] = field(factory=dict)


def no_links(stats: dict[str, Any] | None = None) -> Linked:
    """Nothing to compare, nothing found."""
    return Linked(LINKS.empty(), stats or {})
