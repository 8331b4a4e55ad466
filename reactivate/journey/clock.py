"""Waiting by the calendar, for whole columns of moments."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from reactivate.contracts.values import Duration

Moments = NDArray[np.datetime64]


def moment(at: datetime) -> np.datetime64:
    """An aware datetime as a numpy moment in UTC, microseconds."""
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")


def due(since: Moments, wait: str, zone: ZoneInfo) -> Moments:
    """When a `wait` that began at `since` (UTC) is over: a duration later, or the start of a day, by `zone`."""
    try:
        day = date.fromisoformat(wait)
    except ValueError:
        return after(since, Duration.parse(wait), zone)
    start = datetime.combine(day, time(), zone)
    return np.full(len(since), moment(start), "datetime64[us]")


def after(since: Moments, duration: Duration, zone: ZoneInfo) -> Moments:
    """`Duration.after` for a column.

    A zone's offset changes at whole quarters of an hour only, so the distance is worked out once per quarter that
    occurs in the column, not once per row.
    """
    quarters = since.astype("datetime64[m]")
    quarters -= quarters.astype("int64") % 15
    found, which = np.unique(quarters, return_inverse=True)
    starts = [quarter.astype("datetime64[us]").item().replace(tzinfo=UTC) for quarter in found]
    ends = np.array([moment(duration.after(start, zone)) for start in starts], "datetime64[us]")
    gaps = ends - found.astype("datetime64[us]")
    return np.asarray(since + gaps[which] if len(since) else since)
