"""How much two records agree, field by field, as small integers. 0 = cannot be told (a value is missing).

`LEVELS` names the levels of each field from best to worst; the model learns what each is worth.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Base, Coded, Codes
from reactivate.matching.frequency import namesakes, values_shared
from reactivate.matching.similarity import edit_distance, jaro_winkler
from reactivate.matching.synonyms import Synonyms

Levels = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]

LEVELS: dict[str, tuple[str, ...]] = {
    "first": ("equal", "synonym", "initial", "close", "different"),
    "last": ("equal", "close", "initial", "different"),
    "patronymic": ("equal", "initial", "close", "different"),
    "namesakes": (
        "below .01",
        "below .03",
        "below .1",
        "below .3",
        "below 1",
        "below 3",
        "below 10",
        "below 30",
        "above 30",
    ),
    "phone": ("equal", "equal, shared", "near", "different"),
    "email": ("equal", "equal, shared", "same box elsewhere", "near", "different"),
    "birth": ("equal", "near", "different"),
    "address": ("same flat", "same house", "same house, other flat", "same street", "different"),
    "city": ("equal", "close", "different"),
    "postcode": ("equal", "near", "different"),
    "tax_id": ("equal", "different"),
    "vehicle": ("equal", "different"),
    "exact": ("equal", "equal, frequent", "near", "different"),
    "fuzzy": ("equal", "equal, frequent", "close", "similar", "different"),
}
CLOSE, SIMILAR = 0.9, 0.8
_NAMESAKE_STEPS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_FREQUENT = 1 / 500


def kind_of(field: str) -> str:
    """The key of LEVELS behind a field of the pattern (`x:colour` is `exact` or `fuzzy`)."""
    return field.partition(":")[0] if field.startswith(("exact:", "fuzzy:")) else field


def compared_fields(base: Base) -> list[str]:
    """The fields of the pattern, in order, that this base can compare."""
    names = [name for name in ("first", "last", "patronymic") if base.has(name)]
    if base.has("first", "last"):
        names.append("namesakes")
    names += [name for name in ("phone", "email", "birth") if base.has(name)]
    if base.has("street"):
        names.append("address")
    names += [name for name in ("city", "postcode", "tax_id", "vehicle") if base.has(name)]
    return names + [f"{how}:{name}" for name, how in base.extra.items() if base.has(f"x:{name}")]


def compare(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
    """Levels of every compared field for the pairs given."""
    out: dict[str, Levels] = {}
    for name in compared_fields(base):
        if name == "first":
            out |= _names(base, left, right, synonyms)
        elif name in ("last", "namesakes"):
            if name not in out:
                out |= _names(base, left, right, synonyms)
        else:
            out[name] = _single_field(base, name, left, right)
    return {name: out[name] for name in compared_fields(base)}


def _single_field(base: Base, name: str, left: Rows, right: Rows) -> Levels:
    if name == "address":
        return _address(base, left, right)
    if ":" in name:
        how, _, column = name.partition(":")
        return _extra(base.columns[f"x:{column}"], how, left, right)
    coded = base.columns[name]
    if name in _SHARING:
        return _SHARING[name](base, coded, left, right)
    if name in _PLAIN:
        return _PLAIN[name](coded, left, right)
    one, two = coded.first[left], coded.first[right]
    return _where_known(one, two, np.where(one == two, 1, 2))


def _where_known(one: Codes, two: Codes, levels: npt.NDArray[Any]) -> Levels:
    known: Levels = np.where((one >= 0) & (two >= 0), levels, 0).astype(np.uint8)
    return known


def _names(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
    """First and family name; two people written in the other order agree on both."""
    out: dict[str, Levels] = {}
    if base.has("first"):
        out["first"] = _first(base.columns["first"], left, right, synonyms)
    if base.has("last"):
        out["last"] = _last(base.columns["last"], left, right)
    if base.has("first", "last"):
        first, last = base.hashed("first"), base.hashed("last")
        swapped = (first[left] == last[right]) & (last[left] == first[right]) & (first[left] != 0) & (last[left] != 0)
        out["first"][swapped] = 1
        out["last"][swapped] = 1
        expected = namesakes(base)
        both = ((out["first"] == 1) | (out["first"] == 2)) & (out["last"] == 1)
        worst = np.maximum(expected[left], expected[right])
        bucket = 1 + np.searchsorted(np.array(_NAMESAKE_STEPS), worst)
        out["namesakes"] = np.where(both, bucket, 0).astype(np.uint8)
    return out


def _first(column: Coded, left: Rows, right: Rows, synonyms: Synonyms) -> Levels:
    one, two = column.first[left], column.first[right]
    levels = np.where(one == two, 1, 5)
    unequal = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
    a, b = one[unequal], two[unequal]
    close = (jaro_winkler(column.texts, a, b) >= CLOSE) | synonyms.nearly(a, b)
    found = np.where(close, 4, 5)
    found[synonyms.known(a, b)] = 2
    short = np.array([len(text) == 1 for text in column.texts] or [False], bool)
    one_letter = short[a] | short[b]
    if one_letter.any():
        found[one_letter] = np.where((synonyms.letters[a] & synonyms.letters[b]) != 0, 3, 5)[one_letter]
    levels[unequal] = found
    return _where_known(one, two, levels)


def _last(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    return _where_known(one, two, _graded(column, one, two, close=2, initial=3, different=4))


def _patronymic(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    return _where_known(one, two, _graded(column, one, two, close=3, initial=2, different=4))


def _graded(column: Coded, one: Codes, two: Codes, *, close: int, initial: int, different: int) -> npt.NDArray[Any]:
    levels = np.where(one == two, 1, different)
    unequal = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
    a, b = one[unequal], two[unequal]
    found = np.where(jaro_winkler(column.texts, a, b) >= CLOSE, close, different)
    letters = np.array([text if len(text) == 1 else "" for text in column.texts], "U1")
    starts = np.array([text[:1] for text in column.texts], "U1")
    if len(letters):
        one_letter = (letters[a] != "") | (letters[b] != "")
        found[one_letter & (starts[a] == starts[b])] = initial
    levels[unequal] = found
    return levels


def _shared_codes(column: Coded, left: Rows, right: Rows) -> Codes:
    """The first value that both records hold, -1 = none."""
    common = np.full(len(left), -1, np.int32)
    for slot in range(column.codes.shape[1]):
        one = column.codes[left, slot]
        for other in range(column.codes.shape[1]):
            two = column.codes[right, other]
            common = np.where((common < 0) & (one == two), one, common)
    return common


def _phone(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    common = _shared_codes(column, left, right)
    levels = np.full(len(left), 4)
    unequal = np.flatnonzero((common < 0) & (one >= 0) & (two >= 0))
    near = edit_distance(column.texts, one[unequal], two[unequal], 1) <= 1
    levels[unequal[near]] = 3
    equal = common >= 0
    levels[equal] = np.where(values_shared(base, "phone")[common[equal]], 2, 1)
    return _where_known(one, two, levels)


def _email(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    common = _shared_codes(column, left, right)
    levels = np.full(len(left), 5)
    unequal = np.flatnonzero((common < 0) & (one >= 0) & (two >= 0))
    a, b = one[unequal], two[unequal]
    boxes = [text.partition("@")[0] for text in column.texts]
    numbers = {box: number for number, box in enumerate(dict.fromkeys(boxes))}
    box = np.array([numbers[name] if len(name) >= 5 else -1 for name in boxes], np.int64)
    found = np.where(edit_distance(column.texts, a, b, 2) <= 2, 4, 5)
    if len(box):
        found[(box[a] == box[b]) & (box[a] >= 0)] = 3
    levels[unequal] = found
    equal = common >= 0
    levels[equal] = np.where(values_shared(base, "email")[common[equal]], 2, 1)
    return _where_known(one, two, levels)


def _birth(column: Coded, left: Rows, right: Rows) -> Levels:
    """Near: one digit wrong, or day and month changed places."""
    one, two = column.first[left], column.first[right]
    levels = np.where(one == two, 1, 3)
    unequal = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
    digits = np.array([list(text.replace("-", "").rjust(8, "0")[:8]) for text in column.texts] or [["0"] * 8], "U1")
    a, b = digits[one[unequal]], digits[two[unequal]]
    wrong = (a != b).sum(axis=1)
    turned = (a[:, :4] == b[:, :4]).all(1) & (a[:, 4:6] == b[:, 6:]).all(1) & (a[:, 6:] == b[:, 4:6]).all(1)
    levels[unequal[(wrong == 1) | turned]] = 2
    return _where_known(one, two, levels)


def _address(base: Base, left: Rows, right: Rows) -> Levels:
    street = base.columns["street"]
    one, two = street.first[left], street.first[right]
    same_street = one == two
    unequal = np.flatnonzero(~same_street & (one >= 0) & (two >= 0))
    same_street[unequal] = jaro_winkler(street.texts, one[unequal], two[unequal]) >= CLOSE
    house, flat = _relation(base, "house", left, right), _relation(base, "flat", left, right)
    levels = np.full(len(left), 5)
    levels[same_street] = 4
    levels[same_street & (house == 1)] = 2
    levels[same_street & (house == 1) & (flat == 2)] = 3
    levels[same_street & (house == 1) & (flat == 1)] = 1
    return _where_known(one, two, levels)


def _relation(base: Base, name: str, left: Rows, right: Rows) -> Levels:
    """0 unknown, 1 equal, 2 different."""
    if not base.has(name):
        return np.zeros(len(left), np.uint8)
    column = base.columns[name].first
    return _where_known(column[left], column[right], np.where(column[left] == column[right], 1, 2))


def _city(column: Coded, left: Rows, right: Rows) -> Levels:
    return _place(column, left, right, lambda a, b: jaro_winkler(column.texts, a, b) >= CLOSE)


def _postcode(column: Coded, left: Rows, right: Rows) -> Levels:
    return _place(column, left, right, lambda a, b: edit_distance(column.texts, a, b, 1) <= 1)


def _place(column: Coded, left: Rows, right: Rows, nearby: Callable[[Codes, Codes], npt.NDArray[np.bool_]]) -> Levels:
    one, two = column.first[left], column.first[right]
    levels = np.where(one == two, 1, 3)
    unequal = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
    near = nearby(one[unequal], two[unequal])
    levels[unequal[near]] = 2
    return _where_known(one, two, levels)


def _extra(column: Coded, how: str, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    counts = np.bincount(column.first[column.first >= 0], minlength=len(column.values))
    frequent = counts > max(_FREQUENT * len(column.codes), 5)
    worst = len(LEVELS[how])
    levels = np.full(len(left), worst)
    equal = np.flatnonzero((one == two) & (one >= 0))
    levels[equal] = np.where(frequent[one[equal]], 2, 1)
    unequal = np.flatnonzero((one != two) & (one >= 0) & (two >= 0))
    a, b = one[unequal], two[unequal]
    if how == "exact":
        levels[unequal[edit_distance(column.texts, a, b, 1) <= 1]] = 3
    else:
        scores = jaro_winkler(column.texts, a, b)
        levels[unequal] = np.where(scores >= CLOSE, 3, np.where(scores >= SIMILAR, 4, worst))
    return _where_known(one, two, levels)


_SHARING: dict[str, Callable[[Base, Coded, Rows, Rows], Levels]] = {"phone": _phone, "email": _email}
_PLAIN: dict[str, Callable[[Coded, Rows, Rows], Levels]] = {
    "birth": _birth,
    "patronymic": _patronymic,
    "city": _city,
    "postcode": _postcode,
}
