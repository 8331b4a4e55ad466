"""Cohorts: who started together, and how many of them came again month by month."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import Bools, Ints, day_number, gathered, starts_of_groups
from reactivate.analytics.history import read_history

MONTH_DAYS = 30
UNKNOWN = "unknown"


def cohorts(people: Any, orders: pa.Table, *, as_of: date, by: str = "month") -> pa.Table:
    """`cohort, month, people, ordered, returned`: one row per cohort and month of age.

    `by` is `month` (of the first order), or a column of `orders` (`source`, `category` …) taken from the first order;
    null is the cohort `unknown`. Month 0 is the first 30 days after the first order day. `people` are those who have
    lived that month to its end; `ordered` counts those of them with an order in it (the first order itself left out),
    `returned` those who came again by its end. Cohorts by month stop at the age that all of them have reached, so
    that one line speaks of the same people; others would stop with whoever came last, so they count who is old enough.
    """
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    first = starts_of_groups(bought.person, bought.persons)
    known = first >= 0
    if not known.any():
        return _table([], *(np.zeros((0, 0), np.int64) for _ in range(3)))
    start = np.where(known, bought.day[np.maximum(first, 0)], 0)
    names, cohort = _names(bought.row, first, known, start, orders, by)
    lived = np.where(known, (day_number(as_of) - start) // MONTH_DAYS, 0)
    if by == "month":
        lived = np.where(known, _least(cohort, lived, known, len(names))[cohort], 0)
    age = (bought.day - start[bought.person] - 1) // MONTH_DAYS
    again = (bought.day > start[bought.person]) & (age < lived[bought.person])
    return _table(names, *_counted(bought.person[again], age[again], cohort, lived, known, len(names)))


def _counted(person: Ints, age: Ints, cohort: Ints, lived: Ints, known: Bools, names: int) -> tuple[Ints, Ints, Ints]:
    """(people, ordered, returned) by cohort and month of age."""
    months = max(int(lived.max(initial=0)), 1)
    pair = np.unique(person * months + age)
    owner, month = pair // months, pair % months
    ordered = _grid(cohort[owner], month, names, months)
    first = np.unique(owner, return_index=True)[1]
    back, since = owner[first], month[first]
    # Whoever returned counts from that month on, until the age that he has reached.
    returned = _from_until(cohort[back], since, lived[back], names, months)
    people = _from_until(cohort[known], np.zeros(int(known.sum()), np.int64), lived[known], names, months)
    return people, ordered, returned


def _names(row: Ints, first: Ints, known: Any, start: Ints, orders: pa.Table, by: str) -> tuple[list[str], Ints]:
    if by == "month":
        words = np.datetime_as_string(start.astype("M8[D]").astype("M8[M]"))
    else:
        cells = gathered(orders[by], np.where(known, row[np.maximum(first, 0)], -1))
        words = np.asarray(cells.cast(pa.string()).fill_null(UNKNOWN).to_pylist(), str)
    distinct, code = np.unique(words[known], return_inverse=True)
    cohort = np.zeros(len(known), np.int64)
    cohort[known] = code
    return distinct.tolist(), cohort


def _least(cohort: Ints, age: Ints, known: Bools, count: int) -> Ints:
    found = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(found, cohort[known], age[known])
    return found


def _grid(cohort: Ints, month: Ints, rows: int, months: int) -> Ints:
    return np.bincount(cohort * months + month, minlength=rows * months).reshape(rows, months)


def _from_until(cohort: Ints, start: Ints, end: Ints, rows: int, months: int) -> Ints:
    """How many of each cohort are counted in each month, each from `start` up to, not including, `end`."""
    change = _grid(cohort, start, rows, months + 1) - _grid(cohort, end, rows, months + 1)
    return np.cumsum(change, axis=1)[:, :months]


def _table(names: list[str], people: Ints, ordered: Ints, returned: Ints) -> pa.Table:
    """Long form, without the months that nobody of a cohort has lived to the end."""
    cohort, month = np.nonzero(people)
    return pa.table(
        {
            "cohort": pa.array(names, pa.string()).take(pa.array(cohort, pa.int64())),
            "month": pa.array(month.astype(np.int32)),
            "people": pa.array(people[cohort, month]),
            "ordered": pa.array(ordered[cohort, month]),
            "returned": pa.array(returned[cohort, month]),
        }
    )
