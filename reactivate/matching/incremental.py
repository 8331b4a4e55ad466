"""`relink`: as `link`, but going on from what the last matching left; a full run when that cannot be done.

A full run leaves its records, keys, pairs and model in a folder. Next time only records that are new or changed are
looked up there; then all pairs, old and new, are clustered again, so that a batch may unite or part persons whose
records it does not touch. Up to MOST_REWEIGHED pairs, all of them are also compared and weighed again, which takes a
moment and gives what a full run would give. Beyond, old pairs keep their levels and the model stays as the last full
run fitted it, though names may have become more frequent; that is why a full run comes again after MOST_TOUCHED.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.contracts.schemas import LINKS
from reactivate.matching import incremental_state as kept
from reactivate.matching.blocks import CAP, WINDOW
from reactivate.matching.fields import WORDS
from reactivate.matching.grouping import words_of
from reactivate.matching.incremental_batch import meet
from reactivate.matching.incremental_difference import Difference, compared
from reactivate.matching.incremental_files import Unusable, write_layer
from reactivate.matching.incremental_pairs import candidates_now, united, weigh
from reactivate.matching.incremental_partners import NODE_BITS, Nodes
from reactivate.matching.incremental_state import How, State
from reactivate.matching.keys import blocking_keys
from reactivate.matching.linked import Linked
from reactivate.matching.linking import MERGE_AT, REVIEW_AT, Pair, Scored, decide, score

MOST_TOUCHED = 0.10
"""Share of the records, counted since the last full run, from which everything is matched anew."""
FEW = 200
"""So many records are never too many, however small the base."""
MOST_LAYERS = 60


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
        difference = compared(state, normal, how)
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
    difference: Difference,
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


def standing(
    normal: pa.Table, folder: Path, how: How, must: Iterable[Pair] = (), cannot: Iterable[Pair] = ()
) -> Scored | State:
    """What the last `relink` judged by: all pairs weighed again where they are few, else the stored state.

    Raises Unusable when there is none for exactly these records.
    """
    state = State.open(folder, how)
    difference = compared(state, normal, how)
    if len(difference.fresh) or len(difference.gone):
        raise Unusable("the records have changed since")
    candidates = candidates_now(state, difference.node)
    return state if candidates is None else weigh(difference.base, candidates, must, cannot)


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
