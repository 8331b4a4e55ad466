"""Small numbers per text that tell at once when two texts cannot be alike, so that a metric runs on few pairs only.

`bags`: for each of 32 kinds of letters whether the text holds it once, and whether twice. A letter that one bag has and
the other lacks is a letter without a partner, which bounds edit distance from below and Jaro-Winkler from above.
Texts of plain letters are told by their bytes, in runs short enough for counters of four bits; others letter by letter.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import frozen

from reactivate.matching.spans import Spans, spans_of

_KINDS, _PREFIX = 32, 4
_RUN = 15
"""Letters that counters of four bits can count."""
_LONG = 10 * _RUN
_AT_ONCE = 100_000
_EACH = np.uint64(0x1111_1111_1111_1111)
_LENGTHS = 64

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[Any]
Words = npt.NDArray[np.uint64]


@frozen(eq=False)
class Signs:
    """One entry per text. `heads`: its first four code points, 16 bits of each, the first one lowest; 0 = shorter."""

    bags: Words
    lengths: npt.NDArray[np.int32]
    heads: Words

    def may_be_edited(self, left: Places, right: Places, most: int) -> Flags:
        """Whether the texts may be within `most` edits (Damerau, neighbours swapped count as one)."""
        lonely, other = self._lonely(left, right)
        near: Flags = np.maximum(lonely, other) <= most
        rest = np.flatnonzero(near)
        near[rest] = np.abs(self.lengths[left[rest]] - self.lengths[right[rest]]) <= most
        return near

    def may_be_alike(self, left: Places, right: Places, at_least: float) -> Flags:
        """Whether the Jaro-Winkler similarity may reach `at_least`."""
        lonely, other = self._lonely(left, right)
        one, two = self.lengths[left], self.lengths[right]
        matched = np.minimum(one - lonely, two - other)
        # A common head of four letters is the most that Winkler rewards: what fails even so is out at once.
        needed = _partners_needed(at_least)[np.minimum(one, _LENGTHS - 1), np.minimum(two, _LENGTHS - 1)]
        may: Flags = matched >= needed
        rest = np.flatnonzero(may)
        one, two = np.maximum(one[rest], 1).astype(np.float32), np.maximum(two[rest], 1).astype(np.float32)
        jaro = (matched[rest] / one + matched[rest] / two + 1) / 3
        prefix = _common_head(self.heads[left[rest]] ^ self.heads[right[rest]])
        may[rest] = jaro + 0.1 * prefix * (1 - jaro) >= at_least - 1e-5
        return may

    def _lonely(self, left: Places, right: Places) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """At least so many letters of each side have no partner on the other."""
        one, two = self.bags[left], self.bags[right]
        return np.bitwise_count(one & ~two), np.bitwise_count(two & ~one)


def _common_head(unlike: Words) -> npt.NDArray[np.uint8]:
    """How many of the four letters agree before the first that does not."""
    out = np.zeros(len(unlike), np.uint8)
    for letters in range(1, _PREFIX + 1):
        out += (unlike << np.uint64(64 - 16 * letters)) == 0
    return out


@lru_cache(8)
def _partners_needed(at_least: float) -> npt.NDArray[np.int32]:
    """Per two lengths how many letters must have a partner; of texts too long for the table none."""
    jaro = (at_least - 1e-5 - 0.1 * _PREFIX) / (1 - 0.1 * _PREFIX)
    length = np.maximum(np.arange(_LENGTHS), 1)
    matched = (3 * jaro - 1) / (1 / length[:, None] + 1 / length[None, :])
    needed = np.ceil(matched - 1e-3).astype(np.int32)
    needed[-1], needed[:, -1] = 0, 0
    return np.maximum(needed, 0)


def signs_of(texts: pa.Array | Sequence[str]) -> Signs:
    """The signs of some texts."""
    array = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    parts = [_signs(array.slice(start, _AT_ONCE)) for start in range(0, max(len(array), 1), _AT_ONCE)]
    return Signs(
        np.concatenate([part.bags for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.heads for part in parts]),
    )


def _signs(array: pa.Array) -> Signs:
    spans = spans_of(array)
    signs = Signs(_bags(spans), spans.lengths.astype(np.int32), _heads(spans))
    above = np.concatenate([[0], np.cumsum(spans.content >= 0x80)])
    strange = np.flatnonzero((above[spans.starts + spans.lengths] > above[spans.starts]) | (spans.lengths > _LONG))
    if len(strange):
        _letter_by_letter(signs, strange, array.take(pa.array(strange)).to_pylist())
    return signs


def _heads(spans: Spans) -> Words:
    masks = np.array([(1 << (8 * count)) - 1 for count in range(_PREFIX + 1)], np.uint64)
    word = spans.words[spans.starts] & masks[np.minimum(spans.lengths, _PREFIX)]
    out = np.zeros(len(word), np.uint64)
    for place in range(_PREFIX):
        out |= (word & np.uint64(0xFF << (8 * place))) << np.uint64(8 * place)
    return out


# Per byte one step of the counter of its kind: the first 16 kinds in one number, the others in the next.
_STEPS = [
    np.array([1 << (4 * (byte % 16)) if byte % _KINDS // 16 == half else 0 for byte in range(256)], np.uint64)
    for half in (0, 1)
]


def _bags(spans: Spans) -> Words:
    """Bags of texts of plain bytes, no longer than _LONG."""
    runs = np.where(spans.lengths <= _LONG, -(-spans.lengths // _RUN), 1)
    rank = np.arange(int(runs.sum())) - np.repeat(np.cumsum(runs) - runs, runs)
    owner = np.repeat(np.arange(len(runs)), runs)
    starts = spans.starts[owner] + rank * _RUN
    bags = np.zeros(len(runs), np.uint64)
    if not len(starts):
        return bags
    once, twice = np.zeros(len(owner), np.uint64), np.zeros(len(owner), np.uint64)
    for half, steps in enumerate(_STEPS):
        counts = np.add.reduceat(steps[spans.content], starts)
        many = counts >> np.uint64(1) | counts >> np.uint64(2) | counts >> np.uint64(3)
        once |= ((counts | many) & _EACH) << np.uint64(half)
        twice |= (many & _EACH) << np.uint64(half)
    for number in range(int(rank.max()) + 1):
        here = np.flatnonzero(rank == number)
        so_far = bags[owner[here]]
        repeated = twice[here] | (so_far & once[here])
        bags[owner[here]] = so_far | once[here] | repeated << np.uint64(2)
    return bags


def _letter_by_letter(signs: Signs, places: Places, texts: list[str]) -> None:
    """Put right the signs of texts of any letters and any length."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    owner = np.repeat(np.arange(len(texts)), lengths)
    counts = np.bincount(owner * _KINDS + points % _KINDS, minlength=len(texts) * _KINDS).reshape(-1, _KINDS)
    bit = np.uint64(1) << (4 * (np.arange(_KINDS) % 16) + np.arange(_KINDS) // 16).astype(np.uint64)
    signs.bags[places] = (counts >= 1) @ bit | ((counts >= 2) @ bit) << np.uint64(2)
    signs.lengths[places] = lengths
    starts = np.cumsum(lengths) - lengths
    heads = np.zeros(len(texts), np.uint64)
    for place in range(_PREFIX):
        there = lengths > place
        letter = points[starts[there] + place].astype(np.uint64) & np.uint64(0xFFFF)
        heads[there] |= letter << np.uint64(16 * place)
    signs.heads[places] = heads
