"""The work of matcher `probabilistic`: the kernel does it."""

from typing import Any

import pyarrow as pa

from reactivate.api import Context, Memory, Remembered, matching, normalise

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
        chosen = self._settings
        found = matching.link(
            self._ready(records), by=chosen.by, merge_at=chosen.merge_at, review_at=chosen.review_at, seed=self._seed
        )
        return found.links

    def link_again(self, records: pa.Table, memory: Memory) -> Remembered:
        """As `link`; only records that are new or changed since the last time are compared."""
        chosen = self._settings
        found = matching.relink(
            self._ready(records),
            memory.folder,
            by=chosen.by,
            merge_at=chosen.merge_at,
            review_at=chosen.review_at,
            must_link=memory.must_link,
            cannot_link=memory.cannot_link,
            afresh=memory.afresh,
        )
        return Remembered(
            found.linked.links, found.how, found.why, found.new, found.changed, found.gone, notes=found.notes
        )

    def explain_pair(self, records: pa.Table, left: int, right: int, memory: Memory) -> Any:
        """Per field both values, the level and its weight in bits."""
        decided = (memory.must_link, memory.cannot_link)
        return matching.explain_stored(self._ready(records), left, right, memory.folder, self._settings.by, *decided)

    def _ready(self, records: pa.Table) -> pa.Table:
        if "n_phones" in records.column_names:
            return records
        return normalise.normal_records(records, region=self._region)
