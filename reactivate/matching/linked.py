"""What a matcher hands back."""

from typing import Any

import pyarrow as pa
from attrs import field, frozen


@frozen(eq=False)
class Linked:
    """`links`: contract LINKS; `stats`: JSON-ready counts of blocks, pairs given up, model, bands, clusters."""

    links: pa.Table
    stats: dict[str, Any] = field(factory=dict)
