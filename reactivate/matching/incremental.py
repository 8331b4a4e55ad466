"""`relink`: as `link`, but going on from what the last matching left; a full run when that cannot be done.

A full run leaves its records, keys, pairs and model in a folder. Next time only records that are new or changed are
looked up there; then all pairs, old and new, are clustered again, so that a batch may unite or part persons whose
records it does not touch. Up to MOST_REWEIGHED pairs, all of them are also compared and weighed again, which takes a
moment and gives what a full run would give. Beyond, old pairs keep their levels and the model stays as the last full
run fitted it, though names may have become more frequent; that is why a full run comes again after MOST_TOUCHED.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field, frozen

from reactivate.contracts.schemas import LINKS
from reactivate.matching import incremental_state as kept
from reactivate.matching.blocks import CAP, WINDOW, Candidates
from reactivate.matching.clusters import components
from reactivate.matching.fields import WORDS, Base, coded_base
from reactivate.matching.grouping import words_of
from reactivate.matching.hashing import sorted_distinct
from reactivate.matching.incremental_batch import Batch, meet
from reactivate.matching.incremental_files import Unusable, write_layer
from reactivate.matching.incremental_partners import NODE_BITS, Nodes
from reactivate.matching.incremental_state import How, State
from reactivate.matching.keys import blocking_keys
from reactivate.matching.labels import calibrated
from reactivate.matching.learning import learned_synonyms
from reactivate.matching.linked import Linked
from reactivate.matching.linking import MERGE_AT, REVIEW_AT, Pair, Scored, decide, leveled, score
from reactivate.matching.model import Patterns, fit, patterns_of
from reactivate.matching.synonyms import Synonyms, shipped_synonyms

MOST_TOUCHED = 0.10
"""Share of the records, counted since the last full run, from which everything is matched anew."""
FEW = 200
"""So many records are never too many, however small the base."""
MOST_LAYERS = 60
MOST_REWEIGHED = 300_000


@frozen(eq=False)
class Relinked:
    """`linked` as from `link`. `how`: what was done, and `why` when it was a full run, in words.

    `new`, `changed`, `gone`: records since the matching before (all None after a full run without a usable one).
    """

    linked: Linked
    how: Literal["full", "incremental"]
    why: str = ""
    new: int | None = None
    changed: int | None = None
    gone: int | None = None
    notes: tuple[str, ...] = field(default=())


@frozen(eq=False)
class _Difference:
    """`fresh`: rows to be matched; `gone`: nodes that are no more as they were; `node`: per row, -1 = fresh."""

    base: Base
    fresh: Nodes
    gone: Nodes
    node: Nodes
    changed: int


def relink(
    normal: pa.Table,
    folder: Path,
    *,
    by: Iterable[str] = ("phone", "email", "name"),
    merge_at: float = MERGE_AT,
    review_at: float = REVIEW_AT,
    must_link: Iterable[Pair] | None = None,
    cannot_link: Iterable[Pair] | None = None,
    afresh: bool = False,
    cap: int = CAP,
    window: int = WINDOW,
) -> Relinked:
    """Find the records of one person in `normal` (with `source` and `record_id`), all records as they are now.

    `folder` holds the state and nothing else; it may be missing, damaged or old: then everything is matched anew and
    `why` says so. `afresh`: match anew whatever is there. Other parameters as in `link`.
    """
    how = How(tuple(word for word in by if word in WORDS), cap, window)
    must, cannot = _pairs(must_link), _pairs(cannot_link)
    lines = {"merge_at": merge_at, "review_at": review_at}
    if afresh:
        return _anew(normal, folder, how, "asked for", must, cannot, lines)
    known: tuple[int, int, int] | None = None
    try:
        state = State.open(folder, how)
        difference = _compared(state, normal, how)
        counts = (len(difference.fresh) - difference.changed, difference.changed,
                  len(difference.gone) - difference.changed)  # fmt: skip
        known = counts
        _check(state, sum(counts), normal.num_rows)
        return _go_on(state, normal, difference, counts, must, cannot, lines)
    except Unusable as reason:
        return _anew(normal, folder, how, str(reason), must, cannot, lines, known)


def _pairs(given: Iterable[Pair] | None) -> list[Pair]:
    return sorted({(min(pair), max(pair)) for pair in given or ()})


# -- a full run that leaves a state


def _anew(
    normal: pa.Table,
    folder: Path,
    how: How,
    why: str,
    must: list[Pair],
    cannot: list[Pair],
    lines: dict[str, float],
    known: tuple[int, int, int] | None = None,
) -> Relinked:
    scored = score(normal, by=how.by, must_link=must, cannot_link=cannot, cap=how.cap, window=how.window)
    linked = decide(scored, must_link=must, cannot_link=cannot, **lines)
    notes: tuple[str, ...] = ()
    try:
        keep(scored, normal, folder, how)
    except OSError as fault:
        notes = (f"the matching could not be stored for next time: {fault.strerror or fault}",)
    new, changed, gone = known or (None, None, None)
    return Relinked(linked, "full", why, new, changed, gone, notes)


def keep(scored: Scored, normal: pa.Table, folder: Path, how: How) -> None:
    """Leave a full run's state in `folder`. OSError when the disk refuses."""
    if normal.num_rows >= 1 << NODE_BITS:
        return
    base, candidates = scored.base, scored.candidates
    keys = blocking_keys(base)
    tables = {
        "records": kept.records_table(normal, base, how.by),
        "pairs": kept.pairs_table(candidates.left, candidates.right, scored.patterns.index),
        "patterns": kept.patterns_table(scored.patterns),
        "counts": kept.counts_table(base),
        "holders": kept.holders_table(base),
    }
    head = {
        "how": {"by": list(how.by), "cap": how.cap, "window": how.window},
        "count": base.rows,
        "touched": 0,
        "columns": tables["records"].column_names,
        "weak": [key.name for key in keys if key.weak],
        "model": kept.model_json(scored.model),
        "learned": [list(pair) for pair in scored.learned],
    }
    words = {key.name: some for key in keys if len(some := words_of(key, base.rows, NODE_BITS))}
    write_layer(folder, 0, head, tables, words)


