"""What history says: of people with such a silence and so many orders, how many came back by themselves.

History comes before any model: the people as they stood `within` days ago, and what they did since.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.analytics.arrays import Floats, Ints, day_number, ends_of_groups
from reactivate.analytics.history import read_history
from reactivate.analytics.intervals import wilson

SILENCE_BOUNDS = (30, 60, 90, 180, 365)
ORDERS_BOUNDS = (2, 3, 5, 10)
_LEAN = 3.0
_CELLS = (len(SILENCE_BOUNDS) + 1, len(ORDERS_BOUNDS) + 1)


@frozen(eq=False)
class BaseRates:
    """Cells of silence x orders as of `start`: `people`, how many `came` back, their `orders` in the window."""

    within_days: int
    start: date
    people: Ints
    came: Ints
    orders: Ints

    @property
    def silent_90(self) -> tuple[int, int]:
        """(people silent for 90 days or more, how many of them came back): the base rate most asked for."""
        first = SILENCE_BOUNDS.index(90) + 1
        return int(self.people[first:].sum()), int(self.came[first:].sum())

    def chance(self, silence: Ints, orders: Ints) -> Floats:
        """Share that came back in the cell of each person; thin cells lean on their row, rows on the row before."""
        return _shrunk(self.came, self.people)[_cell(silence, orders)]

    def expected_orders(self, silence: Ints, orders: Ints) -> Floats:
        """Mean orders in the window in the cell of each person, shrunk in the same way."""
        return _shrunk(self.orders, self.people)[_cell(silence, orders)]

    def table(self) -> pa.Table:
        """`silent_from_days, orders_from, people, came, share, low, high` (95 %); cells without people are left out."""
        silence, orders = np.nonzero(self.people)
        people, came = self.people[silence, orders], self.came[silence, orders]
        low, high = wilson(came, people)
        return pa.table(
            {
                "silent_from_days": np.array([0, *SILENCE_BOUNDS])[silence],
                "orders_from": np.array([1, *ORDERS_BOUNDS])[orders],
                "people": people,
                "came": came,
                "share": came / people,
                "low": low,
                "high": high,
            }
        )


def base_rates(people: Any, orders: pa.Table, *, as_of: date, within_days: int = 90) -> BaseRates:
    """Count the people as they stood `within_days` before `as_of`, and who of them ordered since, up to `as_of`."""
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    start = day_number(as_of) - within_days
    earlier, later = bought.where(bought.day <= start), bought.where(bought.day > start)
    count = np.bincount(earlier.person, minlength=found.persons)
    last = ends_of_groups(earlier.person, found.persons)
    known = count > 0
    silence = start - earlier.day[last[known]] if len(earlier.day) else np.empty(0, np.int64)
    again = np.bincount(later.person, minlength=found.persons)[known]
    cell = np.ravel_multi_index(_cell(silence, count[known]), _CELLS)
    sums = [np.bincount(cell, weight, minlength=_CELLS[0] * _CELLS[1]) for weight in (again >= 0, again > 0, again)]
    counted = [np.round(column).astype(np.int64).reshape(_CELLS) for column in sums]
    return BaseRates(within_days, as_of - timedelta(days=within_days), *counted)


def _shrunk(sums: Ints, people: Ints) -> Floats:
    """Means per cell with the weight of a few people on the row, and of the row on the next shorter silence."""
    prior, rows = float(sums.sum() / max(people.sum(), 1)), []
    for row_sums, row_people in zip(sums, people, strict=True):
        prior = float((row_sums.sum() + _LEAN * prior) / (row_people.sum() + _LEAN))
        rows.append((row_sums + _LEAN * prior) / (row_people + _LEAN))
    return np.array(rows)


def _cell(silence: Ints, orders: Ints) -> tuple[Ints, Ints]:
    return np.searchsorted(SILENCE_BOUNDS, silence, "right"), np.searchsorted(ORDERS_BOUNDS, orders, "right")
