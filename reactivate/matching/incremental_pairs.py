"""All pairs of a stored matching and of its batch, weighed and clustered again."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve

from reactivate.matching.blocks import Candidates
from reactivate.matching.clusters import components
from reactivate.matching.fields import Base
from reactivate.matching.hashing import sorted_distinct
from reactivate.matching.incremental_batch import Batch
from reactivate.matching.incremental_partners import Nodes
from reactivate.matching.incremental_state import State
from reactivate.matching.labels import calibrated
from reactivate.matching.learning import learned_synonyms
from reactivate.matching.linked import Linked
from reactivate.matching.linking import MERGE_AT, REVIEW_AT, Pair, Scored, decide, leveled
from reactivate.matching.model import Patterns, fit, patterns_of
from reactivate.matching.name_levels import namesakes_expected
from reactivate.matching.synonyms import Synonyms, shipped_synonyms

MOST_REWEIGHED = 300_000
_NO_SYNONYMS = Synonyms(1, np.zeros(0, np.int64))


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
    model = fit(patterns, namesakes_expected(base))
    model = calibrated(model, patterns, candidates.left, candidates.right, must, cannot)
    match = model.probabilities(patterns.levels)[:, 0][patterns.index]
    names = base.columns["first"].texts if met else []
    learned = tuple((names[low], names[high], times) for low, high, times in met)
    return Scored(base, candidates, patterns, model, match, {}, synonyms, learned)


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
