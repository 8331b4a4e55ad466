"""How much the names of two records agree: first and family name, patronymic, and how many bear them by chance."""

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Base, Coded, Codes
from reactivate.matching.frequency import chance_bearers, namesakes
from reactivate.matching.level_names import CLOSE, Levels, Rows, equality
from reactivate.matching.likeness import cut_short, one_slip
from reactivate.matching.similarity import jaro_winkler
from reactivate.matching.synonyms import Synonyms

_NAMESAKE_STEPS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_PARTS = 1024


def namesakes_expected(base: Base) -> npt.NDArray[np.float64] | None:
    """Per level of `namesakes` how many pairs of strangers would bear one name by chance; None without names."""
    if not base.has("first", "last"):
        return None
    whole = np.flatnonzero((base.columns["first"].first >= 0) & (base.columns["last"].first >= 0))
    # In whole parts, whose sum does not depend on the order of the records; each pair is met from both sides.
    parts = np.rint(chance_bearers(base, whole) * _PARTS)
    level = np.searchsorted(np.array(_NAMESAKE_STEPS), namesakes(base)[whole])
    return np.bincount(level, weights=parts, minlength=len(_NAMESAKE_STEPS) + 1) / (2 * _PARTS)


def names_compared(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
    """First and family name; two people written in the other order agree on both."""
    out: dict[str, Levels] = {}
    if base.has("first"):
        out["first"] = _first(base.columns["first"], left, right, synonyms)
    if base.has("last"):
        out["last"] = _last(base.columns["last"], left, right)
    if base.has("first", "last"):
        unequal = np.flatnonzero((out["first"] > 1) & (out["last"] > 1))
        one, two = left[unequal], right[unequal]
        swapped = unequal[_swapped(base, one, two, synonyms)]
        out["first"][swapped] = 1
        out["last"][swapped] = 1
        both = np.flatnonzero(((out["first"] == 1) | (out["first"] == 2)) & (out["last"] == 1))
        expected = namesakes(base)
        worst = np.maximum(expected[left[both]], expected[right[both]])
        out["namesakes"] = np.zeros(len(left), np.uint8)
        out["namesakes"][both] = 1 + np.searchsorted(np.array(_NAMESAKE_STEPS), worst)
    return out


def _swapped(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> npt.NDArray[np.bool_]:
    """Whether the first name of each is the family name of the other, but for an ending.

    A family name loses the ending of a woman where a first name keeps it. But Иван Петров is not Пётр Иванов: where
    both have what is surely a first name in its place, the words must agree to the last letter.
    """
    first, last = base.columns["first"], base.columns["last"]
    one, two, three, four = first.first[left], last.first[right], first.first[right], last.first[left]
    hashes = base.hashed("first"), base.hashed("last")
    same = (hashes[0][left] == hashes[1][right]) & (hashes[0][right] == hashes[1][left])
    alike = _one_ending(first, one, last, two) & _one_ending(first, three, last, four)
    turned: npt.NDArray[np.bool_] = same | (alike & ~(synonyms.certain[one] & synonyms.certain[three]))
    return turned


def _one_ending(column: Coded, codes: Codes, other: Coded, theirs: Codes) -> npt.NDArray[np.bool_]:
    """Whether values of two columns begin with the same four letters and are equally long, give or take one."""
    mine, yours = column.signs, other.signs
    apart = np.abs(mine.lengths[codes] - yours.lengths[theirs])
    heads = mine.heads[codes]
    alike: npt.NDArray[np.bool_] = (heads == yours.heads[theirs]) & (heads >> np.uint64(48) != 0) & (apart <= 1)
    return alike


def _first(column: Coded, left: Rows, right: Rows, synonyms: Synonyms) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different=6)
    a, b = one[unequal], two[unequal]
    alike = (jaro_winkler(column, a, b, CLOSE) >= CLOSE) | one_slip(column, a, b) | cut_short(column, a, b)
    # A typing error seldom makes one well-known name of another: Александр and Александра are two people.
    listed = synonyms.listed[a] & synonyms.listed[b]
    close = (alike & ~listed) | synonyms.nearly(a, b)
    # Two names that are surely names are two people; a word that nobody knows may be a short form or a typing error.
    found = np.where(close, 4, np.where(synonyms.certain[a] & synonyms.certain[b], 6, 5))
    found[synonyms.known(a, b)] = 2
    initial = np.flatnonzero(column.letters[a] | column.letters[b])
    same = (synonyms.letters[a[initial]] & synonyms.letters[b[initial]]) != 0
    found[initial] = np.where(same, 3, 6)
    levels[unequal] = found
    return levels


def _last(column: Coded, left: Rows, right: Rows) -> Levels:
    return _graded(column, left, right, close=2, initial=3, different=4)


def patronymics_compared(column: Coded, left: Rows, right: Rows) -> Levels:
    return _graded(column, left, right, close=3, initial=2, different=4)


def _graded(column: Coded, left: Rows, right: Rows, *, close: int, initial: int, different: int) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different)
    a, b = one[unequal], two[unequal]
    alike = (jaro_winkler(column, a, b, CLOSE) >= CLOSE) | one_slip(column, a, b)
    found = np.where(alike, close, different)
    starts = column.signs.heads & np.uint64(0xFFFF)
    found[(column.letters[a] | column.letters[b]) & (starts[a] == starts[b])] = initial
    levels[unequal] = found
    return levels
