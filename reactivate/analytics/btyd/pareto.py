"""Pareto/NBD: orders come at random until an unseen moment at which the customer leaves.

Schmittlein, Morrison and Colombo (1987), Management Science 33(1); likelihood as in Fader and Hardie (2005), "A note on
deriving the Pareto/NBD model". Order rates are gamma(r, alpha), death rates gamma(s, beta) over customers. Both Gauss
functions are taken after Euler's transformation and as logarithms, so that customers with hundreds of orders fit.
"""

from typing import Any

import numpy as np
from attrs import frozen
from scipy.special import gammaln, hyp2f1

from reactivate.analytics.arrays import Floats, Ints

_NEAR_ONE = 1e-6


@frozen
class ParetoNbd:
    """Parameters r, alpha (orders) and s, beta (leaving), time in weeks."""

    name: str = "Pareto/NBD"
    parameters: tuple[str, ...] = ("r", "alpha", "s", "beta")
    start: tuple[float, ...] = (0.6, 10.0, 0.6, 10.0)

    def log_likelihood(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Per pattern."""
        r, alpha, s, beta = values
        alive = -(r + repeats) * np.log(alpha + age_weeks) - s * np.log(beta + age_weeks)
        left = np.log(s) - np.log(r + s + repeats) + _log_integral(values, repeats, last_weeks, age_weeks)
        common = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        found: Floats = common + np.logaddexp(alive, left)
        return found

    def chance_alive(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Chance that the customer has not left."""
        r, alpha, s, beta = values
        odds = (
            np.log(s)
            - np.log(r + s + repeats)
            + (r + repeats) * np.log(alpha + age_weeks)
            + s * np.log(beta + age_weeks)
            + _log_integral(values, repeats, last_weeks, age_weeks)
        )
        alive: Floats = np.exp(-np.logaddexp(0.0, odds))
        return alive

    def expected_orders(
        self, values: Floats, within_weeks: float, repeats: Ints, last_weeks: Floats, age_weeks: Floats
    ) -> Floats:
        """Order days expected in the `within_weeks` after the observation."""
        r, alpha, s, beta = values
        if abs(s - 1) < _NEAR_ONE:
            s = 1 + _NEAR_ONE
        rate = (r + repeats) * (beta + age_weeks) / ((alpha + age_weeks) * (s - 1))
        stays = -np.expm1((s - 1) * (np.log(beta + age_weeks) - np.log(beta + age_weeks + within_weeks)))
        found: Floats = rate * stays * self.chance_alive(values, repeats, last_weeks, age_weeks)
        return found


def _log_integral(values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Any:
    """Log A0: the weight of having left between the last order and now; -inf where there is no time between."""
    early, late = _log_term(values, repeats, last_weeks), _log_term(values, repeats, age_weeks)
    with np.errstate(divide="ignore"):
        return early + np.log(-np.expm1(np.minimum(late - early, 0.0)))


def _log_term(values: Floats, repeats: Ints, weeks: Floats) -> Any:
    r, alpha, s, beta = values
    total = r + s + repeats
    far = max(alpha, beta)
    z = abs(alpha - beta) / (far + weeks)
    power, other = (s, r + repeats) if alpha >= beta else (r + repeats - 1, s + 1.0)
    # 2F1(total, s + 1; total + 1; z) = (1 - z)^-s 2F1(1, r + x; total + 1; z), and the same with the roles exchanged.
    return -power * np.log1p(-z) + np.log(hyp2f1(1.0, other, total + 1.0, z)) - total * np.log(far + weeks)


PARETO_NBD = ParetoNbd()
