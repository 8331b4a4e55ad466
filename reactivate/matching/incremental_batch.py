"""A batch of records meets the stored ones: its pairs are found and compared in the terms of the stored model."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import evolve, field, frozen

from reactivate.matching import incremental_state as kept
from reactivate.matching.fields import Base, World, coded_base, columns_for
from reactivate.matching.frequency import SHARED_BY, frequent_enough
from reactivate.matching.grouping import words_of
from reactivate.matching.hashing import Hashes
from reactivate.matching.incremental_files import Unusable, write_layer
from reactivate.matching.incremental_partners import NODE_BITS, SIDE, Nodes, Packed, partners
from reactivate.matching.incremental_state import State
from reactivate.matching.keys import REKEYS, blocking_keys
from reactivate.matching.levels import compare, compared_fields
from reactivate.matching.model import Patterns, patterns_of
from reactivate.matching.synonyms import Synonyms, shipped_synonyms


@frozen(eq=False)
class Batch:
    """What a batch adds to a state: the tables of its layer, and what clustering must know of it."""

    nodes: Nodes
    left: Nodes
    right: Nodes
    patterns: Patterns
    crowded: dict[str, int]
    tables: dict[str, pa.Table] = field(repr=False)
    keys: dict[str, Packed] = field(repr=False)
    touched: int = 0

    def keep(self, state: State) -> None:
        """Write the batch as the state's next layer. OSError when the disk refuses."""
        head = {
            "count": len(self.nodes),
            "touched": self.touched,
            "columns": self.tables["records"].column_names,
        }
        write_layer(state.folder, len(state.layers), head, self.tables, self.keys)


def meet(state: State, normal: pa.Table, gone: Nodes, also: Iterable[tuple[int, int]] = ()) -> Batch:
    """Find and compare the pairs of the records in `normal` (new ones, and changed ones as they are now).

    `gone`: nodes that are no more, or not as they were. `also`: pairs of nodes that must be compared whatever their
    keys; the batch's own nodes follow those of the state in the order of its rows. Raises Unusable when the batch
    fills a column that was empty in the last full run.
    """
    by = tuple(state.heads[0]["how"]["by"])
    base = coded_base(normal, by)
    strange = sorted(set(compared_fields(base)) - set(state.model.fields))
    if strange:
        raise Unusable(f"{strange[0]} was empty in the last full run and is filled now")
    nodes = np.arange(state.nodes, state.nodes + base.rows)
    own = {key.name: words for key in blocking_keys(base) if len(words := words_of(key, base.rows, NODE_BITS, nodes))}

    def rehash(name: str, wanted: Nodes) -> Hashes:
        hashes = np.zeros(len(wanted), np.uint64)
        old = wanted < state.nodes
        hashes[old] = state.rehash(name, wanted[old])
        if base.has(name):
            hashes[~old] = base.hashed(name)[wanted[~old] - state.nodes]
        return hashes

    met = partners(own, state.heads[0]["weak"], state.packed, REKEYS, rehash, state.heads[0]["how"]["cap"])
    asked = np.array([min(pair) * int(SIDE) + max(pair) for pair in also], np.int64)
    left, right = np.divmod(np.unique(np.concatenate([met.codes, asked])), SIDE)
    alive = np.concatenate([state.alive(), np.ones(base.rows, bool)])
    alive[gone] = False
    there = alive[left] & alive[right]
    left, right = left[there], right[there]
    counts = pa.concat_tables([kept.counts_table(base), kept.gone_counts(state, gone)])
    patterns = _compared(state, normal, base, int(alive.sum()), left, right)
    tables = {
        "records": kept.records_table(normal, base, by),
        "pairs": kept.pairs_table(left, right, patterns.index + len(state.patterns())),
        "patterns": kept.patterns_table(patterns),
        "counts": counts,
        "holders": kept.holders_table(base),
        "gone": pa.table({"node": gone.astype(np.int64)}),
    }
    return Batch(nodes, left, right, patterns, met.crowded, tables, own, base.rows + len(gone))


