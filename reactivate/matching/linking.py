"""`link`: records in, links out. Blocks, levels, model, bands, clusters, one after the other."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import asdict, define, field, frozen

from reactivate.contracts.schemas import LINKS
from reactivate.matching.blocks import CAP, WINDOW, Candidates, candidate_pairs
from reactivate.matching.clusters import Clusters, Pairs, cluster
from reactivate.matching.fields import WORDS, Base, coded_base
from reactivate.matching.hashing import Hashes, mixed, sorted_distinct
from reactivate.matching.keys import blocking_keys, name_rank, rekey_fields
from reactivate.matching.labels import calibrated
from reactivate.matching.learning import learned_synonyms
from reactivate.matching.levels import LEVELS, compare, compared_fields, kind_of, prepare
from reactivate.matching.linked import Linked
from reactivate.matching.model import Model, Patterns, fit, patterns_of
from reactivate.matching.name_levels import namesakes_expected
from reactivate.matching.synonyms import Synonyms, shipped_synonyms
from reactivate.matching.threads import in_threads

MERGE_AT = 0.65
REVIEW_AT = 0.20
APART_BELOW = 0.02
"""A pair less likely than this, in one component, is a contradiction and parts the component."""
CHUNK = 1 << 17
"""Pairs compared at once: what fits into the processor's cache."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Pair = tuple[int, int]


def link(
    normal: pa.Table,
    *,
    by: Sequence[str] = ("phone", "email", "name"),
    merge_at: float = MERGE_AT,
    review_at: float = REVIEW_AT,
    extra: dict[str, str] | None = None,
    must_link: Iterable[Pair] | None = None,
    cannot_link: Iterable[Pair] | None = None,
    seed: int = 0,
    chunk: int = CHUNK,
    cap: int = CAP,
    window: int = WINDOW,
) -> Linked:
    """Find the records of one person in a `normal_records` table.

    `by`: words of `WORDS` (birth dates, tax and vehicle ids are looked at whenever there are any). `extra`: further
    columns, each `exact` or `fuzzy`. Links of band `merge` are the bridges of the final clusters: uniting along them
    gives the people; `review` pairs are left to a human. `must_link` and `cannot_link`: pairs of positions decided by
    reviewers; they win, and from some fifty on they calibrate the model. The same for any order of rows
    and any `chunk`. `seed` is accepted for interface's sake: nothing here is drawn by lot. Raises DataError R610 when
    the columns cannot tell people apart.
    """
    scored = score(
        normal, by=by, extra=extra, must_link=must_link, cannot_link=cannot_link, chunk=chunk, cap=cap, window=window
    )
    return decide(scored, merge_at=merge_at, review_at=review_at, must_link=must_link, cannot_link=cannot_link)


@frozen(eq=False)
class Scored:
    """All candidates with their agreement and chances; `match[pair]` = chance that both are one person."""

    base: Base
    candidates: Candidates
    patterns: Patterns
    model: Model
    match: Floats
    seconds: dict[str, float]
    synonyms: Synonyms
    learned: tuple[tuple[str, str, int], ...] = ()


