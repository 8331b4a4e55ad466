"""Candidate pairs: records that share a narrow key. Blocks over the cap are re-keyed, then windowed, and counted.

Memory is bounded by parts: the hashes of a key are made for some records at a time, two keys are worked on at once, and
the pairs of all keys are united for one range of records after the other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.crowded import WEAK_REKEYS, Crowd, Rehash, Skew
from reactivate.matching.grouping import Key, Rows, expanded, groups_of, words_of
from reactivate.matching.hashing import sorted_distinct
from reactivate.matching.threads import in_threads

Sides = npt.NDArray[Any]
"""Numbers of records, in 32 bits."""
CAP = 60
WINDOW = 6
WEAK_SHARE, WEAK_WINDOW = 0.2, 1
_RANGE = 2_000_000
"""Pairs, counted per key, that are united at once."""


@frozen(eq=False)
class Candidates:
    """Distinct pairs, `left < right`, sorted."""

    left: Sides
    right: Sides
    skew: tuple[Skew, ...] = ()
    pairs_by_key: dict[str, int] | None = None


def candidate_pairs(
    keys: Sequence[Key],
    count: int,
    rekeys: Mapping[str, Rehash],
    rank: Callable[[], npt.NDArray[np.int32]],
    cap: int = CAP,
    window: int = WINDOW,
) -> Candidates:
    """All pairs that share a key.

    `rekeys`: fields (row -> hash) that split a block over the cap; `rank`: makes the place of each record in an order
    where neighbours are alike, for the window over what is still too big.
    """
    bits = max(count.bit_length(), 1)

    def work(key: Key) -> tuple[Rows, Crowd]:
        return _pairs_of(key, count, bits, rekeys, rank, cap, window)

    # The weak keys have the large blocks: they come first, so that no thread is left alone with one.
    order = sorted(keys, key=lambda key: not key.weak)
    found = {key.name: some for key, some in zip(order, in_threads(work, order), strict=True)}
    left, right = united([codes for codes, _ in found.values()], bits)
    by_key = {key.name: len(found[key.name][0]) for key in keys if len(found[key.name][0])}
    crowds = {key.name: found[key.name][1] for key in keys if len(found[key.name][1].rows)}
    del found
    skew = in_threads(lambda name: crowds[name].skew(name, left, right, count), crowds)
    return Candidates(left, right, tuple(skew), by_key)


def _pairs_of(
    key: Key, count: int, bits: int, rekeys: Mapping[str, Rehash], rank: Callable[[], npt.NDArray[np.int32]],
    cap: int, window: int,
) -> tuple[Rows, Crowd]:  # fmt: skip
    """(distinct pair codes of one key, sorted; what is in its blocks over the cap)."""
    if key.weak:
        cap, window = max(2, int(cap * WEAK_SHARE)), min(window, WEAK_WINDOW)
        rekeys = {name: rehash for name, rehash in rekeys.items() if name in WEAK_REKEYS}
    groups = groups_of(words_of(key, count, bits), bits)
    out = list(expanded(groups, groups.sizes <= cap, bits))
    crowd = Crowd.over(groups, cap, bits)
    del groups
    if len(crowd.rows):
        out += crowd.split(rekeys, cap, bits)
        out += crowd.neighbours(rank(), window, bits)
    return sorted_distinct(out), crowd


def united(parts: Sequence[Rows], bits: int) -> tuple[Sides, Sides]:
    """The distinct codes of all sorted parts as (left, right), made range by range."""
    total = sum(map(len, parts))
    pieces = max(-(-total // _RANGE), 1)
    longest = max(parts, key=len, default=np.zeros(0, np.int64))
    cuts = longest[np.arange(1, pieces) * len(longest) // pieces]
    places = [np.concatenate([[0], np.searchsorted(part, cuts), [len(part)]]) for part in parts]

    def work(piece: int) -> tuple[Sides, Sides]:
        codes = sorted_distinct([part[at[piece] : at[piece + 1]] for part, at in zip(parts, places, strict=True)])
        return (codes >> bits).astype(np.int32), (codes & ((1 << bits) - 1)).astype(np.int32)

    both = in_threads(work, range(pieces))
    left, right = (np.concatenate([one[side] for one in both]) for side in (0, 1))
    return left, right
