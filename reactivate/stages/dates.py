"""Reads dates and times by the declared layout: never guessed, never locale dependent, times without zone are local."""

import re
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ISO = "YYYY-MM-DD"
MOMENT = pa.timestamp("us", tz="UTC")

_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}
_TIME = r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
_OFFSET = r" ?(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


@lru_cache(maxsize=32)
def pattern(layout: str) -> str:
    """The regular expression of a layout such as `DD.MM.YYYY HH:mm`. ValueError names what is missing or unknown."""
    cut = re.split(r"(YYYY|YY|MM|DD|HH|mm|ss)", layout.strip())
    stray = re.search(r"[^\W\dT]", "".join(cut[::2]))
    if stray:
        raise ValueError(f"{stray[0]!r} in {layout!r} is none of YYYY YY MM DD HH mm ss")
    if not ({"YYYY", "YY"} & set(cut) and {"MM", "DD"} <= set(cut)) or len(cut[1::2]) != len(set(cut[1::2])):
        raise ValueError(f"{layout!r} must name day, month and year once each: DD.MM.YYYY")
    body = "".join(_TOKENS[part] if i % 2 else re.escape(part) for i, part in enumerate(cut))
    return f"^{body}{'' if 'HH' in cut else _TIME}{_OFFSET}$"


def moments(values: pa.Array | pa.ChunkedArray, layout: str, zone: ZoneInfo) -> pa.Array:
    """`values` (texts, dates or timestamps) as moments in UTC; null where empty or unreadable."""
    flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_timestamp(flat.type):
        precise = flat.cast(pa.timestamp("us", tz=flat.type.tz), safe=False)
        return precise.cast(MOMENT) if flat.type.tz else _local(precise, zone)
    if pa.types.is_date(flat.type):
        return _local(flat.cast(pa.timestamp("us")), zone)
    distinct = flat.cast(pa.string()).dictionary_encode()
    return pc.take(_read(distinct.dictionary, layout, zone), distinct.indices)


def days(values: pa.Array | pa.ChunkedArray, zone: ZoneInfo) -> pa.Array:
    """Calendar days in `zone` of moments in UTC."""
    flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.local_timestamp(flat.cast(pa.timestamp("us", tz=str(zone)))).cast(pa.date32())


def _local(values: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Clock times of `zone` as moments. An hour that happens twice is the first, one that never happens the next."""
    aware = pc.assume_timezone(values, str(zone), ambiguous="earliest", nonexistent="latest")
    return aware.cast(MOMENT)


def _read(texts: pa.Array, layout: str, zone: ZoneInfo) -> pa.Array:
    parts = pc.extract_regex(pc.utf8_trim_whitespace(texts), pattern(layout))
    names = [parts.type.field(i).name for i in range(parts.type.num_fields)]
    clock, good = _clock(parts, names)
    local = _local(pa.array(clock, pa.timestamp("us"), mask=~good), zone)
    if "offset" not in names:
        return local
    offset = pc.fill_null(pc.struct_field(parts, "offset"), "")
    given = pc.not_equal(offset, "")
    if not pc.any(given).as_py():
        return local
    away = np.array([_microseconds(text) for text in offset.to_pylist()], "m8[us]")
    absolute = pa.array(clock - away, pa.timestamp("us"), mask=~good).cast(MOMENT)
    return pc.if_else(given, absolute, local)


def _clock(parts: pa.Array, names: list[str]) -> tuple[Any, Any]:
    """Clock times as numpy `M8[us]`, and which of them exist in the calendar."""

    def number(name: str, default: int) -> Any:
        if name not in names:
            return np.full(len(parts), default)
        digits = pc.fill_null(pc.struct_field(parts, name), "")
        return pc.if_else(pc.equal(digits, ""), str(default), digits).cast(pa.int64()).to_numpy(zero_copy_only=False)

    year = number("year", 0) if "year" in names else _century(number("short", 0))
    month, day = number("month", 0), number("day", 0)
    hour, minute, second = number("hour", 0), number("minute", 0), number("second", 0)
    good = (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    good &= (hour < 24) & (minute < 60) & (second < 60) & parts.is_valid().to_numpy(zero_copy_only=False)
    months = (np.where(good, (year - 1970) * 12 + month - 1, 0)).astype("M8[M]")
    date = months.astype("M8[D]") + np.where(good, day - 1, 0)
    good &= date.astype("M8[M]") == months
    seconds = np.where(good, hour * 3600 + minute * 60 + second, 0)
    return date.astype("M8[us]") + seconds.astype("m8[s]"), good


def _century(short: Any) -> Any:
    return np.where(short < 70, 2000, 1900) + short


def _microseconds(offset: str) -> int:
    if offset in {"", "Z"}:
        return 0
    sign = -1 if offset[0] == "-" else 1
    return sign * (int(offset[1:3]) * 60 + int(offset[-2:])) * 60_000_000
