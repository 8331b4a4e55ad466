"""Which records are new, changed or gone since the last matching, told by hashes of their keys and contents."""

from functools import cached_property

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.matching import incremental_state as kept
from reactivate.matching.fields import Base, coded_base
from reactivate.matching.incremental_partners import Nodes
from reactivate.matching.incremental_state import How, State


@frozen(eq=False)
class Difference:
    """`fresh`: rows to be matched; `gone`: nodes that are no more as they were; `node`: per row, -1 = fresh."""

    normal: pa.Table
    by: tuple[str, ...]
    fresh: Nodes
    gone: Nodes
    node: Nodes
    changed: int

    @cached_property
    def base(self) -> Base:
        """All records, encoded: dear, and only needed where all pairs are weighed again."""
        return coded_base(self.normal, self.by)


def compared(state: State, normal: pa.Table, how: How) -> Difference:
    """Which records are new, changed or gone, by the hashes of their keys and contents."""
    alive = np.flatnonzero(state.alive())
    keys = state.column("key")[alive]
    order = np.argsort(keys)
    keys, alive = keys[order], alive[order]
    mine = kept.key_hashes(normal)
    place = np.minimum(np.searchsorted(keys, mine), max(len(keys) - 1, 0))
    found = keys[place] == mine if len(keys) else np.zeros(len(mine), bool)
    node = np.where(found, alive[place] if len(keys) else -1, -1)
    content = kept.content_hashes(normal, how.by)
    same = found & (state.column("content")[np.maximum(node, 0)] == content) if state.nodes else found
    fresh = np.flatnonzero(~same)
    stays = np.zeros(state.nodes, bool)
    stays[node[same]] = True
    return Difference(normal, how.by, fresh, alive[~stays[alive]], np.where(same, node, -1), int((found & ~same).sum()))
