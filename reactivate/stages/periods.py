"""Calendar periods of the business: when the current day, week or month began, or a rolling one."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from reactivate.contracts.values import Duration

Period = Duration | Literal["day", "week", "month", "daily", "weekly", "monthly"]


def period_start(period: Period, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) from which `period` counts: midnight of the day, of Monday, of the first; or now - duration."""
    if isinstance(period, Duration):
        if period.unit == "d":
            local = now.astimezone(zone).replace(tzinfo=None) - timedelta(days=period.count)
            return local.replace(tzinfo=zone).astimezone(UTC)
        return now - timedelta(days=period.days)
    today = now.astimezone(zone).date()
    start = {
        "day": today,
        "daily": today,
        "week": today - timedelta(days=today.weekday()),
        "weekly": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "monthly": today.replace(day=1),
    }[period]
    return datetime.combine(start, time(), zone).astimezone(UTC)
