"""Reviewers' decisions, laid at the records of this sync: keys become positions."""

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.stages.tables import whole

Pair = tuple[int, int]


@frozen(eq=False)
class Decided:
    """Pairs of positions, the smaller first. `waiting`: decisions about records that are not there today."""

    must_link: list[Pair] = field(factory=list)
    cannot_link: list[Pair] = field(factory=list)
    waiting: int = 0

    @property
    def used(self) -> int:
        return len(self.must_link) + len(self.cannot_link)

    @classmethod
    def of(cls, decisions: pa.Table, records: pa.Table) -> "Decided":
        """`decisions` as the ledger holds them; `records` with source and record_id."""
        if not decisions.num_rows:
            return cls()
        keys = _keys(records["source"], records["record_id"])
        left, right = (
            pc.index_in(_keys(decisions[f"{side}_source"], decisions[f"{side}_record_id"]), value_set=keys)
            for side in ("left", "right")
        )
        found: dict[bool, list[Pair]] = {True: [], False: []}
        waiting = 0
        for one, two, same in zip(left.to_pylist(), right.to_pylist(), decisions["same"].to_pylist(), strict=True):
            if one is None or two is None:
                waiting += 1
            else:
                found[same].append((min(one, two), max(one, two)))
        return cls(found[True], found[False], waiting)


def _keys(sources: pa.ChunkedArray, records: pa.ChunkedArray) -> pa.Array:
    return whole(pc.binary_join_element_wise(sources, records, "\x1f"))
