"""Hold-out check: forecast from an earlier day, then compare with what came true. The judge of every model here.

Ways are told side by side: `model` (the buying model that `forecast` would use), `corrected` (the same, carrying on
half of what it had missed one window earlier), `history` (the share of people with such a silence and so many orders
who came back in the window before), `naive` (the next window will be like the last one, customer by customer) and the
truth.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import evolve, frozen

from reactivate.analytics.arrays import Bools, Floats, Ints, day_number
from reactivate.analytics.forecast import Forecast, expectations_from_history, forecast
from reactivate.analytics.history import History, read_history

WAYS = ("model", "corrected", "history", "naive")
_CARRIED = 0.5
"""How much of the last miss is carried on, on the log scale: a trend lasts and a season turns, so half of it."""
FREQUENCY_BOUNDS = (2, 3, 5, 10)
_GROUPS = 10


@frozen(eq=False)
class Holdout:
    """Customers known on `as_of`: what each way expected of the `within_days` after it, and what they did.

    `chance` and `expected` hold an array per way (chance of an order; orders), `came` and `orders` the truth,
    `before` the orders until `as_of`.
    """

    as_of: date
    within_days: int
    forecast: Forecast
    chance: dict[str, Floats]
    expected: dict[str, Floats]
    came: Bools
    orders: Ints
    before: Ints

    @property
    def customers(self) -> int:
        return len(self.came)

    @property
    def model(self) -> str:
        """Name of the model, or `history` when none could be fitted."""
        return "history" if self.forecast.model.trouble else self.forecast.model.model.name

    def totals(self) -> dict[str, dict[str, float]]:
        """Returning customers and orders: truth, and the sum of each way that has one."""
        told = {"returning_customers": (self.came, self.chance), "orders": (self.orders, self.expected)}
        return {
            name: {"truth": float(truth.sum()), **{way: float(found.sum()) for way, found in ways.items()}}
            for name, (truth, ways) in told.items()
        }

    def errors(self) -> dict[str, dict[str, float]]:
        """Per way `brier` (mean squared error of the chance) and `mae` (mean absolute error of the orders)."""
        return {
            way: {
                "brier": float(np.mean((self.chance[way] - self.came) ** 2)),
                "mae": float(np.mean(np.abs(self.expected[way] - self.orders))),
            }
            for way in self.chance
            if self.customers
        }

    @property
    def missed(self) -> dict[str, float]:
        """The truth as a multiple of the model's sum, for people and orders; 1 where there is none to learn from."""
        return {
            name: sums["truth"] / sums["model"] if sums.get("model") and sums["truth"] else 1.0
            for name, sums in self.totals().items()
        }

    def by_frequency(self) -> list[dict[str, float]]:
        """The same by orders before: customers, truth and expectation of orders and returns, mean absolute error."""
        group = np.searchsorted(FREQUENCY_BOUNDS, self.before, "right")
        found = []
        for number, orders_from in enumerate((1, *FREQUENCY_BOUNDS)):
            mine = group == number
            if mine.any():
                found.append(self._told(mine, orders_from))
        return found

    def _told(self, mine: Bools, orders_from: int) -> dict[str, float]:
        row: dict[str, float] = {"orders_from": orders_from, "customers": int(mine.sum())}
        row |= {"returned": int(self.came[mine].sum()), "orders": int(self.orders[mine].sum())}
        for way in self.chance:
            row[f"returned_{way}"] = float(self.chance[way][mine].sum())
            row[f"orders_{way}"] = float(self.expected[way][mine].sum())
            row[f"mae_{way}"] = float(np.mean(np.abs(self.expected[way] - self.orders)[mine]))
        return row

    def calibration(self, way: str = "model") -> list[dict[str, float]]:
        """Ten equal groups by chance: customers, mean forecast, share that came."""
        if way not in self.chance:
            return []
        chance = self.chance[way]
        parts = [part for part in np.array_split(np.argsort(chance, kind="stable"), _GROUPS) if len(part)]
        return [
            {"customers": len(part), "forecast": float(chance[part].mean()), "truth": float(self.came[part].mean())}
            for part in parts
        ]


def corrected(chance: Any, expected: Any, earlier: Holdout) -> tuple[Floats, Floats]:
    """The model's chance of an order and orders, carrying half of what it missed in the window that is over.

    All that is known at the time: nothing of the window forecast enters. A chance is corrected as the rate behind it.
    """
    people, orders = (earlier.missed[name] ** _CARRIED for name in ("returning_customers", "orders"))
    with np.errstate(divide="ignore"):  # whoever orders for certain does so at any rate
        return -np.expm1(people * np.log1p(-np.asarray(chance))), orders * np.asarray(expected)


def with_correction(check: Holdout, earlier: Holdout) -> Holdout:
    """`check` with the way `corrected`, learned from the look back one window earlier."""
    if "model" not in check.chance:
        return check
    chance, expected = corrected(check.chance["model"], check.expected["model"], earlier)
    chances, orders = {**check.chance, "corrected": chance}, {**check.expected, "corrected": expected}
    return evolve(
        check,
        chance={way: chances[way] for way in WAYS if way in chances},
        expected={way: orders[way] for way in WAYS if way in orders},
    )


def holdout(people: Any, orders: pa.Table, *, until: date, within_days: int = 90) -> Holdout:
    """Stand on the day `within_days` before `until`, forecast, and look what came true by the end of `until`.

    Only customers with an order by then are judged. Without a model the way `model` is left out, and without a past
    to count `history` too.
    """
    as_of = until - timedelta(days=within_days)
    found = read_history(people, orders, until)
    bought = found.where(found.is_order)
    start = day_number(as_of)
    before, after = _counts(bought, None, start), _counts(bought, start, None)
    lately = _counts(bought, start - within_days, start)
    known = before > 0
    made = forecast(people, orders, as_of=as_of, within_days=within_days)
    ways = _ways(made, bought.where(bought.day <= start), start)
    ways["naive"] = ((lately > 0).astype(np.float64), lately.astype(np.float64))
    usable = {way: pair for way, pair in ways.items() if known.any() and np.isfinite(pair[0][known]).all()}
    return Holdout(
        as_of,
        within_days,
        made,
        {way: chance[known] for way, (chance, _) in usable.items()},
        {way: expected[known] for way, (_, expected) in usable.items()},
        after[known] > 0,
        after[known],
        before[known],
    )


def _ways(made: Forecast, bought: History, today: int) -> dict[str, tuple[Floats, Floats]]:
    reckoned = expectations_from_history(bought, made.history, today)
    ways = {"history": (reckoned["chance_order"], reckoned["expected_orders"])}
    if made.model.trouble:
        return ways
    return {"model": (_floats(made.table["chance_order"]), _floats(made.table["expected_orders"])), **ways}


def _floats(column: Any) -> Floats:
    return np.asarray(column.fill_null(np.nan), np.float64)


def _counts(bought: History, after: int | None, until: int | None) -> Ints:
    """Orders per person on the days after `after`, up to `until`."""
    chosen = np.ones(len(bought.day), bool)
    if after is not None:
        chosen &= bought.day > after
    if until is not None:
        chosen &= bought.day <= until
    return np.bincount(bought.person[chosen], minlength=bought.persons)
