"""How much phones, mailboxes, birth dates, places and further columns of two records agree."""

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from reactivate.matching.fields import Base, Coded, Codes
from reactivate.matching.frequency import values_shared
from reactivate.matching.keys import mailboxes
from reactivate.matching.level_names import CLOSE, LEVELS, SIMILAR, Levels, Rows, equality
from reactivate.matching.similarity import edit_distance, jaro_winkler

_FREQUENT = 1 / 500


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


def phone(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
    levels, unequal, a, b = _shared(base, "phone", column, left, right)
    near = edit_distance(column, a, b, 1) <= 1
    levels[unequal[near]] = 3
    return levels


def email(base: Base, column: Coded, left: Rows, right: Rows) -> Levels:
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


def birth(column: Coded, left: Rows, right: Rows) -> Levels:
    """Near: one digit wrong, or day and month changed places. Then: the same year, or the same day of another year."""
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different=4)
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


def address(base: Base, left: Rows, right: Rows) -> Levels:
    street = base.columns["street"]
    one, two = street.first[left], street.first[right]
    levels, unequal = equality(one, two, different=5)
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
    return equality(column[left], column[right], different=2)[0]


def city(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different=3)
    levels[unequal[jaro_winkler(column, one[unequal], two[unequal], CLOSE) >= CLOSE]] = 2
    return levels


def postcode(column: Coded, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    levels, unequal = equality(one, two, different=4)
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


def extra(column: Coded, how: str, left: Rows, right: Rows) -> Levels:
    one, two = column.first[left], column.first[right]
    frequent = column.counts > max(_FREQUENT * len(column.codes), 5)
    worst = len(LEVELS[how])
    levels, unequal = equality(one, two, different=worst)
    equal = np.flatnonzero(levels == 1)
    levels[equal] = np.where(frequent[one[equal]], 2, 1)
    a, b = one[unequal], two[unequal]
    if how == "exact":
        levels[unequal[edit_distance(column, a, b, 1) <= 1]] = 3
    else:
        scores = jaro_winkler(column, a, b, SIMILAR)
        levels[unequal] = np.where(scores >= CLOSE, 3, np.where(scores >= SIMILAR, 4, worst))
    return levels
