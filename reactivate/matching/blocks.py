"""Candidate pairs: records that share a narrow key. Blocks over the cap are re-keyed, then windowed, and counted."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.hashing import Hashes, composed

Rows = npt.NDArray[np.int64]
CAP = 60
WINDOW = 6
WEAK_SHARE = 0.2
_CHUNK = 4_000_000


@frozen(eq=False)
class Key:
    """One blocking key: `rows[i]` bears `hashes[i]` (0 = no key); a row comes once per value it has.

    `weak`: sharing it proves little (namesakes); such blocks are re-keyed from WEAK_SHARE of the cap on.
    """

    name: str
    rows: Rows
    hashes: Hashes
    weak: bool = False


@frozen
class Skew:
    """What the cap cost at one key. `given_up`: pairs that share the key and are not among the candidates at all."""

    key: str
    blocks_over_cap: int
    pairs_over_cap: int
    given_up: int


@frozen(eq=False)
class Candidates:
    """Distinct pairs, `left < right`, sorted."""

    left: Rows
    right: Rows
    skew: tuple[Skew, ...] = ()
    pairs_by_key: dict[str, int] | None = None


def candidate_pairs(
    keys: Sequence[Key],
    count: int,
    rekeys: Sequence[Hashes],
    order: npt.NDArray[Any],
    cap: int = CAP,
    window: int = WINDOW,
) -> Candidates:
    """All pairs that share a key.

    `rekeys`: columns (one hash per record) that split a block over the cap; `order`: sort position of each record for
    the window over what is still too big.
    """
    found: list[Rows] = []
    wide: list[tuple[Key, Hashes]] = []
    by_key: dict[str, int] = {}
    for key in keys:
        most = max(2, int(cap * WEAK_SHARE)) if key.weak else cap
        pairs, big = _pairs_of(key, count, rekeys, order, most, window)
        by_key[key.name] = sum(map(len, pairs))
        found += pairs
        if len(big):
            wide.append((key, big))
    codes = sorted_distinct(found)
    left, right = np.divmod(codes, count) if count else (codes, codes)
    skew = tuple(_skew(key, big, left, right, count) for key, big in wide)
    return Candidates(left, right, skew, by_key)


def sorted_distinct(parts: Sequence[Rows]) -> Rows:
    """Distinct numbers of all parts in rising order. Sorting beats hashing by far here (see docs/benchmarks)."""
    if not parts:
        return np.zeros(0, np.int64)
    joined = np.concatenate(parts)
    joined.sort()
    if not len(joined):
        return joined
    keep = np.empty(len(joined), bool)
    keep[0] = True
    np.not_equal(joined[1:], joined[:-1], out=keep[1:])
    return joined[keep]


def _pairs_of(
    key: Key, count: int, rekeys: Sequence[Hashes], order: npt.NDArray[Any], cap: int, window: int
) -> tuple[list[Rows], Hashes]:
    """(pair codes, hashes of the blocks over the cap)."""
    rows, starts, sizes, group = _grouped(key.rows, key.hashes, count.bit_length())
    out = list(_expanded(rows, starts, sizes, count, (sizes > 1) & (sizes <= cap)))
    over = sizes > cap
    if not over.any():
        return [sorted_distinct(out)], np.zeros(0, np.uint64)
    inside = _members(starts, sizes, over)
    big_rows = rows[inside]
    block = np.repeat(np.flatnonzero(over) + 1, sizes[over]).astype(np.uint64)
    for rekey in rekeys:
        finer = composed(block, rekey[big_rows])
        again_rows, again_starts, again_sizes, _ = _grouped(big_rows, finer, count.bit_length())
        out += _expanded(again_rows, again_starts, again_sizes, count, (again_sizes > 1) & (again_sizes <= cap))
    out += _windowed(big_rows, block, order, count, window)
    return [sorted_distinct(out)], group[over]


def _grouped(rows: Rows, hashes: Hashes, bits: int) -> tuple[Rows, Rows, Rows, Hashes]:
    """(rows sorted by hash then row; start, size and hash of each group); rows without a hash are left out.

    Hash and row share one 64-bit word, so that a plain sort does it: several times faster than sorting by two columns.
    """
    there = hashes != 0
    packed = (hashes[there] & _above(bits)) | rows[there].astype(np.uint64)
    packed.sort()
    if not len(packed):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), packed
    ordered = (packed & ~_above(bits)).astype(np.int64)
    group = packed & _above(bits)
    new = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return ordered, starts, np.diff(np.append(starts, len(ordered))), group[starts]


def _above(bits: int) -> np.uint64:
    """The bits of a hash that stay beside a row number of so many bits."""
    return np.uint64((1 << 64) - (1 << bits))


def _members(starts: Rows, sizes: Rows, chosen: npt.NDArray[np.bool_]) -> Rows:
    """Places of the members of the chosen groups."""
    sizes, starts = sizes[chosen], starts[chosen]
    offset = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(starts, sizes) + offset


def _expanded(rows: Rows, starts: Rows, sizes: Rows, count: int, chosen: npt.NDArray[np.bool_]) -> Iterator[Rows]:
    """Pair codes of all pairs within the chosen groups, some millions at a time."""
    place = _members(starts, sizes, chosen)
    if not len(place):
        return
    size = np.repeat(sizes[chosen], sizes[chosen])
    after = size - 1 - (place - np.repeat(starts[chosen], sizes[chosen]))
    total = np.cumsum(after)
    cuts = np.searchsorted(total, np.arange(_CHUNK, int(total[-1]) + _CHUNK, _CHUNK), side="right")
    begin = 0
    for end in [*np.unique(np.minimum(cuts + 1, len(place))).tolist(), len(place)]:
        if end > begin:
            yield _pair_codes(rows, place[begin:end], after[begin:end], count)
        begin = max(begin, end)


def _pair_codes(rows: Rows, place: Rows, after: Rows, count: int) -> Rows:
    left = np.repeat(place, after)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    one, two = rows[left], rows[right]
    different = one != two
    one, two = one[different], two[different]
    codes: Rows = np.minimum(one, two) * count + np.maximum(one, two)
    return codes


def _windowed(rows: Rows, block: Hashes, order: npt.NDArray[Any], count: int, window: int) -> Iterator[Rows]:
    """Pairs of neighbours in the order of names, within each block that is too big."""
    place = np.lexsort((rows, order[rows], block))
    rows, block = rows[place], block[place]
    for step in range(1, window + 1):
        same = block[step:] == block[:-step]
        one, two = rows[:-step][same], rows[step:][same]
        different = one != two
        yield np.minimum(one, two)[different] * count + np.maximum(one, two)[different]


def _skew(key: Key, big: Hashes, left: Rows, right: Rows, count: int) -> Skew:
    """Exactly how many pairs of the blocks over the cap are candidates under no key."""
    kept_bits = np.where(key.hashes != 0, key.hashes & _above(count.bit_length()), np.uint64(0))
    there = np.isin(kept_bits, big) & (kept_bits != 0)
    rows, hashes = key.rows[there], kept_bits[there]
    _, sizes = np.unique(hashes, return_counts=True)
    total = int((sizes * (sizes - 1) // 2).sum())
    slots = _slots(rows, hashes, count)
    kept = 0
    for one in slots:
        for two in slots:
            kept += int(((one[left] == two[right]) & (one[left] != 0)).sum())
    return Skew(key.name, len(np.unique(big)), total, max(total - kept, 0))


def _slots(rows: Rows, hashes: Hashes, count: int) -> list[Hashes]:
    order = np.argsort(rows, kind="stable")
    rows, hashes = rows[order], hashes[order]
    first = np.searchsorted(rows, rows)
    slot = np.arange(len(rows)) - first
    out = []
    for number in range(int(slot.max(initial=-1)) + 1):
        column = np.zeros(count, np.uint64)
        chosen = slot == number
        column[rows[chosen]] = hashes[chosen]
        out.append(column)
    return out
