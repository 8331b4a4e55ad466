"""NBD: orders come at random and nobody ever leaves (Ehrenberg 1959, Applied Statistics 8(1)).

The limit of the other models when the orders show no sign of leaving; a base watched for less than a year often does
not. Order rates are gamma(r, alpha) over customers.
"""

import numpy as np
from attrs import frozen
from scipy.special import gammaln

from reactivate.analytics.arrays import Floats, Ints


@frozen
class Nbd:
    """Parameters r and alpha, time in weeks."""

    name: str = "NBD"
    parameters: tuple[str, ...] = ("r", "alpha")
    start: tuple[float, ...] = (0.6, 10.0)

    def log_likelihood(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Per pattern."""
        r, alpha = values
        by_count = gammaln(r + np.arange(repeats.max(initial=0) + 1)) - gammaln(r) + r * np.log(alpha)
        found: Floats = by_count[repeats] - (r + repeats) * np.log(alpha + age_weeks)
        return found

    def chance_alive(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """1 for everybody: nobody leaves."""
        return np.ones(len(repeats))

    def expected_orders(
        self, values: Floats, within_weeks: float, repeats: Ints, last_weeks: Floats, age_weeks: Floats
    ) -> Floats:
        """Order days expected in the `within_weeks` after the observation."""
        r, alpha = values
        found: Floats = (r + repeats) / (alpha + age_weeks) * within_weeks
        return found


NBD = Nbd()