# -- going on


def _compared(state: State, normal: pa.Table, how: How) -> _Difference:
    """Which records are new, changed or gone, by the hashes of their keys and contents."""
    alive = np.flatnonzero(state.alive())
    keys = state.column("key")[alive]
    order = np.argsort(keys)
    keys, alive = keys[order], alive[order]
    mine = kept.key_hashes(normal)
    place = np.minimum(np.searchsorted(keys, mine), max(len(keys) - 1, 0))
    found = keys[place] == mine if len(keys) else np.zeros(len(mine), bool)
    node = np.where(found, alive[place] if len(keys) else -1, -1)
    base = coded_base(normal, how.by)
    content = kept.content_hashes(base)
    same = found & (state.column("content")[np.maximum(node, 0)] == content) if state.nodes else found
    fresh = np.flatnonzero(~same)
    stays = np.zeros(state.nodes, bool)
    stays[node[same]] = True
    return _Difference(base, fresh, alive[~stays[alive]], np.where(same, node, -1), int((found & ~same).sum()))


def _check(state: State, touched: int, rows: int) -> None:
    """Raise Unusable when so much has changed that the model may have too."""
    together = state.touched + touched
    most = max(FEW, int(MOST_TOUCHED * rows))
    if together > most:
        raise Unusable(f"{together:,} of {rows:,} records came, changed or went since the last full run, over {most:,}")
    if len(state.layers) > MOST_LAYERS:
        raise Unusable(f"{len(state.layers) - 1} batches were added since the last full run")
    if state.nodes + touched >= 1 << NODE_BITS:
        raise Unusable("the records have become too many for the stored matching")


def _go_on(
    state: State,
    normal: pa.Table,
    difference: _Difference,
    counts: tuple[int, int, int],
    must: list[Pair],
    cannot: list[Pair],
    lines: dict[str, float],
) -> Relinked:
    node = difference.node.copy()
    node[difference.fresh] = state.nodes + np.arange(len(difference.fresh))
    decided = [(int(node[a]), int(node[b])) for a, b in (*must, *cannot)]
    batch = meet(state, normal.take(pa.array(difference.fresh)), difference.gone, decided)
    candidates = candidates_now(state, node, batch)
    if candidates is not None:
        weighed = weigh(difference.base, candidates, must, cannot)
        linked = decide(weighed, must_link=must, cannot_link=cannot, **lines)
        links = linked.links
    else:
        linked = united(state, batch, difference.gone, _named(must, node), _named(cannot, node), **lines)
        links = _placed(linked.links, node, state.nodes + len(batch.nodes))
    stats = {**linked.stats, "records": normal.num_rows, "people": normal.num_rows - linked.stats["merge_links"]}
    notes: tuple[str, ...] = ()
    if batch.touched:
        try:
            batch.keep(state)
        except OSError as fault:
            notes = (f"the batch could not be stored for next time: {fault.strerror or fault}",)
    new, changed, gone = counts
    return Relinked(Linked(links, stats), "incremental", "", new, changed, gone, notes)


def _named(pairs: list[Pair], node: Nodes) -> list[Pair]:
    return [(int(node[a]), int(node[b])) for a, b in pairs]


