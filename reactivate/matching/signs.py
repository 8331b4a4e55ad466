"""Small numbers per text that tell at once when two texts cannot be alike, so that a metric runs on few pairs only.

`bags`: for each of 32 kinds of letters whether the text holds it once, and whether twice. A letter that one bag has and
the other lacks is a letter without a partner, which bounds edit distance from below and Jaro-Winkler from above.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

_KINDS, _PREFIX = 32, 4
_AT_ONCE = 200_000

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[Any]


@frozen(eq=False)
class Signs:
    """One entry per text. `heads[text, place]`: its first four code points, 0 = shorter."""

    bags: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int32]
    heads: npt.NDArray[np.uint32]

    def may_be_edited(self, left: Places, right: Places, most: int) -> Flags:
        """Whether the texts may be within `most` edits (Damerau, neighbours swapped count as one)."""
        lonely, other = self._lonely(left, right)
        near: Flags = (lonely <= most) & (other <= most)
        near &= np.abs(self.lengths[left] - self.lengths[right]) <= most
        return near

    def may_be_alike(self, left: Places, right: Places, at_least: float) -> Flags:
        """Whether the Jaro-Winkler similarity may reach `at_least`."""
        lonely, other = self._lonely(left, right)
        one, two = self.lengths[left].astype(np.float32), self.lengths[right].astype(np.float32)
        matched = np.minimum(one - lonely, two - other)
        jaro = (matched / np.maximum(one, 1) + matched / np.maximum(two, 1) + 1) / 3
        prefix = np.cumprod(self.heads[left] == self.heads[right], axis=1).sum(axis=1)
        may: Flags = jaro + 0.1 * prefix * (1 - jaro) >= at_least - 1e-5
        return may

    def _lonely(self, left: Places, right: Places) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """At least so many letters of each side have no partner on the other."""
        one, two = self.bags[left], self.bags[right]
        return np.bitwise_count(one & ~two), np.bitwise_count(two & ~one)


def signs_of(texts: list[str]) -> Signs:
    """The signs of some texts."""
    parts = [_signs(texts[start : start + _AT_ONCE]) for start in range(0, max(len(texts), 1), _AT_ONCE)]
    return Signs(
        np.concatenate([part.bags for part in parts]),
        np.concatenate([part.lengths for part in parts]),
        np.concatenate([part.heads for part in parts]),
    )


def letters_of(texts: list[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """(text, code point) of every letter of all texts, in order."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.repeat(np.arange(len(texts)), lengths), points


def _signs(texts: list[str]) -> Signs:
    owner, points = letters_of(texts)
    lengths = np.bincount(owner, minlength=len(texts))
    counts = np.bincount(owner * _KINDS + points % _KINDS, minlength=len(texts) * _KINDS).reshape(-1, _KINDS)
    once = np.packbits(np.concatenate([counts >= 1, counts >= 2], axis=1), axis=1)
    starts = np.cumsum(lengths) - lengths
    heads = np.zeros((len(texts), _PREFIX), np.uint32)
    for place in range(_PREFIX):
        there = lengths > place
        heads[there, place] = points[starts[there] + place]
    return Signs(np.ascontiguousarray(once).view(np.uint64).reshape(-1), lengths.astype(np.int32), heads)
