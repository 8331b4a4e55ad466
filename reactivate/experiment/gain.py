"""Extra money: what the treated brought, less what as many people bring who are left alone."""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from reactivate.experiment.money import Moments, welch

Floats = NDArray[np.float64]


@frozen
class Gain:
    """Totals over all treated people, in money; `low` and `high`: 95 % interval of the profit, None = not known.

    `cost`: contacts and offers of the treated. `staff_bonus`: due to staff; None = none was promised. `cost_per_extra`:
    both, per customer who came because of us; None where nobody did.
    """

    people: int
    revenue: float
    margin: float
    cost: float
    staff_bonus: float | None
    profit: float
    low: float | None
    high: float | None
    extra_customers: float
    cost_per_extra: float | None


def gain(treated: dict[str, Floats], control: dict[str, Floats], level: float = 0.95) -> Gain | None:
    """Extra revenue, margin and profit of a campaign; None when an arm is empty.

    Each arm: `revenue`, `margin` (before offers), `cost` (contacts and offers), `came` (0 or 1), and `staff_bonus`
    where the campaign promises one; one number per person assigned, zeros included. The holdout is scaled to the size
    of the treated arm; its own offers, if any, count.
    """
    size, other = len(treated["margin"]), len(control["margin"])
    if not size or not other:
        return None
    extra = {name: float(treated[name].mean() - control[name].mean()) * size for name in ("revenue", "margin", "came")}
    profit = welch(Moments.of(_profit(treated)), Moments.of(_profit(control)), level)
    cost = float(treated["cost"].sum())
    bonus = float(treated["staff_bonus"].sum()) if "staff_bonus" in treated else None
    return Gain(
        people=size,
        revenue=extra["revenue"],
        margin=extra["margin"],
        cost=cost,
        staff_bonus=bonus,
        profit=(profit.difference or 0.0) * size,
        low=None if profit.low is None else profit.low * size,
        high=None if profit.high is None else profit.high * size,
        extra_customers=extra["came"],
        cost_per_extra=(cost + (bonus or 0.0)) / extra["came"] if extra["came"] > 0 else None,
    )


def _profit(arm: dict[str, Floats]) -> Floats:
    return arm["margin"] - arm["cost"] - arm.get("staff_bonus", 0.0)


def second_life(later_orders: Floats, most: int = 5) -> list[float]:
    """q(1) … q(`most`): share of those who came back that ordered at least so often again; empty for nobody."""
    if not len(later_orders):
        return []
    return [float((later_orders >= count).mean()) for count in range(1, most + 1)]