def _compared(state: State, normal: pa.Table, batch: Base, rows: int, left: Nodes, right: Nodes) -> Patterns:
    """Levels of the pairs, in the fields and with the synonyms of the model."""
    involved = np.unique(np.concatenate([left, right, np.zeros(0, np.int64)]))
    part, synonyms = part_of(state, involved, normal, batch, rows)
    levels = compare(part, np.searchsorted(involved, left), np.searchsorted(involved, right), synonyms)
    unknown = np.zeros(len(left), np.uint8)
    return patterns_of({name: levels.get(name, unknown) for name in state.model.fields})


def part_of(
    state: State, nodes: Nodes, normal: pa.Table | None = None, batch: Base | None = None, rows: int | None = None
) -> tuple[Base, Synonyms]:
    """Some nodes as a base that knows how frequent their values are in all `rows` records, and its synonyms.

    `normal` and `batch`: the records whose nodes come after those of the state.
    """
    by = state.heads[0]["how"]["by"]
    old = nodes[nodes < state.nodes]
    tables = [state.records(old)]
    identity = [state.column("identity")[old]]
    if normal is not None and batch is not None:
        fresh = nodes[nodes >= state.nodes] - state.nodes
        here = [name for name in columns_for(by) if name in normal.column_names]
        tables.append(normal.select(here).take(pa.array(fresh)))
        identity.append(batch.identity[fresh])
    base = coded_base(pa.concat_tables(tables, promote_options="default"), by)
    everybody = rows if rows is not None else int(state.alive().sum())
    part = evolve(base, identity=np.concatenate(identity), world=_world(state, base, batch, everybody))
    return part, _synonyms(part, state.learned)


def _world(state: State, part: Base, batch: Base | None, rows: int) -> World:
    """Frequencies in all records: those of the state, those of the batch added."""
    counts, expected = state.counts(), np.full(part.rows, float(rows))
    in_use = np.zeros(0, bool)
    for name in ("first", "last", "patronymic"):
        if part.has(name):
            column = part.columns[name]
            bearing, total = counts(name, column.hashes)
            if batch is not None and batch.has(name):
                own = np.sort(batch.hashed(name)[batch.hashed(name) != 0])
                bearing = bearing + np.searchsorted(own, column.hashes, "right") - np.searchsorted(own, column.hashes)
                total += len(own)
            share = np.append(np.maximum(bearing, 1) / max(total, 1), 1.0)
            # The last place is that of null, whose code is -1.
            expected *= share[column.first]
            in_use = frequent_enough(bearing, total) if name == "first" else in_use
    shared = {name: _shared(state, part, name) for name in ("phone", "email") if part.has(name)}
    return World(expected, shared, in_use)


def _shared(state: State, part: Base, name: str) -> npt.NDArray[np.bool_]:
    """Per distinct value of the part whether people of several first names hold it, here or anywhere in the state."""
    column = part.columns[name]
    values, names = state.holders(name)
    here = np.isin(values, column.hashes)
    values, names = values[here], names[here]
    if part.has("first"):
        more_values, more_names = kept.bearers(part, name)
        values, names = np.concatenate([values, more_values]), np.concatenate([names, more_names])
    values, _ = kept.few_per_value(values, names)
    found: npt.NDArray[np.bool_] = (
        np.searchsorted(values, column.hashes, "right") - np.searchsorted(values, column.hashes) >= SHARED_BY
    )
    return found


def _synonyms(base: Base, learned: list[tuple[str, str, int]]) -> Synonyms:
    synonyms = shipped_synonyms(base)
    if not learned or not base.has("first"):
        return synonyms
    places: dict[Any, int] = {text: code for code, text in enumerate(base.columns["first"].texts)}
    return synonyms.extended((places[a], places[b]) for a, b, _ in learned if a in places and b in places)
