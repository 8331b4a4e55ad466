"""The next moment at which a person may be contacted."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from reactivate.contracts.values import Hours
from reactivate.policies.pack import Windows

_LOOK_AHEAD_DAYS = 15
"""Every pair of weekdays of all zones occurs within two weeks; what is not allowed by then never is."""


def zones_of(country: str | None, business: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """The zones where somebody of this country may live; the business's own zone for countries not in our table."""
    names = _table().get(country or "", ())
    return tuple(ZoneInfo(name) for name in names) or (business,)


def next_allowed(now: datetime, windows: Windows, zones: Sequence[ZoneInfo]) -> datetime | None:
    """The first moment from `now` on that the windows allow in all `zones` at once (one zone = the person's own).

    `windows` are local clock times: a pack's, met with the business's `send_hours`. In UTC; None = never.
    """
    now = now.astimezone(UTC)
    starts = {now} | {moment for zone in zones for moment in _openings(now, windows, zone) if moment > now}
    return next((moment for moment in sorted(starts) if _allowed(moment, windows, zones)), None)


def first_at(start: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """The first moment from `start` on when the clock of `zone` shows `clock`; in UTC."""
    day = start.astimezone(zone).date()
    moments = (datetime.combine(day + timedelta(days=ahead), clock, zone).astimezone(UTC) for ahead in (0, 1))
    return next(moment for moment in moments if moment >= start)


def _openings(now: datetime, windows: Windows, zone: ZoneInfo) -> list[datetime]:
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(_LOOK_AHEAD_DAYS)]
    open_days = [(day, hours) for day in days if (hours := _hours(windows, day.weekday()))]
    return [datetime.combine(day, hours.start, zone).astimezone(UTC) for day, hours in open_days]


def _allowed(moment: datetime, windows: Windows, zones: Sequence[ZoneInfo]) -> bool:
    for zone in zones:
        local = moment.astimezone(zone)
        hours = _hours(windows, local.weekday())
        if hours is None or not hours.start <= local.time() < hours.end:
            return False
    return True


def _hours(windows: Windows, weekday: int) -> Hours | None:
    return windows.weekdays if weekday < 5 else windows.weekend


@cache
def _table() -> dict[str, tuple[str, ...]]:
    import yaml

    text = files(__package__).joinpath("zones.yml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=yaml.BaseLoader)
    return {country: tuple(names) for country, names in raw.items()}
