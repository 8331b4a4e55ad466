"""The work behind the descriptor: one call of the kernel."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import analytics

if TYPE_CHECKING:
    from reactivate_plugins.value import ValueSettings


@frozen
class ValueSegmenter:
    """Adds `value` and the forecasts behind it."""

    settings: "ValueSettings"

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """What to expect of each person; null without orders."""
        return analytics.value(profiles, orders, as_of=as_of, within_days=max(round(self.settings.within.days), 1))

    def why(self, row: Mapping[str, Any], orders: pa.Table, as_of: date) -> str:
        """The figures behind the word."""
        return analytics.why.why_value(row)
