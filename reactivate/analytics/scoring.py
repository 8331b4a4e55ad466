"""RFM: recency, frequency and money as scores from 1 to 5, and a word for the three together."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Bools, Floats, Ints, day_number, nullable
from reactivate.analytics.data import load
from reactivate.analytics.history import History, ids, read_history
from reactivate.analytics.rfmgrid import WORDS, grid_codes
from reactivate.analytics.rhythm import rhythms

SMALLEST_BASE = 25
"""With fewer customers a fifth is no group: fixed bins are used instead of quantiles."""

Bins = Literal["quantile", "business"] | Mapping[str, Sequence[float]]


def rfm(
    profiles: pa.Table,
    orders: pa.Table,
    *,
    as_of: date,
    period_days: float | None = None,
    bins: Bins = "quantile",
    scores: int = 5,
    grid: Mapping[str, Any] | None = None,
) -> pa.Table:
    """`person_id, r, f, m` (int8, 1 to `scores`, best highest) and `rfm` (a word of `WORDS`); null without orders.

    `quantile`: the share of customers who did worse, plus half of those who did exactly as well, cut into equal parts,
    so that equal values have equal scores; a single order always scores f = 1, and repeat buyers share the scores from
    2 up. `business`: fixed multiples of the typical gap and the median revenue (`data/rfm.json`); also used below 25
    customers. A mapping gives own lower bounds of scores 2 to 5: `r` in days, descending; `f` in orders; `m` in money.
    `period_days` counts only the last so many days; whoever ordered before them but not since has 1, 1, 1. `grid`
    names the groups in place of ours (`rfmgrid.checked` says what it must hold).
    """
    until = as_of
    found = read_history(profiles, orders, until)
    persons, today = found.persons, day_number(as_of)
    ever = np.bincount(found.person[found.is_order], minlength=persons) > 0
    if period_days is not None:
        found = found.where(today - found.day < period_days)
    bought = found.where(found.is_order)
    count = np.bincount(bought.person, minlength=persons)
    last = np.full(persons, np.iinfo(np.int64).min // 4)
    last[bought.person] = bought.day
    silence = today - last
    spent = np.zeros(persons, np.int64)
    np.add.at(spent, found.person, found.cents)
    inside = count > 0
    values = (-silence[inside].astype(np.float64), count[inside], spent[inside] / 100)
    columns = _scored(values, bins, scores, _typical_gap(bought))
    r, f, m = (_spread(column, inside) for column in columns)
    words = _words(r, f, m, count, scores, grid)
    return pa.table(
        {
            "person_id": ids(profiles),
            **{name: nullable(column, ever, pa.int8()) for name, column in zip("rfm", (r, f, m), strict=True)},
            "rfm": pc.if_else(pa.array(ever), words, pa.scalar(None, pa.string())),
        }
    )


def _typical_gap(bought: History) -> float:
    person, day = bought.order_days()
    gap = rhythms(person, day, bought.persons).base_usual
    return 30.0 if np.isnan(gap) else gap


def _spread(scores: Ints, inside: Bools) -> Ints:
    everyone = np.ones(len(inside), np.int64)
    everyone[inside] = scores
    return everyone


def _scored(values: tuple[Floats, Any, Floats], bins: Bins, scores: int, gap: float) -> list[Ints]:
    recent, count, spent = values
    if not isinstance(bins, str):
        return [_above(recent, -np.asarray(bins["r"], float)), _above(count, bins["f"]), _above(spent, bins["m"])]
    if bins == "quantile" and len(count) >= SMALLEST_BASE:
        return [_parts(recent, scores), _frequency(count, scores), _parts(spent, scores)]
    fixed = load("rfm")["business_bins"]
    middle = max(float(np.median(spent)), 0.01) if len(spent) else 1.0
    found = [
        _above(recent, -np.asarray(fixed["r"]) * gap),
        _above(count, fixed["f"]),
        _above(spent, np.asarray(fixed["m"]) * middle),
    ]
    return [np.ceil(column * scores / 5).astype(np.int64) for column in found]


def _above(values: Any, bounds: Any) -> Ints:
    found: Ints = 1 + np.searchsorted(np.asarray(bounds, np.float64), values, side="right")
    return found


def _parts(values: Any, parts: int) -> Ints:
    """Equal parts by mid-rank: ties stay together, in the part where their middle falls."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(count) - count
    part: Ints = 1 + np.minimum((parts * (2 * below + count)) // max(2 * len(values), 1), parts - 1)
    found: Ints = part[which]
    return found


def _frequency(count: Ints, scores: int) -> Ints:
    several = count > 1
    found = np.ones(len(count), np.int64)
    found[several] = 1 + _parts(count[several], scores - 1)
    return found


def _words(r: Ints, f: Ints, m: Ints, count: Ints, scores: int, grid: Mapping[str, Any] | None) -> pa.Array:
    several, single = grid_codes(grid)
    r5, f5, m5 = (np.ceil(column * 5 / scores).astype(np.int64) for column in (r, f, m))
    code = np.where(count == 1, single[r5 - 1, m5 - 1], several[r5 - 1, (f5 + m5 + 1) // 2 - 1])
    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int8)), pa.array(WORDS)).cast(pa.string())
