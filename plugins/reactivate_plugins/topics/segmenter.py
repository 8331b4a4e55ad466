"""The work behind the descriptor: one call of the kernel."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import analytics

if TYPE_CHECKING:
    from reactivate_plugins.topics import TopicsSettings


@frozen
class TopicsSegmenter:
    """Adds `topics`."""

    settings: "TopicsSettings"

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """The topics of each person; empty when none is known."""
        settings = self.settings
        return analytics.topics(
            profiles, orders, as_of=as_of, most=settings.most, half_life_days=max(settings.half_life.days, 1e-3)
        )

    def why(self, row: Mapping[str, Any], orders: pa.Table, as_of: date) -> str:
        """How often each topic was bought, and when last."""
        return analytics.why.why_topics(row, orders, as_of=as_of)
