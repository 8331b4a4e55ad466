"""The work behind the descriptor: one call of the kernel."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import analytics

if TYPE_CHECKING:
    from reactivate_plugins.due import DueSettings


@frozen
class DueSegmenter:
    """Adds `due_service` and `until_service`."""

    settings: "DueSettings"

    def assign(self, profiles: pa.Table, orders: pa.Table, as_of: date) -> pa.Table:
        """The next service of each person; null when none of the services was done before."""
        return analytics.due(profiles, orders, self._norms(), as_of=as_of)

    def why(self, row: Mapping[str, Any], orders: pa.Table, as_of: date) -> str:
        """When the service was done last, and its norm."""
        return analytics.why.why_due(row, orders, self._norms(), as_of=as_of)

    def _norms(self) -> dict[str, Any]:
        every, km = self.settings.every, self.settings.km
        return {
            name: analytics.Service(every[name].days if name in every else None, km.get(name))
            for name in {**every, **km}
        }
