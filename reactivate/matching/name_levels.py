"""How much the names of two records agree: first and family name, patronymic, and how many bear them by chance."""

import numpy as np

from reactivate.matching.fields import Base, Coded
from reactivate.matching.frequency import namesakes
from reactivate.matching.level_names import CLOSE, Levels, Rows, equality
from reactivate.matching.likeness import cut_short, one_slip
from reactivate.matching.similarity import jaro_winkler
from reactivate.matching.synonyms import Synonyms

_NAMESAKE_STEPS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


def names_compared(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
    """First and family name; two people written in the other order agree on both."""
    out: dict[str, Levels] = {}
    if base.has("first"):
        out["first"] = _first(base.columns["first"], left, right, synonyms)
    if base.has("last"):
        out["last"] = _last(base.columns["last"], left, right)
    if base.has("first", "last"):
        first, last = base.hashed("first"), base.hashed("last")
        unequal = np.flatnonzero((out["first"] > 1) & (out["last"] > 1))
        one, two = left[unequal], right[unequal]
        swapped = unequal[(first[one] == last[two]) & (last[one] == first[two])]
        out["first"][swapped] = 1
        out["last"][swapped] = 1
        both = np.flatnonzero(((out["first"] == 1) | (out["first"] == 2)) & (out["last"] == 1))
        expected = namesakes(base)
        worst = np.maximum(expected[left[both]], expected[right[both]])
        out["namesakes"] = np.zeros(len(left), np.uint8)
        out["namesakes"][both] = 1 + np.searchsorted(np.array(_NAMESAKE_STEPS), worst)
    return out


def _first(column: Coded, left: Rows, right: Rows, synonyms: Synonyms) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different=5)
    a, b = one[unequal], two[unequal]
    alike = (jaro_winkler(column, a, b, CLOSE) >= CLOSE) | one_slip(column, a, b) | cut_short(column, a, b)
    # A typing error seldom makes one well-known name of another: Александр and Александра are two people.
    close = (alike & ~(synonyms.listed[a] & synonyms.listed[b])) | synonyms.nearly(a, b)
    found = np.where(close, 4, 5)
    found[synonyms.known(a, b)] = 2
    initial = np.flatnonzero(column.letters[a] | column.letters[b])
    same = (synonyms.letters[a[initial]] & synonyms.letters[b[initial]]) != 0
    found[initial] = np.where(same, 3, 5)
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
