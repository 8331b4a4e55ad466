"""The work behind the descriptor: one call of the kernel."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import analytics

if TYPE_CHECKING:
    from reactivate_plugins.stage import StageSettings


@frozen
class StageSegmenter:
    """Adds `stage`, its class, and the lines behind it."""

    settings: "StageSettings"

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """The stage of each person."""
        lost = self.settings.lost
        return analytics.stage(
            profiles,
            orders,
            as_of=as_of,
            lapse=self._lapse(),
            lost=None if lost is None else lost.days,
            learn=analytics.Learn(self.settings.returns_below, max(round(self.settings.within.days), 1)),
        )

    def why(self, row: Mapping[str, Any], orders: pa.Table, as_of: date) -> str:
        """The figures behind the word."""
        return analytics.why.why_stage(row)

    def _lapse(self) -> str | float | Mapping[str, float]:
        settings = self.settings
        if settings.by_category:
            return {name: duration.days for name, duration in settings.by_category.items()}
        return settings.lapse if settings.after is None else settings.after.days
