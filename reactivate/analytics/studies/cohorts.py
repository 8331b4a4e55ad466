"""The study of cohorts: who started together, how many came again, and how long silence lasts."""

from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.arrays import day_number
from reactivate.analytics.cohorts import cohorts
from reactivate.analytics.history import read_history
from reactivate.analytics.intervals import wilson
from reactivate.analytics.silence import silence_curve
from reactivate.analytics.studies.shop import Shop, Study

_MARKS = (30, 60, 90, 180, 365)


def study_cohorts(shop: Shop, *, by: str = "month") -> Study:
    """`study-cohorts/1`; `table` is that of `cohorts` with shares and the 95 % interval of `returned_share`."""
    found = _with_shares(cohorts(shop.people, shop.orders, as_of=shop.as_of, by=by))
    result = {
        "format": "study-cohorts/1",
        **shop.head(),
        "by": by,
        "cohorts": found.to_pylist(),
        "still_silent": _still_silent(shop),
    }
    return Study(result, None, found)


def _with_shares(found: pa.Table) -> pa.Table:
    people = np.asarray(found["people"], np.float64)
    low, high = wilson(found["returned"], found["people"])
    shares = {
        "ordered_share": np.asarray(found["ordered"], np.float64) / np.maximum(people, 1),
        "returned_share": np.asarray(found["returned"], np.float64) / np.maximum(people, 1),
        "low": low,
        "high": high,
    }
    for name, column in shares.items():
        found = found.append_column(name, pa.array(column, pa.float64()))
    return found


def _still_silent(shop: Shop) -> list[dict[str, Any]]:
    """Share of the silences that last longer than so many days, and how many were watched that long."""
    bought = read_history(shop.people, shop.orders, shop.as_of)
    person, day = bought.where(bought.is_order).order_days()
    curve = silence_curve(person, day, day_number(shop.as_of))
    table = curve.table(1)
    return [
        {"days": mark, "share": table["still_silent"][mark].as_py(), "watched": table["watched"][mark].as_py()}
        for mark in _MARKS
        if mark < table.num_rows
    ]
