"""The profile: what the orders say about each person at `as_of`. One row per person, in the order given."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import (
    Floats,
    Ints,
    day_number,
    ends_of_groups,
    gathered,
    money,
    nullable,
    per_owner,
    starts_of_groups,
)
from reactivate.analytics.habits import hours, weekdays
from reactivate.analytics.history import History, ids, read_history
from reactivate.analytics.margins import margins
from reactivate.analytics.rhythm import rhythms
from reactivate.analytics.services import Service, due
from reactivate.analytics.tastes import categories, last_items
from reactivate.contracts.schemas import PROFILES

WINDOWED = ("orders", "order_days", "returns", "revenue", "avg_order")
"""Columns that may carry a window, as in `orders(365d)`."""
AHEAD = "expected_orders"
"""The one column whose window lies ahead."""
FORECASTS = ("chance_alive", "chance_order", "expected_value")
"""Columns that need a fitted model; added when asked for."""


def profile(
    people: Any,
    orders: pa.Table,
    *,
    as_of: date,
    until: date | None = None,
    lines: pa.Table | None = None,
    windows: Iterable[tuple[str, float]] = (),
    margin: Mapping[str, float] | None = None,
    timezone: str | None = None,
    forecasts: Iterable[str] = (),
    goal_days: int = 90,
    services: Mapping[str, Service] | None = None,
) -> pa.Table:
    """Describe each of `people` (ids, or a table with `person_id`) by contract PROFILES and `columns.COLUMNS`.

    `orders` is contract ORDERS with `person_id`. Only paid orders up to `until` (default `as_of`) count; a negative
    amount is a return, taken off the revenue and no order; 0 or an unknown amount is an order. `since_…` are calendar
    days to `as_of`. A window of n days holds the last n calendar days, `as_of` included, so `orders(30d)` = 0 says
    the same as `since_last_order` >= 30d. `margin` gives the share left per category, `default` for the others;
    with `lines` it is taken line by line. `timezone` is the business's, for the favourite hour (null without it).
    `forecasts` names columns of `FORECASTS` to add (`chance_order` within `goal_days`); `expected_orders` looks ahead
    and is a window: ("expected_orders", 90.0). `services` adds `due_service` and `until_service`.
    Raises DataError (R650) when the sums of one person are too large to be booked.
    """
    until = min(until or as_of, as_of)
    found = read_history(people, orders, until)
    bought = found.where(found.is_order)
    columns = {
        "person_id": ids(people),
        **_recency(bought, day_number(as_of)),
        **_sums(found),
        **_tastes(found, bought, orders),
        "favourite_weekday": weekdays(bought),
        "favourite_hour": hours(bought, timezone),
        "margin": margins(found, orders, lines, margin),
    }
    windows = list(windows)
    for name, days in windows:
        if name != AHEAD:
            columns[window_name(name, days)] = _windowed(found, name, days, day_number(as_of))
    columns |= _ahead(people, orders, until, [days for name, days in windows if name == AHEAD], forecasts, goal_days)
    if services is not None:
        columns |= _due(people, orders, services, as_of=as_of, until=until)
    return PROFILES.conform(pa.table(columns))


def window_name(name: str, days: float) -> str:
    """`orders(365d)`; part of a day in hours or minutes, as one writes it."""
    for unit, per_day in (("d", 1), ("h", 24), ("min", 1440)):
        if abs(days * per_day - round(days * per_day)) < 1e-9:
            return f"{name}({round(days * per_day)}{unit})"
    return f"{name}({days:g}d)"


def window_of(column: str) -> tuple[str, float] | None:
    """The inverse of `window_name`; None for a plain column."""
    found = re.fullmatch(r"(\w+)\((\d+)(d|h|min)\)", column)
    return (found[1], int(found[2]) / {"d": 1, "h": 24, "min": 1440}[found[3]]) if found else None


def _recency(bought: History, as_of: int) -> dict[str, pa.Array]:
    persons = bought.persons
    last, first = ends_of_groups(bought.person, persons), starts_of_groups(bought.person, persons)
    has = last >= 0
    last_day = np.where(has, _at(bought.day, last), 0)
    first_day = np.where(has, _at(bought.day, first), 0)
    who, day = bought.order_days()
    own = rhythms(who, day, persons)
    regular = own.gaps > 0
    usual = np.where(regular, own.usual, 0.0)
    count = np.bincount(bought.person, minlength=persons)
    return {
        "orders": pa.array(count.astype(np.int32)),
        "order_days": pa.array(np.bincount(who, minlength=persons).astype(np.int32)),
        "first_order_on": nullable(first_day, has, pa.date32()),
        "last_order_on": nullable(last_day, has, pa.date32()),
        "since_first_order": nullable(as_of - first_day, has, pa.int32()),
        "since_last_order": nullable(as_of - last_day, has, pa.int32()),
        "rhythm": nullable(usual, regular, pa.float64()),
        "rhythm_limit": nullable(np.where(regular, own.limit, 0.0), regular, pa.float64()),
        "expected_order_on": nullable(last_day + np.round(usual), regular, pa.date32()),
        "overdue": nullable(as_of - last_day - usual, regular, pa.float64()),
    }


def _at(values: Ints, index: Ints) -> Any:
    return values[index] if len(values) else np.zeros(len(index), np.int64)


def _total(values: Ints, owner: Ints, owners: int) -> Ints:
    """Exact integer sums per ascending owner (bincount would add in floating point)."""
    summed: Ints = per_owner(np.add, values, owner, owners)
    return summed


def _mean(total: Ints, count: Ints) -> Ints:
    """Mean in hundredths, halves rounded away from zero."""
    count = np.maximum(count, 1)
    return (2 * total + count) // (2 * count)


def _sums(found: History) -> dict[str, pa.Array]:
    persons, is_order = found.persons, found.is_order
    spent = np.where(is_order, found.cents, 0)
    gross = _total(spent, found.person, persons)
    returned = _total(np.where(is_order, 0, -found.cents), found.person, persons)
    booked = np.bincount(found.person[is_order & found.known], minlength=persons)
    share: Floats = np.minimum(returned / np.maximum(gross, 1), 1.0)
    return {
        "revenue": money(gross - returned),
        "avg_order": money(_mean(gross, booked), booked > 0),
        "largest_order": money(per_owner(np.maximum, spent, found.person, persons), booked > 0),
        "returns": pa.array(np.bincount(found.person[~is_order], minlength=persons).astype(np.int32)),
        "returns_share": nullable(share, gross > 0, pa.float64()),
    }


def _tastes(found: History, bought: History, orders: pa.Table) -> dict[str, pa.Array]:
    last = ends_of_groups(bought.person, bought.persons)
    row = np.where(last >= 0, _at(bought.row, last), -1)
    known = {name: _column(orders, name) for name in ("category", "staff", "items")}
    return {
        "last_category": gathered(known["category"], row),
        "categories": categories(bought, known["category"]),
        "last_items": last_items(found, known["items"]),
        "last_staff": gathered(known["staff"], row),
    }


def _column(orders: pa.Table, name: str) -> Any:
    if name in orders.column_names:
        return orders[name]
    return pa.nulls(orders.num_rows, pa.list_(pa.string()) if name == "items" else pa.string())


def _windowed(found: History, name: str, days: float, as_of: int) -> pa.Array:
    if name not in WINDOWED:
        raise ValueError(f"{name} has no window; these have: {', '.join(WINDOWED)}")
    recent = found.where(as_of - found.day < days)
    if name == "order_days":
        return pa.array(np.bincount(recent.order_days()[0], minlength=recent.persons).astype(np.int32))
    if name == "orders":
        return pa.array(np.bincount(recent.person[recent.is_order], minlength=recent.persons).astype(np.int32))
    return _sums(recent)[name]


def _ahead(
    people: Any, orders: pa.Table, until: date, windows: list[float], forecasts: Iterable[str], goal_days: int
) -> dict[str, pa.Array]:
    wanted = list(forecasts)
    if not wanted and not windows:
        return {}
    from reactivate.analytics.forecast import forecast  # scipy is paid for only when a rule asks for a forecast

    made = forecast(people, orders, as_of=until, within_days=goal_days)
    ahead = {window_name(AHEAD, days): made.expected_orders(days) for days in windows}
    return {**{name: made.table[name] for name in wanted}, **ahead}


def _due(people: Any, orders: pa.Table, services: Mapping[str, Service], *, as_of: date, until: date) -> dict[str, Any]:
    """Due days from what was done up to `until`, counted from `as_of`."""
    found = due(people, orders, services, as_of=until)
    days = pc.subtract(found["until_service"], (as_of - until).days)
    return {"due_service": found["due_service"], "until_service": days.cast(pa.int32())}
