"""Blocks over the cap are split by further fields, then only neighbours in the order of names meet; all is counted."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.grouping import Groups, Rows, expanded, groups_of, numbers_of, word
from reactivate.matching.hashing import Hashes, composed

Rehash = Callable[[Rows], Hashes]
WEAK_REKEYS = frozenset({"street", "city", "postcode", "patronymic"})
"""Namesakes with a phone, an e-mail or a birth date in common meet under other keys anyway."""


@frozen
class Skew:
    """What the cap cost at one key. `given_up`: pairs that share the key and are not among the candidates at all."""

    key: str
    blocks_over_cap: int
    pairs_over_cap: int
    given_up: int


@frozen(eq=False)
class Crowd:
    """The members of one key's blocks over the cap, each with the number of its block (from 1)."""

    rows: Rows
    block: npt.NDArray[np.int32]

    @classmethod
    def over(cls, groups: Groups, cap: int, bits: int) -> "Crowd":
        chosen = groups.sizes > cap
        block = np.repeat(np.arange(1, int(chosen.sum()) + 1, dtype=np.int32), groups.sizes[chosen])
        return cls(numbers_of(groups.words[groups.members(chosen)], bits), block)

    def split(self, rekeys: Mapping[str, Rehash], cap: int, bits: int) -> Iterator[Rows]:
        """Pair codes of those who share block and field, for each field."""
        for rehash in rekeys.values():
            finer = composed(self.block.astype(np.uint64), rehash(self.rows))
            there = np.flatnonzero(finer)
            words = word(finer[there], self.rows[there], bits)
            words.sort()
            groups = groups_of(words, bits)
            yield from expanded(groups, groups.sizes <= cap, bits)

    def neighbours(self, rank: npt.NDArray[np.int32], window: int, bits: int) -> Iterator[Rows]:
        """Pair codes of those who stand near each other within their block, in the order of `rank`."""
        order = np.argsort(self.block.astype(np.int64) << 32 | rank[self.rows])
        rows, block = self.rows[order], self.block[order]
        for step in range(1, window + 1):
            same = block[step:] == block[:-step]
            one, two = rows[:-step][same], rows[step:][same]
            yield np.minimum(one, two) << bits | np.maximum(one, two)

    def skew(self, key: str, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], count: int) -> Skew:
        """Exactly how many pairs of these blocks are candidates under no key."""
        sizes = np.bincount(self.block)[1:]
        total = int((sizes * (sizes - 1) // 2).sum())
        slots = self._slots(count)
        kept = 0
        for mine in slots:
            one = mine[left]
            there = np.flatnonzero(one)
            one, two = one[there], right[there]
            kept += sum(int(np.count_nonzero(theirs[two] == one)) for theirs in slots)
        return Skew(key, len(sizes), total, max(total - kept, 0))

    def _slots(self, count: int) -> list[npt.NDArray[np.int32]]:
        """Columns of one block per record (0 = none); as many as the record with the most blocks needs."""
        order = np.argsort(self.rows, kind="stable")
        rows, block = self.rows[order], self.block[order]
        slot = np.arange(len(rows)) - np.searchsorted(rows, rows)
        out = []
        for number in range(int(slot.max(initial=-1)) + 1):
            column = np.zeros(count, np.int32)
            chosen = slot == number
            column[rows[chosen]] = block[chosen]
            out.append(column)
        return out
