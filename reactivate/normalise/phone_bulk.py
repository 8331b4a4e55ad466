"""Plain mobile numbers in bulk; whatever looks unusual in any way is left to `phones.phones_in`."""

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import phonenumbers as pn
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Bytes, Cells, Flags, Places, cells_of, table_of
from reactivate.normalise.tables import words

_COUNTRIES = {7: ("RU", "KZ"), 380: ("UA",), 375: ("BY",)}
_DIGIT, _BETWEEN, _PLUS, _OTHER = range(4)
_CLASSES = table_of({"0123456789": _DIGIT, " \t\n\r\f().-": _BETWEEN, "+": _PLUS}, _OTHER)
_WIDE_BLANKS = ("\u00a0".encode(), "–".encode())


@frozen(eq=False)
class FastPhones:
    """The cells that hold one plain mobile number: their places, E.164, and whether it only fills the field."""

    rows: Places
    e164: pa.Array
    placeholder: Flags


@frozen
class _Shape:
    """How a number is written: digits in all, those it begins with, how many to drop, the country code to put there."""

    digits: int
    begins: str
    drop: int
    country: int
    plus: bool = False


_ABROAD = (
    _Shape(11, "7", 1, 7, plus=True),
    _Shape(11, "7", 1, 7),
    _Shape(11, "8", 1, 7),
    _Shape(12, "380", 3, 380, plus=True),
    _Shape(12, "375", 3, 375, plus=True),
)
_AT_HOME = {
    "RU": (_Shape(10, "9", 0, 7),),
    "KZ": (_Shape(10, "7", 0, 7),),
    "UA": (_Shape(12, "380", 3, 380), _Shape(10, "0", 1, 380)),
    "BY": (_Shape(12, "375", 3, 375),),
}


def fast_phones(cells: pa.Array, region: str) -> FastPhones:
    """Read `+7 916 123-45-67`, `8916…`, `067 123 45 67`; every other shape is left out."""
    seen = cells_of(cells)
    kinds = _kinds(seen)
    digit, plus = kinds == _DIGIT, kinds == _PLUS
    before = seen.tally(digit)
    counts = np.diff(before[seen.offsets])
    digits = seen.data[digit] - np.uint8(ord("0"))
    pluses = seen.count(plus)
    usable = (seen.count(kinds == _OTHER) == 0) & (pluses <= 1)
    inside = np.flatnonzero(plus)
    owner = np.searchsorted(seen.offsets, inside, side="right") - 1
    usable[owner[before[inside] > before[seen.offsets[owner]]]] = False  # 38+067…
    rows, numbers = [], []
    for shape in (*_ABROAD, *_AT_HOME.get(region, ())):
        fits = np.flatnonzero(usable & (counts == shape.digits) & ((pluses == 1) == shape.plus))
        first = before[seen.offsets[fits]].astype(np.int64)
        for place, wanted in enumerate(shape.begins):
            there = digits[first + place] == int(wanted)
            fits, first = fits[there], first[there]
        rows.append(fits)
        numbers.append(_number(digits, first + shape.drop, shape.digits - shape.drop, shape.country))
    return _mobile(np.concatenate(rows), np.concatenate(numbers))


def _kinds(cells: Cells) -> Bytes:
    kinds = _CLASSES[cells.data]
    high = np.flatnonzero(cells.data >= 0x80)
    for blank in _WIDE_BLANKS if len(high) else ():
        starts = high[high <= len(cells.data) - len(blank)]
        for place, byte in enumerate(blank):
            starts = starts[cells.data[starts + place] == byte]
        for place in range(len(blank)):
            kinds[starts + place] = _BETWEEN
    return kinds


def _number(digits: Bytes, first: Places, length: int, country: int) -> Places:
    """The whole number, country code in front, as an integer."""
    number = np.full(len(first), country, np.int64)
    for place in range(length):
        number = number * 10 + digits[first + place]
    return number


def _mobile(rows: Places, numbers: Places) -> FastPhones:
    order = np.argsort(rows, kind="stable")
    rows, numbers = rows[order], numbers[order]
    written = pc.cast(pa.array(numbers), pa.string())
    known = np.asarray(pc.match_substring_regex(written, _mobile_pattern()), dtype=bool)
    e164 = pc.binary_join_element_wise("+", written.filter(pa.array(known)), "")
    return FastPhones(rows[known], e164, placeholders(numbers[known]))


@cache
def _mobile_pattern() -> str:
    """Mobile numbers of the countries above with their code in front, as an RE2 pattern."""
    countries = []
    for code, regions in _COUNTRIES.items():
        known = [pn.PhoneMetadata.metadata_for_region(region) for region in regions]
        patterns = [data.mobile.national_number_pattern for data in known if data and data.mobile]
        either = "|".join(re.sub(r"\s", "", pattern) for pattern in patterns if pattern)
        countries.append(f"{code}(?:{either})")
    return f"^(?:{'|'.join(countries)})$"


def placeholders(numbers: Places) -> Flags:
    """`phones.is_placeholder` for whole numbers with one of the country codes above in front."""
    out = np.zeros(len(numbers), bool)
    for code in _COUNTRIES:
        length = 10 if code == 7 else 9
        of = np.flatnonzero(numbers // 10**length == code)
        national = numbers[of] % 10**length
        out[of] = _fills(national, length)
    return out


def _fills(national: Places, length: int) -> Flags:
    digits = np.stack([(national // 10**place % 10).astype(np.int8) for place in range(length - 1, -1, -1)])
    tail = national % 10**7
    listed = [int(number) for number in words("phone_placeholders.txt") if len(number) == length]
    same = digits[1:] == digits[:-1]
    runs = [same[start : start + 6].all(axis=0) for start in range(length - 6)]
    steps = (digits[1:] - digits[:-1]) % 10
    found: npt.NDArray[np.bool_] = (
        np.logical_or.reduce(runs)
        | (tail == 1234567)
        | (tail == 7654321)
        | (digits[2:] == digits[:-2]).all(axis=0)
        | (steps == steps[0]).all(axis=0)
        | np.isin(national, listed)
    )
    return found
