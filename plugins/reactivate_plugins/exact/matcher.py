"""The work of matcher `exact`: the kernel does it."""

import pyarrow as pa

from reactivate.api import Context, matching, normalise

from . import ExactSettings

_REGIONS = {"uk": "UA", "kk": "KZ", "be": "BY", "pl": "PL"}


class Exact:
    """Links records by keys."""

    def __init__(self, settings: ExactSettings, context: Context) -> None:
        self._by = settings.by
        self._region = _REGIONS.get(context.language, "RU")

    def link(self, records: pa.Table) -> pa.Table:
        """Links of records that share a key; records without normal forms are normalised first."""
        ready = (
            records if "n_phones" in records.column_names else normalise.normal_records(records, region=self._region)
        )
        return matching.exact(ready, by=self._by).links
