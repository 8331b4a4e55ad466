"""The work behind the descriptor: one call of the kernel."""

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
from attrs import frozen

from reactivate.api import analytics

if TYPE_CHECKING:
    from reactivate_plugins.rfm import RfmSettings


@frozen
class RfmSegmenter:
    """Adds `rfm, r, f, m`."""

    settings: "RfmSettings"

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """Scores of each person; null without orders."""
        period = self.settings.period
        return analytics.rfm(
            profiles,
            orders,
            as_of=as_of,
            period_days=None if period is None else period.days,
            bins=self.settings.bins,
        )
