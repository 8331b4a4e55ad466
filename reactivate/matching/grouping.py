"""Records by key: hash and record share one 64-bit word, so that a plain sort groups them.

The upper bits of the hash stand above the number of the record; a word is compared, moved and sorted as one number,
several times faster than two columns. Two keys that agree in the bits that are left give a pair too many now and then,
never one too few.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.hashing import Hashes

Rows = npt.NDArray[np.int64]
Packed = npt.NDArray[np.uint64]
Made = Callable[[slice], tuple[Rows | None, Hashes]]
AT_ONCE = 1 << 18
"""Records whose hashes are made together: what fits into the processor's cache."""


@frozen(eq=False)
class Key:
    """One blocking key. `made(part)`: of these records (rows, hashes), 0 = no key; a row comes once per value it has.

    Rows None = each record of the part has one hash. `weak`: sharing it proves little (namesakes).
    """

    name: str
    made: Made
    weak: bool = False


@frozen(eq=False)
class Groups:
    """Runs of two members and more in a sorted array of words."""

    words: Packed
    starts: Rows
    sizes: Rows

    def members(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        """Places of the members of the chosen groups."""
        sizes, starts = self.sizes[chosen], self.starts[chosen]
        return np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))


def words_of(key: Key, count: int, bits: int, numbers: Rows | None = None) -> Packed:
    """The words of all records that have the key, sorted, each once. `numbers`: one per record, else its row."""
    parts = [np.zeros(0, np.uint64)]
    for start in range(0, count, AT_ONCE):
        part = slice(start, min(start + AT_ONCE, count))
        rows, hashes = key.made(part)
        there = np.flatnonzero(hashes)
        mine = there + start if rows is None else rows[there]
        parts.append(word(hashes[there], mine if numbers is None else numbers[mine], bits))
    joined: Packed = np.concatenate(parts)
    del parts
    joined.sort()
    twice = np.flatnonzero(joined[1:] == joined[:-1])
    return np.delete(joined, twice) if len(twice) else joined


def word(hashes: Hashes, numbers: Rows, bits: int) -> Packed:
    """Hash above, number below."""
    out: Packed = hashes & np.uint64((1 << 64) - (1 << bits))
    out |= numbers.view(np.uint64)
    return out


def numbers_of(words: Packed, bits: int) -> Rows:
    """The lower halves."""
    return (words & np.uint64((1 << bits) - 1)).view(np.int64)


def groups_of(words: Packed, bits: int) -> Groups:
    """The groups of sorted words."""
    same = np.zeros(len(words) + 1, bool)
    if len(words):
        np.less(words[1:] ^ words[:-1], np.uint64(1 << bits), out=same[1:-1])
    starts = np.flatnonzero(same[1:] & ~same[:-1])
    return Groups(words, starts, np.flatnonzero(same[:-1] & ~same[1:]) - starts + 1)


def expanded(groups: Groups, chosen: npt.NDArray[np.bool_], bits: int) -> Iterator[Rows]:
    """Codes of all pairs within the chosen groups: `left << bits | right`, left below right.

    One step per distance: first all neighbours, then those two apart ... so that nothing is made but pairs.
    """
    place = groups.members(chosen)
    if not len(place):
        return
    rows = numbers_of(groups.words[place], bits)
    sizes = groups.sizes[chosen]
    after = (np.repeat(np.cumsum(sizes), sizes) - 1 - np.arange(len(rows))).astype(np.int32)
    place = np.flatnonzero(after)
    step = 1
    while len(place):
        yield rows[place] << bits | rows[place + step]
        step += 1
        place = place[after[place] >= step]