def score(
    normal: pa.Table,
    *,
    by: Sequence[str] = ("phone", "email", "name"),
    extra: dict[str, str] | None = None,
    must_link: Iterable[Pair] | None = None,
    cannot_link: Iterable[Pair] | None = None,
    chunk: int = CHUNK,
    cap: int = CAP,
    window: int = WINDOW,
) -> Scored:
    """The first half of `link`: candidates, levels, model. Parameters as there."""
    clock = Laps()
    base = coded_base(normal, [word for word in by if word in WORDS], extra)
    clock.lap("encode")
    with ThreadPoolExecutor(1) as beside:
        # The tables of names are plain Python: they are looked up while numpy sorts.
        shipped = beside.submit(shipped_synonyms, base)
        candidates = _candidates(base, cap, window, _positions(must_link), _positions(cannot_link))
        synonyms = shipped.result()
    clock.lap("block")
    levels = leveled(base, candidates, synonyms, chunk)
    met = learned_synonyms(base, candidates.left, candidates.right, levels)
    if met:
        synonyms = synonyms.extended((low, high) for low, high, _ in met)
        _look_again(base, candidates, synonyms, levels)
    patterns = patterns_of(levels)
    clock.lap("compare")
    model = fit(patterns, namesakes_expected(base))
    model = calibrated(model, patterns, candidates.left, candidates.right, must_link, cannot_link)
    match = model.probabilities(patterns.levels)[:, 0][patterns.index]
    clock.lap("model")
    names = base.columns["first"].texts if met else []
    learned = tuple((names[low], names[high], times) for low, high, times in met)
    return Scored(base, candidates, patterns, model, match, clock.seconds, synonyms, learned)


def _candidates(base: Base, cap: int, window: int, must: Rows, cannot: Rows) -> Candidates:
    keys = blocking_keys(base)
    found = candidate_pairs(keys, base.rows, rekey_fields(base), lambda: name_rank(base), cap, window)
    if not len(must) and not len(cannot):
        return found
    decided = sorted_distinct([_codes(must, base.rows), _codes(cannot, base.rows)])
    codes = sorted_distinct([_codes(np.stack([found.left, found.right], axis=1), base.rows), decided])
    left, right = (side.astype(np.int32) for side in np.divmod(codes, base.rows))
    return Candidates(left, right, found.skew, found.pairs_by_key)


def _positions(pairs: Iterable[Pair] | None) -> Rows:
    return np.array(sorted({(min(p), max(p)) for p in pairs or ()}), np.int64).reshape(-1, 2)


def _codes(pairs: npt.NDArray[Any], count: int) -> Rows:
    codes: Rows = pairs[:, 0].astype(np.int64) * count + pairs[:, 1]
    return codes


def leveled(
    base: Base, candidates: Candidates, synonyms: Synonyms, chunk: int = CHUNK
) -> dict[str, npt.NDArray[np.uint8]]:
    """Levels of all candidates, compared part by part."""
    count = len(candidates.left)
    out = {name: np.zeros(count, np.uint8) for name in compared_fields(base)}

    def work(start: int) -> None:
        part = slice(start, min(start + chunk, count))
        for name, values in compare(base, candidates.left[part], candidates.right[part], synonyms).items():
            out[name][part] = values

    prepare(base, synonyms)
    in_threads(work, range(0, count, chunk))
    return out


def _look_again(base: Base, candidates: Candidates, synonyms: Synonyms, levels: dict[str, Any]) -> None:
    """Compare anew the pairs whose first names have become synonyms."""
    codes = base.columns["first"].first
    one, two = codes[candidates.left], codes[candidates.right]
    changed = np.flatnonzero((one != two) & (one >= 0) & (two >= 0) & synonyms.known(one, two))
    again = compare(base, candidates.left[changed], candidates.right[changed], synonyms)
    for name, values in again.items():
        levels[name][changed] = values


def decide(
    scored: Scored,
    *,
    merge_at: float = MERGE_AT,
    review_at: float = REVIEW_AT,
    must_link: Iterable[Pair] | None = None,
    cannot_link: Iterable[Pair] | None = None,
) -> Linked:
    """The second half of `link`: bands and clusters; reviewers' decisions win."""
    clock = Laps(dict(scored.seconds))
    base, candidates = scored.base, scored.candidates
    match = np.clip(scored.match, 1e-12, 1 - 1e-12)
    for decided, chance in ((must_link, 1.0), (cannot_link, 0.0)):
        match[_places(candidates, _codes(_positions(decided), base.rows), base.rows)] = chance
    pairs = Pairs(candidates.left, candidates.right, match, _ties(base, candidates, match >= min(merge_at, review_at)))
    clusters = cluster(base.rows, pairs, match >= merge_at, match < APART_BELOW)
    links = _links(pairs, clusters, scored.patterns, review_at)
    clock.lap("cluster")
    return Linked(links, _stats(scored, links, clusters, clock.seconds))


