"""How much two records agree, field by field, as small integers. 0 = cannot be told (a value is missing).

`LEVELS` names the levels of each field from best to worst; the model learns what each is worth.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from reactivate.matching.fields import Base, Coded, Codes
from reactivate.matching.frequency import namesakes, values_shared
from reactivate.matching.keys import mailboxes
from reactivate.matching.likeness import cut_short, one_slip
from reactivate.matching.similarity import edit_distance, jaro_winkler
from reactivate.matching.synonyms import Synonyms
from reactivate.matching.threads import in_threads

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
    "birth": ("equal", "near", "same year or day", "different"),
    "address": ("same flat", "same house", "same house, other flat", "same street", "different"),
    "city": ("equal", "close", "different"),
    "postcode": ("equal", "near", "same district", "different"),
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


def prepare(base: Base, synonyms: Synonyms) -> None:
    """Make in two threads what `compare` asks of the columns once, so that no two of its threads make the same."""
    nobody = np.zeros(0, np.int64)
    names = {"first", "last", "namesakes"}
    work: list[Callable[[], Any]] = [
        partial(_single_field, base, name, nobody, nobody) for name in compared_fields(base) if name not in names
    ]
    work.append(partial(_names, base, nobody, nobody, synonyms))
    in_threads(lambda make: make(), work)


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
    return _equal(coded.first[left], coded.first[right], different=2)[0]


def _names(base: Base, left: Rows, right: Rows, synonyms: Synonyms) -> dict[str, Levels]:
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
    levels, unequal = _equal(one, two, different=5)
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


def _equal(one: Codes, two: Codes, different: int) -> tuple[Levels, Rows]:
    """(1 where both are the same, `different` where not, 0 where one is missing; places of the different ones)."""
    known = (one >= 0) & (two >= 0)
    same = one == two
    levels = np.where(same, np.uint8(1), np.uint8(different))
    levels[~known] = 0
    return levels, np.flatnonzero(known & ~same)


def _last(column: Coded, left: Rows, right: Rows) -> Levels:
    return _graded(column, left, right, close=2, initial=3, different=4)


def _patronymic(column: Coded, left: Rows, right: Rows) -> Levels:
    return _graded(column, left, right, close=3, initial=2, different=4)


def _graded(column: Coded, left: Rows, right: Rows, *, close: int, initial: int, different: int) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = _equal(one, two, different)
    a, b = one[unequal], two[unequal]
    alike = (jaro_winkler(column, a, b, CLOSE) >= CLOSE) | one_slip(column, a, b)
    found = np.where(alike, close, different)
    starts = column.signs.heads & np.uint64(0xFFFF)
    found[(column.letters[a] | column.letters[b]) & (starts[a] == starts[b])] = initial
    levels[unequal] = found
    return levels


def _shared_codes(column: Coded, left: Rows, right: Rows) -> Codes:
    """The first value that both records hold, -1 = none."""
    one, two = column.first[left], column.first[right]
    common = np.where(one == two, one, np.int32(-1))
    # Few records hold two phones: only they are looked at slot by slot.
    more = np.flatnonzero((common < 0) & (column.several[left] | column.several[right]))
    mine, theirs = column.codes[left[more]], column.codes[right[more]]
    found = np.full(len(more), -1, np.int32)
    for slot in range(column.codes.shape[1]):
        for other in range(column.codes.shape[1]):
            found = np.where((found < 0) & (mine[:, slot] == theirs[:, other]), mine[:, slot], found)
    common[more] = found
    return common


def _phone(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
    levels, unequal, a, b = _shared(base, "phone", column, left, right)
    near = edit_distance(column, a, b, 1) <= 1
    levels[unequal[near]] = 3
    return levels


def _email(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
    levels, unequal, a, b = _shared(base, "email", column, left, right)
    found = np.where(edit_distance(column, a, b, 2) <= 2, 4, 5)
    box = base.once("mailboxes", lambda: mailboxes(column.values))
    found[(box[a] == box[b]) & (box[a] != 0)] = 3
    levels[unequal] = found
    return levels


def _shared(base: Base, name: str, column: Coded, left: Rows, right: Rows) -> tuple[Levels, Rows, Codes, Codes]:
    """(levels with the equal and the different ones told apart; places of the different ones and their first codes)."""
    one, two = column.first[left], column.first[right]
    common = _shared_codes(column, left, right)
    known = (one >= 0) & (two >= 0)
    levels = np.where(known, np.uint8(len(LEVELS[name])), np.uint8(0))
    equal = np.flatnonzero(common >= 0)
    levels[equal] = np.where(values_shared(base, name)[common[equal]], 2, 1)
    unequal = np.flatnonzero(known & (common < 0))
    return levels, unequal, one[unequal], two[unequal]


def _birth(column: Coded, left: Rows, right: Rows) -> Levels:
    """Near: one digit wrong, or day and month changed places. Then: the same year, or the same day of another year."""
    one, two = column.first[left], column.first[right]
    levels, unequal = _equal(one, two, different=4)
    digits = _digits(column)
    a, b = digits[one[unequal]], digits[two[unequal]]
    wrong = (a != b).sum(axis=1)
    year, day = (a[:, :4] == b[:, :4]).all(1), (a[:, 4:] == b[:, 4:]).all(1)
    turned = year & (a[:, 4:6] == b[:, 6:]).all(1) & (a[:, 6:] == b[:, 4:6]).all(1)
    levels[unequal[year | day]] = 3
    levels[unequal[(wrong == 1) | turned]] = 2
    return levels


def _digits(column: Coded) -> npt.NDArray[np.uint8]:
    """The eight digits of each date."""
    plain = pc.utf8_lpad(pc.replace_substring(column.values, "-", ""), 8, "0")
    joined = "".join(pc.utf8_slice_codeunits(plain, 0, 8).to_pylist())
    return np.frombuffer(joined.encode("ascii", "replace"), np.uint8).reshape(-1, 8)


def _address(base: Base, left: Rows, right: Rows) -> Levels:
    street = base.columns["street"]
    one, two = street.first[left], street.first[right]
    levels, unequal = _equal(one, two, different=5)
    alike = jaro_winkler(street, one[unequal], two[unequal], CLOSE) >= CLOSE
    same = np.concatenate([np.flatnonzero(levels == 1), unequal[alike]])
    house, flat = (_relation(base, name, left[same], right[same]) for name in ("house", "flat"))
    found = np.full(len(same), 4, np.uint8)
    found[house == 1] = 2
    found[(house == 1) & (flat == 2)] = 3
    found[(house == 1) & (flat == 1)] = 1
    levels[same] = found
    return levels


def _relation(base: Base, name: str, left: Rows, right: Rows) -> Levels:
    """0 unknown, 1 equal, 2 different."""
    if not base.has(name):
        return np.zeros(len(left), np.uint8)
    column = base.columns[name].first
    return _equal(column[left], column[right], different=2)[0]


def _city(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = _equal(one, two, different=3)
    levels[unequal[jaro_winkler(column, one[unequal], two[unequal], CLOSE) >= CLOSE]] = 2
    return levels


def _postcode(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = _equal(one, two, different=4)
    a, b = one[unequal], two[unequal]
    district = _districts(column)
    levels[unequal[(district[a] == district[b]) & (district[a] >= 0)]] = 3
    levels[unequal[edit_distance(column, a, b, 1) <= 1]] = 2
    return levels


def _districts(column: Coded) -> npt.NDArray[np.int32]:
    """Per postcode a number of its district: `sw1a` of `sw1a 1aa`, `012` of `01234`; -1 = too short to have one."""
    plain = pc.replace_substring_regex(column.values, r"[\s-]", "")
    outward = pc.utf8_slice_codeunits(plain, 0, stop=-3)
    own = pc.if_else(pc.match_substring_regex(plain, r"^\d{5,6}$"), pc.utf8_slice_codeunits(plain, 0, 3), outward)
    head = own.dictionary_encode()
    long_enough = np.asarray(pc.greater_equal(pc.utf8_length(head.dictionary), 2), dtype=bool)
    codes = np.asarray(head.indices)
    return np.where(long_enough[codes], codes, -1) if len(codes) else codes


def _extra(column: Coded, how: str, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    frequent = column.counts > max(_FREQUENT * len(column.codes), 5)
    worst = len(LEVELS[how])
    levels, unequal = _equal(one, two, different=worst)
    equal = np.flatnonzero(levels == 1)
    levels[equal] = np.where(frequent[one[equal]], 2, 1)
    a, b = one[unequal], two[unequal]
    if how == "exact":
        levels[unequal[edit_distance(column, a, b, 1) <= 1]] = 3
    else:
        scores = jaro_winkler(column, a, b, SIMILAR)
        levels[unequal] = np.where(scores >= CLOSE, 3, np.where(scores >= SIMILAR, 4, worst))
    return levels


_SHARING: dict[str, Callable[[Base, Coded, Rows, Rows], Levels]] = {"phone": _phone, "email": _email}
_PLAIN: dict[str, Callable[[Coded, Rows, Rows], Levels]] = {
    "birth": _birth,
    "patronymic": _patronymic,
    "city": _city,
    "postcode": _postcode,
}
