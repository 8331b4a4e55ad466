"""Later orders of somebody who came back: what they are worth today, and how many it takes to be paid back.

S = M x sum over k of r^k / (1 + d)^(k g), with r the chance of a further order, g the gap in years, d the yearly rate
(Gupta, Lehmann 2003; the well-known M r / (1 + d - r) is its limit for yearly gaps and no horizon). A buy-till-you-die
model gives better numbers; then S comes in ready made.
"""

from typing import Any

import numpy as np

from reactivate.economics.constants import DEFAULT, Assumptions
from reactivate.economics.profit import ProfitTerms, _plain, needed_later_margin

DAYS_PER_YEAR = 365.0


def later_margin(
    margin: Any, repeat_rate: Any, gap_days: Any, *, orders: int | None = None, assumptions: Assumptions = DEFAULT
) -> Any:
    """S: discounted margin of the later orders within the horizon, at most `orders` of them; 0 where r is unknown.

    `repeat_rate` r from 0 to 1, `gap_days` usual days between orders; NaN in either means: count on nothing.
    """
    margin, repeat_rate, gap_days = (np.asarray(value, dtype=np.float64) for value in (margin, repeat_rate, gap_days))
    step = _step(repeat_rate, gap_days, assumptions)
    count = _within_horizon(gap_days, assumptions)
    if orders is not None:
        count = np.minimum(count, orders)
    sum_of_steps = np.where(step < 1, step * (1 - step**count) / np.where(step < 1, 1 - step, 1), count)
    return _plain(np.where(step > 0, margin * sum_of_steps, 0.0))


def payback_orders(terms: ProfitTerms, repeat_rate: Any, gap_days: Any, *, assumptions: Assumptions = DEFAULT) -> Any:
    """Smallest number of later orders after which E is not negative: 0 = the first order pays, missing = never.

    `terms.later_margin` is not looked at; later orders are worth r^k each, as in `later_margin`.
    """
    needed = np.asarray(_nan(needed_later_margin(terms)))
    step = _step(np.asarray(repeat_rate, dtype=np.float64), np.asarray(gap_days, dtype=np.float64), assumptions)
    count = _within_horizon(np.asarray(gap_days, dtype=np.float64), assumptions)
    with np.errstate(divide="ignore", invalid="ignore"):
        # From need = M x q (1 - q^N) / (1 - q); the hair taken off keeps an exact N from becoming N + 1.
        left = 1 - needed * (1 - step) / (step * terms.margin)
        orders = np.where(step < 1, np.log(left) / np.log(step), needed / terms.margin)
        orders = np.ceil(orders - 1e-9)
        reached = (left > 0) & (step > 0) & (terms.margin > 0) & (orders <= count)
    answer = np.where(needed == 0, 0.0, np.where(reached, orders, np.nan))
    return _plain(np.where(np.isnan(needed), np.nan, answer))


def reach(orders: int, repeat_rate: float) -> float:
    """q(k): chance of at least `orders` later orders of somebody who came back, r^k. Printed beside the payback."""
    return float(repeat_rate**orders)


def _step(repeat_rate: Any, gap_days: Any, assumptions: Assumptions) -> Any:
    """What one later order is worth against the one before: r / (1 + d)^g; 0 where nothing is known."""
    step = np.clip(repeat_rate, 0, 1) / (1 + assumptions.yearly_rate) ** (gap_days / DAYS_PER_YEAR)
    return np.where(np.isfinite(step) & (gap_days > 0), step, 0.0)


def _within_horizon(gap_days: Any, assumptions: Assumptions) -> Any:
    """How many gaps fit into the second life."""
    gap = np.where(gap_days > 0, gap_days, np.inf)
    return np.floor(assumptions.second_life_days / gap)


def _nan(value: Any) -> Any:
    return np.nan if value is None else value
