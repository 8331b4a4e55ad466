"""When a person usually buys: the favourite weekday and hour, for `at: best` and for people who like to know."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Bools, Ints
from reactivate.analytics.history import History

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MIDNIGHT_TO_MIDNIGHT = 24
_SECONDS_PER_DAY = 86_400


def weekdays(bought: History) -> pa.Array:
    """The weekday with most orders, the earlier in the week when equal; null without orders."""
    weekday = (bought.day + 3) % 7  # day 0 was a Thursday
    favourite, known = _mode(bought.person, weekday, bought.persons, 7)
    return pa.array(np.asarray(WEEKDAYS, object)[favourite], pa.string(), mask=~known)


def hours(bought: History, timezone: str | None) -> pa.Array:
    """The hour (0 to 23, business time) with most orders; null when no order has a time of day.

    An order at midnight sharp is taken as a day without time: that is how dates become moments.
    """
    if timezone is None or not len(bought.at):
        return pa.nulls(bought.persons, pa.int32())
    local = pc.local_timestamp(pa.array(bought.at, pa.timestamp("us", "UTC")).cast(pa.timestamp("us", timezone)))
    second = (np.asarray(local.cast(pa.int64())) // 1_000_000) % _SECONDS_PER_DAY
    timed = second > 0
    favourite, known = _mode(bought.person[timed], second[timed] // 3600, bought.persons, _MIDNIGHT_TO_MIDNIGHT)
    return pa.array(favourite.astype(np.int32), pa.int32(), mask=~known)


def _mode(owner: Ints, value: Ints, owners: int, values: int) -> tuple[Ints, Bools]:
    """Most frequent of `values` small numbers per owner, and whether the owner has any."""
    counts = np.bincount(owner * values + value, minlength=owners * values).reshape(owners, values)
    return counts.argmax(axis=1), counts.sum(axis=1) > 0
