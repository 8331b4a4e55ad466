"""Candidate pairs: records that share a narrow key. Blocks over the cap are re-keyed, then windowed, and counted."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.hashing import Hashes, composed, sorted_distinct

Rows = npt.NDArray[np.int64]
Order = tuple[npt.NDArray[Any], ...]
"""Columns by which records are sorted, the most important first."""
CAP = 60
WINDOW = 6
WEAK_SHARE, WEAK_WINDOW = 0.2, 1
WEAK_REKEYS = frozenset({"street", "city", "postcode", "patronymic"})
"""Namesakes with a phone, an e-mail or a birth date in common meet under other keys anyway."""
WORKERS = 2
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
    rekeys: Mapping[str, Hashes],
    order: Order,
    cap: int = CAP,
    window: int = WINDOW,
) -> Candidates:
    """All pairs that share a key.

    `rekeys`: columns (one hash per record) that split a block over the cap; `order`: what sorts
    the records for the window over what is still too big.
    """

    def work(key: Key) -> _Found:
        return _pairs_of(key, count, rekeys, order, cap, window)

    # Sorting and gathering release the interpreter lock, so two threads fill two cores.
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(work, keys))
    codes = sorted_distinct([one.codes for one in found])
    left, right = np.divmod(codes, count) if count else (codes, codes)
    by_key = {key.name: len(one.codes) for key, one in zip(keys, found, strict=True)}
    crowded = [(key, one) for key, one in zip(keys, found, strict=True) if len(one.rows)]
    with ThreadPoolExecutor(WORKERS) as pool:
        skew = tuple(pool.map(lambda both: _skew(both[0], both[1], left, right, count), crowded))
    return Candidates(left, right, skew, by_key)


@frozen(eq=False)
class _Found:
    """Distinct pair codes of one key; the members of its blocks over the cap with their block's number (from 1)."""

    codes: Rows
    rows: Rows
    block: Rows


def _pairs_of(key: Key, count: int, rekeys: Mapping[str, Hashes], order: Order, cap: int, window: int) -> _Found:
    if key.weak:
        cap, window = max(2, int(cap * WEAK_SHARE)), min(window, WEAK_WINDOW)
    rows, starts, sizes = _grouped(key.rows, key.hashes, count.bit_length())
    out = list(_expanded(rows, starts, sizes, count, (sizes > 1) & (sizes <= cap)))
    over = sizes > cap
    if not over.any():
        return _Found(sorted_distinct(out), rows[:0], rows[:0])
    big_rows = rows[_members(starts, sizes, over)]
    block = np.repeat(np.arange(1, int(over.sum()) + 1), sizes[over])
    for name, rekey in rekeys.items():
        if key.weak and name not in WEAK_REKEYS:
            continue
        finer = composed(block.astype(np.uint64), rekey[big_rows])
        again_rows, again_starts, again_sizes = _grouped(big_rows, finer, count.bit_length())
        out += _expanded(again_rows, again_starts, again_sizes, count, (again_sizes > 1) & (again_sizes <= cap))
    out += _windowed(big_rows, block, order, count, window)
    return _Found(sorted_distinct(out), big_rows, block)


def _grouped(rows: Rows, hashes: Hashes, bits: int) -> tuple[Rows, Rows, Rows]:
    """(rows sorted by hash then row; start and size of each group); rows without a hash are left out.

    Hash and row share one 64-bit word, so that a plain sort does it: several times faster than sorting by two columns.
    """
    there = hashes != 0
    packed = (hashes[there] & _above(bits)) | rows[there].astype(np.uint64)
    packed.sort()
    if not len(packed):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    ordered = (packed & ~_above(bits)).astype(np.int64)
    group = packed & _above(bits)
    new = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return ordered, starts, np.diff(np.append(starts, len(ordered)))


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


def _windowed(rows: Rows, block: Rows, order: Order, count: int, window: int) -> Iterator[Rows]:
    """Pairs of neighbours in the order of names, within each block that is too big."""
    place = np.lexsort((rows, *(column[rows] for column in reversed(order)), block))
    rows, block = rows[place], block[place]
    for step in range(1, window + 1):
        same = block[step:] == block[:-step]
        one, two = rows[:-step][same], rows[step:][same]
        different = one != two
        yield np.minimum(one, two)[different] * count + np.maximum(one, two)[different]


def _skew(key: Key, found: _Found, left: Rows, right: Rows, count: int) -> Skew:
    """Exactly how many pairs of the blocks over the cap are candidates under no key."""
    sizes = np.bincount(found.block)[1:]
    total = int((sizes * (sizes - 1) // 2).sum())
    inside = np.zeros(count, bool)
    inside[found.rows] = True
    both = np.flatnonzero(inside[left] & inside[right])
    one, two = left[both], right[both]
    slots = _slots(found.rows, found.block, count)
    kept = 0
    for mine in slots:
        for theirs in slots:
            kept += int(((mine[one] == theirs[two]) & (mine[one] != 0)).sum())
    return Skew(key.name, len(sizes), total, max(total - kept, 0))


def _slots(rows: Rows, block: Rows, count: int) -> list[npt.NDArray[np.int32]]:
    """Columns of one block per record (0 = none); as many as the record with the most blocks needs."""
    order = np.argsort(rows, kind="stable")
    rows, block = rows[order], block[order]
    slot = np.arange(len(rows)) - np.searchsorted(rows, rows)
    out = []
    for number in range(int(slot.max(initial=-1)) + 1):
        column = np.zeros(count, np.int32)
        chosen = slot == number
        column[rows[chosen]] = block[chosen]
        out.append(column)
    return out
