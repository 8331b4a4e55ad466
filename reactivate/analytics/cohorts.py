"""Cohorts: who started together, and how many of them came again month by month."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import Ints, day_number, gathered, starts_of_groups
from reactivate.analytics.history import read_history


def cohorts(people: Any, orders: pa.Table, *, as_of: date, by: str = "month") -> pa.Table:
    """`cohort, month, people, ordered, returned`: one row per cohort and month of age that the whole cohort has lived.

    `by` is `month` (of the first order), or a column of `orders` (`source`, `category` …) taken from the first order;
    null is the cohort `unknown`. Month 0 is the first 30 days after the first order day; `ordered` counts people with
    an order in that month of age (the first order itself left out), `returned` people who came again by its end.
    """
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    first = starts_of_groups(bought.person, bought.persons)
    known = first >= 0
    if not known.any():
        return _table(
            [], np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
        )
    start = np.where(known, bought.day[np.maximum(first, 0)], 0)
    names, cohort = _names(bought.row, first, known, start, orders, by)
    age = (bought.day - start[bought.person] - 1) // 30
    again = bought.day > start[bought.person]
    months = int((day_number(as_of) - start[known].min()) // 30) + 1
    members = np.bincount(cohort[known], minlength=len(names))
    lived = _youngest(cohort[known], day_number(as_of) - start[known], len(names)) // 30
    pair = np.unique(bought.person[again] * months + age[again])
    ordered = _grid(cohort[pair // months], pair % months, len(names), months)
    earliest = np.unique(pair // months, return_index=True)[1]
    returned = _grid(cohort[pair[earliest] // months], pair[earliest] % months, len(names), months).cumsum(axis=1)
    return _table(names, ordered, returned, members, lived)


def _names(row: Ints, first: Ints, known: Any, start: Ints, orders: pa.Table, by: str) -> tuple[list[str], Ints]:
    if by == "month":
        words = np.datetime_as_string(start.astype("M8[D]").astype("M8[M]"))
    else:
        cells = gathered(orders[by], np.where(known, row[np.maximum(first, 0)], -1))
        words = np.asarray(cells.cast(pa.string()).fill_null("unknown").to_pylist(), str)
    distinct, code = np.unique(words[known], return_inverse=True)
    cohort = np.zeros(len(known), np.int64)
    cohort[known] = code
    return distinct.tolist(), cohort


def _youngest(cohort: Ints, age: Ints, count: int) -> Ints:
    found = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(found, cohort, age)
    return found


def _grid(cohort: Ints, month: Ints, rows: int, months: int) -> Ints:
    return np.bincount(cohort * months + month, minlength=rows * months).reshape(rows, months)


def _table(names: list[str], ordered: Ints, returned: Ints, members: Ints, lived: Ints) -> pa.Table:
    """Long form, without the months that the youngest of a cohort has not lived to the end."""
    months = np.arange(ordered.shape[1])
    cohort, month = np.nonzero(months[None, :] < lived[:, None])
    return pa.table(
        {
            "cohort": pa.array(names, pa.string()).take(pa.array(cohort, pa.int64())),
            "month": pa.array(month.astype(np.int32)),
            "people": pa.array(members[cohort]),
            "ordered": pa.array(ordered[cohort, month]),
            "returned": pa.array(returned[cohort, month]),
        }
    )