def united(
    state: State,
    batch: Batch,
    gone: Nodes,
    must: Iterable[Pair] = (),
    cannot: Iterable[Pair] = (),
    **lines: float,
) -> Linked:
    """Links between nodes: all pairs of the state that still stand and those of the batch, clustered anew."""
    left, right, index = state.pairs()
    levels = np.concatenate([state.patterns(), batch.patterns.levels])
    index = np.concatenate([index, batch.patterns.index + (len(levels) - len(batch.patterns.levels))])
    left, right = np.concatenate([left, batch.left]), np.concatenate([right, batch.right])
    alive = np.concatenate([state.alive(), np.ones(len(batch.nodes), bool)])
    alive[gone] = False
    model = state.model
    chance = model.probabilities(levels)[:, 0] if len(levels) else np.zeros(0)
    standing = alive[left] & alive[right]
    left, right, index = left[standing], right[standing], index[standing]
    count = len(alive)
    there = _telling(chance[index], lines, count, left, right, [*must, *cannot])
    left, right, index = left[there], right[there], index[there]
    order = np.argsort(left * count + right, kind="stable")
    # A pair that reviewers decided may stand there twice: compared once by its keys, once for them.
    order = order[np.concatenate([[True], np.diff((left * count + right)[order]) > 0])[: len(order)]]
    left, right, index = left[order], right[order], index[order]
    identity = np.concatenate([state.column("identity"), _identity(batch)])
    patterns = Patterns(state.model.fields, levels, np.bincount(index, minlength=len(levels)), index)
    crowded: dict[str, Any] = {"crowded_pairs": batch.crowded}
    scored = Scored(
        Base(count, {}, {}, identity), Candidates(left, right), patterns, model, chance[index], {}, _NO_SYNONYMS
    )
    linked = decide(scored, must_link=must, cannot_link=cannot, **lines)
    return evolve(linked, stats={**linked.stats, **crowded})


def candidates_now(state: State, node: Nodes, batch: Batch | None = None) -> Candidates | None:
    """All pairs of records as they stand, by row; None when they are too many to weigh again in a moment."""
    left, right, _ = state.pairs()
    if batch is not None:
        left, right = np.concatenate([left, batch.left]), np.concatenate([right, batch.right])
    row = np.full(int(max(node.max(initial=0), left.max(initial=0), right.max(initial=0))) + 1, -1, np.int64)
    row[node] = np.arange(len(node))
    one, two = row[left], row[right]
    there = (one >= 0) & (two >= 0)
    codes = sorted_distinct([np.minimum(one, two)[there] * len(node) + np.maximum(one, two)[there]])
    if len(codes) > MOST_REWEIGHED:
        return None
    return Candidates(*np.divmod(codes, len(node)))


def weigh(base: Base, candidates: Candidates, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()) -> Scored:
    """What `score` makes of these candidates and of what reviewers decided."""
    synonyms = shipped_synonyms(base)
    levels = leveled(base, candidates, synonyms)
    met = learned_synonyms(base, candidates.left, candidates.right, levels)
    if met:
        synonyms = synonyms.extended((low, high) for low, high, _ in met)
        levels = leveled(base, candidates, synonyms)
    patterns = patterns_of(levels)
    model = calibrated(fit(patterns), patterns, candidates.left, candidates.right, must, cannot)
    match = model.probabilities(patterns.levels)[:, 0][patterns.index]
    names = base.columns["first"].texts if met else []
    learned = tuple((names[low], names[high], times) for low, high, times in met)
    return Scored(base, candidates, patterns, model, match, {}, synonyms, learned)


def standing(
    normal: pa.Table, folder: Path, how: How, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()
) -> Scored | State:
    """What the last `relink` judged by: all pairs weighed again where they are few, else the stored state.

    Raises Unusable when there is none for exactly these records.
    """
    state = State.open(folder, how)
    difference = _compared(state, normal, how)
    if len(difference.fresh) or len(difference.gone):
        raise Unusable("the records have changed since")
    candidates = candidates_now(state, difference.node)
    return state if candidates is None else weigh(difference.base, candidates, must, cannot)


_NO_SYNONYMS = Synonyms(1, np.zeros(0, np.int64))


def _identity(batch: Batch) -> npt.NDArray[np.uint64]:
    found: npt.NDArray[np.uint64] = batch.tables["records"]["identity"].to_numpy()
    return found


def _telling(
    chance: npt.NDArray[np.float64],
    lines: dict[str, float],
    count: int,
    left: Nodes,
    right: Nodes,
    decided: list[Pair],
) -> npt.NDArray[np.bool_]:
    """Pairs that unite or ask, and all that lie between records which others may unite; the rest decides nothing."""
    merge_at, review_at = lines.get("merge_at", MERGE_AT), lines.get("review_at", REVIEW_AT)
    merge = chance >= merge_at
    pairs = np.array([(min(pair), max(pair)) for pair in decided], np.int64).reshape(-1, 2)
    label = components(count, np.concatenate([left[merge], pairs[:, 0]]), np.concatenate([right[merge], pairs[:, 1]]))
    told: npt.NDArray[np.bool_] = (chance >= min(merge_at, review_at)) | (label[left] == label[right])
    return told


def _placed(links: pa.Table, node: Nodes, nodes: int) -> pa.Table:
    """Links between nodes as links between rows."""
    row = np.full(nodes, -1, np.int64)
    row[node] = np.arange(len(node))
    one, two = (row[links[name].to_numpy()] for name in ("left", "right"))
    table = LINKS.table(
        left=pa.array(np.minimum(one, two)),
        right=pa.array(np.maximum(one, two)),
        **{name: links[name] for name in ("probability", "band", "reason")},
    )
    return table.take(pc.sort_indices(table, sort_keys=[("left", "ascending"), ("right", "ascending")]))
