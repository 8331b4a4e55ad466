"""Dates and sums as people write them in files, read by the column. What cannot be read is counted, never guessed."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import Bools, Ints, whole
from reactivate.errors import DataError

_MICRO = 1_000_000
_MOST = 9e12
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y")
_SLASHES = {"DD/MM/YYYY": "%d/%m/%Y", "MM/DD/YYYY": "%m/%d/%Y"}
_WRITTEN = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


@frozen(eq=False)
class Sums:
    """`micros`: millionths, exact whole numbers, so that sums do not depend on order; `known`: where readable.

    `mark`: place in `currencies` of the currency written in the cell, -1 = none.
    """

    micros: Ints
    known: Bools
    mark: Ints
    currencies: tuple[str, ...] = ()


def moments(column: Any, written: str | None = None) -> tuple[Ints, Bools]:
    """Microseconds since 1970 of each cell (wall clock; 0 where not readable), and where it is readable.

    `written` is a pattern such as DD.MM.YYYY; without it ISO dates, DD.MM.YYYY, DD.MM.YY and YYYYMMDD are read, with
    or without a time; dates with slashes when the file itself settles which part is the day, else DataError R654.
    """
    array = _plain(whole(column))
    if pa.types.is_integer(array.type):
        array = array.cast(pa.string())
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return _microseconds(_wall_clock(array))
    encoded = array.dictionary_encode()
    text = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    found, known = _microseconds(_read(text, written))
    codes = np.asarray(encoded.indices.fill_null(len(found)), np.int64)
    return np.append(found, 0)[codes], np.append(known, False)[codes]


def _plain(array: pa.Array) -> pa.Array:
    """Dictionaries (categories of other programs) as the values they stand for."""
    return array.cast(array.type.value_type) if pa.types.is_dictionary(array.type) else array


def _wall_clock(array: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        array = pc.local_timestamp(array)
    return array.cast(pa.timestamp("us"), safe=False)


def _microseconds(moment: pa.Array) -> tuple[Ints, Bools]:
    return np.asarray(moment.cast(pa.int64()).fill_null(0), np.int64), np.asarray(moment.is_valid())


def _read(text: pa.Array, written: str | None) -> pa.Array:
    if written:
        marks = re.split("(YYYY|YY|MM|DD|HH|mm|ss)", written)
        return _any_of(text, ("".join(_WRITTEN.get(mark, mark.replace("%", "%%")) for mark in marks),))
    try:
        return text.cast(pa.timestamp("us"))  # all of them ISO: a tenth of the time
    except pa.ArrowInvalid:
        pass
    plain = pc.replace_substring_regex(text, r"(\.\d+)?( ?(?:Z|UTC|GMT)|[+-]\d\d(?::?\d\d)?)?$", "")
    plain = pc.if_else(pc.match_substring_regex(text, r":\d\d.*$"), plain, text)
    found = _any_of(plain, _DAYS)
    if bool(pc.any(pc.match_substring(text, "/")).as_py()) and found.null_count:
        found = pc.coalesce(found, _any_of(plain, (_slashes(plain),)))
    return found


def _any_of(text: pa.Array, days: tuple[str, ...]) -> pa.Array:
    """The first pattern, with or without a time, that reads a cell; each looks only at what the others left."""
    found = np.zeros(len(text), np.int64)
    left = np.arange(len(text))
    for pattern in (day + time for day in days for time in _TIMES):
        if not len(left):
            break
        read = _strictly(text.take(pa.array(left)), pattern)
        done = np.asarray(read.is_valid())
        found[left[done]] = np.asarray(read.drop_null().cast(pa.int64()))
        left = left[~done]
    unread = np.zeros(len(text), bool)
    unread[left] = True
    return pa.array(found, pa.int64(), mask=unread).cast(pa.timestamp("us"))


def _strictly(text: pa.Array, pattern: str) -> pa.Array:
    """Cells that fit the pattern from end to end; Arrow alone would turn 31.02. into the third of March."""
    shape = re.escape(pattern).replace("%d", r"(?P<day>\d{1,2})").replace("%Y", r"\d{4}").replace("%y", r"\d{2}")
    shape = re.sub("%[mHMSI]", r"\\d{1,2}", shape).replace("%p", "[AaPp][Mm]")
    parts = pc.extract_regex(text, f"^{shape}$")
    said = pc.struct_field(parts, "day").cast(pa.int64())
    read = pc.strptime(pc.if_else(said.is_valid(), text, None), format=pattern, unit="us", error_is_null=True)
    return pc.if_else(pc.equal(pc.day(read), said), read, pa.scalar(None, pa.timestamp("us")))


def _slashes(text: pa.Array) -> str:
    parts = pc.extract_regex(text, r"^(?P<one>\d{1,2})/(?P<two>\d{1,2})/\d{4}").drop_null()
    one, two = (
        np.asarray(pc.struct_field(parts, name).cast(pa.int32()), np.int64) if len(parts) else np.zeros(0, np.int64)
        for name in ("one", "two")
    )
    day_first, month_first = bool((one > 12).any()), bool((two > 12).any())
    if day_first == month_first and len(one):
        raise DataError.because(
            "R654",
            f"dates such as {one[0]:02}/{two[0]:02} can be read in two ways",
            "say which: --dates DD/MM/YYYY or --dates MM/DD/YYYY",
        )
    return _SLASHES["MM/DD/YYYY" if month_first else "DD/MM/YYYY"]


def sums(column: Any) -> Sums:
    """Each cell as a sum: a number, or text with spaces, decimal commas, brackets for minus and currency signs."""
    array = _plain(whole(column))
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return _numbers(array)
    try:
        return _numbers(array.cast(pa.float64()))
    except pa.ArrowInvalid:
        return _texts(array)  # somebody wrote spaces, currency signs or a decimal comma


def _numbers(array: pa.Array) -> Sums:
    values = np.asarray(array.cast(pa.float64()).fill_null(np.nan), np.float64)
    known = np.isfinite(values) & (np.abs(values) < _MOST)
    return Sums(np.rint(np.where(known, values, 0.0) * _MICRO).astype(np.int64), known, np.full(len(values), -1))


def _texts(array: pa.Array) -> Sums:
    from reactivate.normalise.numbers import marked

    encoded = array.dictionary_encode()
    texts = encoded.dictionary.cast(pa.string())
    numbers, marks = marked(texts)
    # A spreadsheet writes 1.5e+06 where a number is long; no person does.
    powers = pc.if_else(pc.match_substring_regex(texts, r"^\s*-?\d+(\.\d+)?[eE][+-]?\d+\s*$"), texts, "nan")
    values = pc.coalesce(numbers.cast(pa.float64()), pc.utf8_trim_whitespace(powers).cast(pa.float64()))
    distinct = _numbers(values)
    currencies = tuple(sorted({mark for mark in marks if mark}))
    mark = np.array([currencies.index(mark) if mark else -1 for mark in marks], np.int64)
    codes = np.asarray(encoded.indices.fill_null(len(values)), np.int64)
    return Sums(
        np.append(distinct.micros, 0)[codes], np.append(distinct.known, False)[codes], np.append(mark, -1)[codes],
        currencies,
    )  # fmt: skip
