"""Gamma-Gamma: what an order of this customer is worth, shrunk to the base when there were few.

Fader and Hardie (2013), "The Gamma-Gamma model of monetary value"; Fader, Hardie and Lee (2005), Journal of Marketing
Research 42(4). Sums of a customer scatter as gamma(p, v), the scale v over customers as gamma(q, gamma).
"""

import numpy as np
from attrs import frozen
from scipy.special import gammaln

from reactivate.analytics.arrays import Bools, Floats, Ints
from reactivate.analytics.btyd.search import Maximum, maximise
from reactivate.text import counted

PARAMETERS = ("p", "q", "gamma")
_FEWEST = 10


@frozen(eq=False)
class GammaGamma:
    """A fitted model; `customers` is how many it was fitted on."""

    maximum: Maximum
    customers: int

    def expected_sum(self, orders: Ints, mean_sum: Floats) -> Floats:
        """Mean sum to expect per order; `orders` is how many `mean_sum` was taken over (0 = nothing known)."""
        p, q, gamma = self.maximum.values
        known = np.where(orders > 0, mean_sum, 0.0)
        found: Floats = p * (gamma + orders * known) / (p * orders + q - 1)
        return found


def fit_gamma_gamma(orders: Ints, mean_sum: Floats) -> GammaGamma:
    """Fit on customers with `orders` > 0 and a positive `mean_sum`; one entry per customer."""
    usable: Bools = (orders > 0) & (mean_sum > 0) & np.isfinite(mean_sum)
    x, m = orders[usable], mean_sum[usable]
    if len(x) < _FEWEST:
        empty = np.full(3, np.nan)
        few = f"only {counted(len(x), 'customer')} came again and left a sum" if len(x) else "nobody came again"
        return GammaGamma(Maximum(empty, None, float("nan"), few), len(x))
    most, times = np.arange(x.max() + 1), np.bincount(x)
    sum_log_m, per_count = float(np.log(m).sum()), float((x * np.log(x * m)).sum())

    def log_likelihood(values: Floats) -> float:
        p, q, gamma = values
        counted = gammaln(p * most[1:] + q) - gammaln(p * most[1:])
        total = (
            float(np.sum(times[1:] * counted)) + len(x) * (q * np.log(gamma) - gammaln(q)) + p * per_count - sum_log_m
        )
        return float(total - np.sum((p * x + q) * np.log(gamma + x * m)))

    # The mean of the model is p gamma / (q - 1); the search starts where that is the mean of the base.
    start = np.array([5.0, 4.0, 3.0 * float(m.mean()) / 5.0])
    found = maximise(log_likelihood, start, len(x))
    if found.trouble is None and found.values[1] <= 1:
        found = Maximum(found.values, found.intervals, found.log_likelihood, "the mean sum of the base is not finite")
    return GammaGamma(found, len(x))
