"""The work of matcher `probabilistic`: the kernel does it."""

import pyarrow as pa

from reactivate.api import Context, matching, normalise

from . import ProbabilisticSettings

_REGIONS = {"uk": "UA", "kk": "KZ", "be": "BY", "pl": "PL"}


class Probabilistic:
    """Links records by the three-class model of `reactivate.matching`."""

    def __init__(self, settings: ProbabilisticSettings, context: Context) -> None:
        self._settings = settings
        self._seed = context.seed
        self._region = _REGIONS.get(context.language, "RU")

    def link(self, records: pa.Table) -> pa.Table:
        """Bridges to merge and pairs to review; records without normal forms are normalised first."""
        ready = (
            records if "n_phones" in records.column_names else normalise.normal_records(records, region=self._region)
        )
        chosen = self._settings
        found = matching.link(
            ready, by=chosen.by, merge_at=chosen.merge_at, review_at=chosen.review_at, seed=self._seed
        )
        return found.links
