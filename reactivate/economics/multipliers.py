"""The price of one more unit of each limit: multipliers of the Lagrangian dual, found by cutting planes.

    f(l) = sum over limits of l x most + sum over people of max(0, max over offers of E - l x use)

is convex, and every value of it is an upper bound for what any allocation can earn (Kellerer, Pferschy, Pisinger 2004,
Knapsack Problems, ch. 11; cutting planes: Kelley 1960, SIAM 8). The prices are found on a sample, then refined on all.
"""

from collections.abc import Sequence

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

from reactivate.economics.limits import Limit

Floats = NDArray[np.float64]
SAMPLE = 20_000
_SAMPLE_CUTS, _FULL_CUTS = 250, 12
_CLOSE = 1e-6


@frozen(eq=False)
class Priced:
    """Multipliers in the order of the limits, and the dual value there: no allocation earns more."""

    prices: Floats
    bound: float


def dual(profit: Floats, limits: Sequence[Limit], prices: Floats, weight: float = 1.0) -> tuple[float, Floats]:
    """F and a subgradient at `prices`; `weight` scales a sample of people up to all of them."""
    net = profit.copy()
    for limit, price in zip(limits, prices, strict=True):
        if price:
            net -= price * limit.use
    best = net.argmax(axis=1)
    rows = np.arange(len(net))
    value = net[rows, best]
    taken = value > 0
    rows, best = rows[taken], best[taken]
    most = np.array([limit.most for limit in limits])
    used = np.array([limit.use[rows, best].sum() for limit in limits]) * weight
    return float(prices @ most + weight * value[taken].sum()), most - used


def multipliers(profit: Floats, limits: Sequence[Limit]) -> Priced:
    """Prices that make the dual small, for people x offers `profit` (-inf = not possible).

    People must come in random order: the first of them serve as the sample.
    """
    zero = np.zeros(len(limits))
    free, slack = dual(profit, limits, zero)
    if not limits or (slack >= 0).all():
        return Priced(zero, free)
    top = np.array([_highest(profit, limit) for limit in limits])
    start = zero
    if len(profit) > 2 * SAMPLE:
        few = [Limit(limit.name, limit.most, limit.use[:SAMPLE]) for limit in limits]
        sampled = _Cuts(profit[:SAMPLE], few, len(profit) / SAMPLE)
        start = sampled.minimise(zero, zero, top, _SAMPLE_CUTS).prices
        low, high = start * 0.9, np.minimum(start * 1.1 + 0.002 * top, top)
        return _Cuts(profit, limits).minimise(start, low, high, _FULL_CUTS)
    return _Cuts(profit, limits).minimise(start, zero, top, _SAMPLE_CUTS)


def _highest(profit: Floats, limit: Limit) -> float:
    """A price at which nobody takes any of it."""
    use = limit.use > 0
    ratios = np.divide(profit, limit.use, out=np.zeros_like(profit), where=use & (profit > 0))
    return float(ratios.max(initial=0.0))


@define(eq=False)
class _Cuts:
    """Kelley's method: each evaluation cuts away what cannot be the minimum; the LP gives the next place to look."""

    profit: Floats
    limits: Sequence[Limit]
    weight: float = 1.0
    slopes: list[Floats] = field(factory=list)
    heights: list[float] = field(factory=list)

    def minimise(self, start: Floats, low: Floats, high: Floats, most_cuts: int) -> Priced:
        best = Priced(start, np.inf)
        prices = start
        for _ in range(most_cuts):
            value, slope = dual(self.profit, self.limits, prices, self.weight)
            if value < best.bound:
                best = Priced(prices, value)
            self.slopes.append(slope)
            self.heights.append(value - float(slope @ prices))
            prices, floor = self._next(low, high)
            if best.bound - floor <= _CLOSE * max(abs(best.bound), 1e-300):
                break
        return best

    def _next(self, low: Floats, high: Floats) -> tuple[Floats, float]:
        """Where the cuts known so far are lowest inside the box, and how low."""
        from scipy.optimize import linprog

        # Prices of money and of people differ by orders of magnitude: each is measured in its own range.
        span = np.where(high > low, high - low, 1.0)
        slopes = np.array(self.slopes)
        scale = max(1.0, float(np.abs(self.heights).max()))
        above = np.column_stack([slopes * span / scale, np.full(len(slopes), -1.0)])
        right = -(np.array(self.heights) + slopes @ low) / scale
        goal = np.append(np.zeros(len(low)), 1.0)
        room = [(0.0, 1.0 if hi > lo else 0.0) for lo, hi in zip(low, high, strict=True)]
        solved = linprog(goal, A_ub=above, b_ub=right, bounds=[*room, (None, None)], method="highs")
        if solved.x is None:
            return low, -np.inf
        return low + solved.x[:-1] * span, float(solved.x[-1]) * scale