def _places(candidates: Candidates, codes: Rows, count: int) -> Rows:
    """Where these pairs stand among the candidates, which hold them all."""
    if not len(codes):
        return codes
    return np.searchsorted(candidates.left.astype(np.int64) * count + candidates.right, codes)


def _ties(base: Base, candidates: Candidates, needed: npt.NDArray[np.bool_]) -> Hashes:
    """What breaks ties of the pairs needed; addition does not care which of the two records comes first."""
    ties = np.zeros(len(needed), np.uint64)
    left, right = candidates.left[needed], candidates.right[needed]
    with np.errstate(over="ignore"):
        ties[needed] = mixed(base.identity[left] + base.identity[right])
    return ties


def _links(pairs: Pairs, clusters: Clusters, patterns: Patterns, review_at: float) -> pa.Table:
    """Bridges as `merge`; likely pairs across two clusters as `review`."""
    across = clusters.label[pairs.left] != clusters.label[pairs.right]
    review = np.flatnonzero(across & (pairs.probability >= review_at))
    chosen = np.concatenate([clusters.bridges, review])
    order = np.argsort(pairs.left[chosen].astype(np.int64) << 32 | pairs.right[chosen])
    chosen = chosen[order]
    band = pa.DictionaryArray.from_arrays((order >= len(clusters.bridges)).astype(np.int8), ["merge", "review"])
    return LINKS.table(
        left=pa.array(pairs.left[chosen], pa.int64()),
        right=pa.array(pairs.right[chosen], pa.int64()),
        probability=pa.array(np.minimum(pairs.probability[chosen], 1.0), pa.float64()),
        band=band.cast(pa.string()),
        reason=_reasons(patterns, patterns.index[chosen]),
    )


def _reasons(patterns: Patterns, numbers: npt.NDArray[Any]) -> pa.Array:
    """Per pattern number `phone equal, first close, birth different`."""
    words = [
        ["", *(f"{name.partition(':')[2] or name} {level}" for level in LEVELS[kind_of(name)])]
        if name != "namesakes"
        else [""] * (len(LEVELS[name]) + 1)
        for name in patterns.fields
    ]
    met = np.zeros(len(patterns.levels), bool)
    met[numbers] = True
    told = [
        ", ".join(filter(None, (words[place][level] for place, level in enumerate(row))))
        for row in patterns.levels[met].tolist()
    ]
    return pa.array(told, pa.string()).take(pa.array((np.cumsum(met) - 1)[numbers]))


def _stats(scored: Scored, links: pa.Table, clusters: Clusters, seconds: dict[str, float]) -> dict[str, Any]:
    base, candidates, model = scored.base, scored.candidates, scored.model
    return {
        "records": base.rows,
        "people": int(clusters.label.max(initial=-1)) + 1,
        "fields": compared_fields(base),
        "candidate_pairs": len(candidates.left),
        "pairs_by_key": candidates.pairs_by_key or {},
        "given_up": [asdict(skew) for skew in candidates.skew],
        "model": {
            "classes": model.classes,
            "share": [round(float(value), 4) for value in model.share],
            "turns": model.turns,
            "converged": model.converged,
            "bits": {name: model.bits(name) for name in model.fields},
            "calibrated_by_labels": model.calibration.labels if model.calibration else 0,
        },
        "learned_synonyms": [list(pair) for pair in scored.learned],
        "merge_links": len(clusters.bridges),
        "review_links": links.num_rows - len(clusters.bridges),
        "refused_by_conflict": len(clusters.refused),
        "seconds": seconds,
    }


@define
class Laps:
    """Seconds per phase."""

    seconds: dict[str, float] = field(factory=dict)
    _last: float = field(factory=perf_counter)

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = round(now - self._last, 3)
        self._last = now
