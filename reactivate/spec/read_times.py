"""Durations, dates, times and hours."""

import re
from datetime import date, time

from reactivate.contracts.values import Duration, Hours
from reactivate.spec.reading import Around, Unreadable, refuse
from reactivate.spec.tree import Scalar

_DAYS = {"w": 7, "week": 7, "weeks": 7, "month": 30, "months": 30, "y": 365, "year": 365, "years": 365}


_UNITS = {
    "d": ("", "d", "day", "days", "д", "дн", "день", "дня", "дней", "днів", "dni"),
    "h": ("h", "hour", "hours", "ч", "час", "часов", "год"),
    "min": ("m", "min", "mins", "minute", "minutes", "мин", "хв"),
}


def read_duration(scalar: Scalar, _: Around) -> Duration:
    text = scalar.text
    found = re.fullmatch(r"([0-9]{1,6})(min|h|d)", text)
    if found:
        return Duration.parse(text)
    loose = re.fullmatch(r"([0-9]{1,6})\s*(\w*?)\.?", text.lower())
    hint = None
    if loose and loose[2] in _DAYS:
        hint = f"write {int(loose[1]) * _DAYS[loose[2]]}d"
    elif loose:
        unit = next((unit for unit, words in _UNITS.items() if loose[2] in words), None)
        hint = f"write {int(loose[1])}{unit}" if unit else None
    raise refuse(Duration, scalar, hint)


def read_date(scalar: Scalar, _: Around) -> date:
    text = scalar.text
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", text):
            return date.fromisoformat(text)
    except ValueError:
        raise refuse(date, scalar, "there is no such day") from None
    european = re.fullmatch(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", text)
    raise refuse(date, scalar, f"write {european[3]}-{int(european[2]):02}-{int(european[1]):02}" if european else None)


def _clock(text: str) -> time | None:
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text)
    return time(int(found[1]), int(found[2])) if found else None


def read_time(scalar: Scalar, _: Around) -> time:
    moment = _clock(scalar.text)
    if moment is None:
        loose = re.fullmatch(r"([0-9]{1,2})[:.]([0-9][0-9])", scalar.text)
        raise refuse(time, scalar, f"write {int(loose[1]):02}:{loose[2]}" if loose and int(loose[1]) < 24 else None)
    return moment


def read_hours(scalar: Scalar, _: Around) -> Hours:
    start, _dash, end = scalar.text.partition("-")
    first, last = _clock(start), _clock("23:59" if end == "24:00" else end)
    if first is None or last is None:
        loose = re.fullmatch(
            r"([0-9]{1,2})(?:[:.]([0-9][0-9]))?\s*[-–—]\s*([0-9]{1,2})(?:[:.]([0-9][0-9]))?", scalar.text
        )
        hint = f"write {int(loose[1]):02}:{loose[2] or '00'}-{int(loose[3]):02}:{loose[4] or '00'}" if loose else None
        raise refuse(Hours, scalar, hint)
    if first >= last:
        raise Unreadable("R208", f"the hours {scalar.text} do not begin before they end", "hours lie within one day")
    return Hours(first, last)
