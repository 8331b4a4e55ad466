"""Plain mobile numbers in bulk; whatever looks unusual in any way is left to `phones.phones_in`."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Bytes, Cells, Flags, Places, cells_of, table_of
from reactivate.normalise.phone_shapes import mobile_patterns, shapes
from reactivate.normalise.tables import words

_DIGIT, _BETWEEN, _PLUS, _OTHER = range(4)
_CLASSES = table_of({"0123456789": _DIGIT, " \t\n\r\f().-": _BETWEEN, "+": _PLUS}, _OTHER)
_WIDE_BLANKS = ("\u00a0".encode(), "–".encode())


@frozen(eq=False)
class FastPhones:
    """The cells that hold one plain mobile number.

    Their places, E.164, whether it only fills the field, whether it is mobile (null = it may be a fixed line as well).
    """

    rows: Places
    e164: pa.Array
    placeholder: Flags
    mobile: pa.Array


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
    rows, numbers, lengths = [], [], []
    kinds_of = np.where(usable, 2 * counts + pluses, -1)
    of_kind = cache(lambda digits, plus: np.flatnonzero(kinds_of == 2 * digits + plus))
    for shape in shapes(region):
        fits = of_kind(shape.digits, shape.plus)
        first = before[seen.offsets[fits]].astype(np.int64)
        for place, wanted in enumerate(shape.begins):
            there = digits[first + place] == int(wanted)
            fits, first = fits[there], first[there]
        rows.append(fits)
        numbers.append(_number(digits, first + shape.drop, shape.length, shape.country))
        lengths.append(np.full(len(fits), shape.length))
    return _mobile(np.concatenate(rows), np.concatenate(numbers), np.concatenate(lengths), region)


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


def _mobile(rows: Places, numbers: Places, lengths: Places, region: str) -> FastPhones:
    order = np.argsort(rows, kind="stable")
    numbers, lengths = numbers[order], lengths[order]
    written = pc.cast(pa.array(numbers), pa.string())
    mobile, other, fixed = mobile_patterns(region)
    known = _fit(written, mobile) & ~_fit(written, other)
    written = written.filter(pa.array(known))
    sure = pa.array(np.ones(len(written), bool), mask=_fit(written, fixed))
    e164 = pc.binary_join_element_wise("+", written, "")
    return FastPhones(rows[order][known], e164, placeholders(numbers[known], lengths[known]), sure)


def _fit(written: pa.Array, pattern: str) -> Flags:
    if not pattern:
        return np.zeros(len(written), bool)
    fit: Flags = np.asarray(pc.match_substring_regex(written, pattern), dtype=bool)
    return fit


def placeholders(numbers: Places, lengths: Places) -> Flags:
    """`phones.is_placeholder` of whole numbers, whose last so many digits are the national ones."""
    out = np.zeros(len(numbers), bool)
    for length in np.unique(lengths).tolist():
        of = np.flatnonzero(lengths == length)
        out[of] = _fills(numbers[of] % 10**length, length)
    return out


def _fills(national: Places, length: int) -> Flags:
    if length < 7:
        return np.zeros(len(national), bool)
    digits = np.stack([(national // 10**place % 10).astype(np.int8) for place in range(length - 1, -1, -1)])
    tail = national % 10**7
    listed = [int(number) for number in words("phone_placeholders.txt") if len(number) == length]
    same = digits[1:] == digits[:-1]
    runs = [same[start : start + 6].all(axis=0) for start in range(length - 6)]
    steps = (digits[1:] - digits[:-1]) % 10
    found: Flags = (
        np.logical_or.reduce(runs)
        | (tail == 1234567)
        | (tail == 7654321)
        | (digits[2:] == digits[:-2]).all(axis=0)
        | (steps == steps[0]).all(axis=0)
        | np.isin(national, listed)
    )
    return found
