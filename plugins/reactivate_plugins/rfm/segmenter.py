"""The work behind the descriptor: one call of the kernel."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import DataError, analytics, place

if TYPE_CHECKING:
    from reactivate_plugins.rfm import RfmSettings


@frozen
class RfmSegmenter:
    """Adds `rfm, r, f, m`."""

    settings: "RfmSettings"
    folder: Path

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """Scores of each person; null without orders. DataError R670 when the grid cannot be used."""
        period = self.settings.period
        return analytics.rfm(
            profiles,
            orders,
            as_of=as_of,
            period_days=None if period is None else period.days,
            bins=self._bins(),
            grid=self._grid(),
        )

    def why(self, row: Mapping[str, Any], orders: pa.Table, as_of: date) -> str:
        """The figures behind the word."""
        return analytics.why.why_rfm(row)

    def _bins(self) -> Any:
        if self.settings.bins != "own":
            return self.settings.bins
        return {
            "r": [one.days for one in self.settings.silence],
            "f": self.settings.orders,
            "m": [float(one.amount) for one in self.settings.revenue],
        }

    def _grid(self) -> Any:
        if self.settings.grid is None:
            return None
        path = place(self.settings.grid, self.folder)
        try:
            return analytics.checked_grid(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as fault:  # JSON that is none, text that is not UTF-8, and a grid with a wrong word alike
            hint = "start from ours: `reactivate study rfm --print-grid`"
            raise DataError.because("R670", f"{path} is no grid of rfm: {fault}", hint) from None
