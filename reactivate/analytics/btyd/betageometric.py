"""BG/NBD and its modification MBG/NBD: orders come at random, and after each the customer may leave for good.

BG/NBD: Fader, Hardie and Lee (2005), Marketing Science 24(2). MBG/NBD: Batislam, Denizel and Filiztekin (2007),
International Journal of Research in Marketing 24(3), where the customer may leave after the very first order as well.
BG/NBD calls everybody with a single order alive for certain; so only MBG/NBD is used to speak of one-time buyers.

Order rates are gamma(r, alpha) over customers, chances to leave beta(a, b). The Gauss function of the conditional
expectation is taken after Euler's transformation, which keeps it near 1 however many orders there are.
"""

import numpy as np
from attrs import frozen
from scipy.special import betaln, gammaln, hyp2f1

from reactivate.analytics.arrays import Floats, Ints

_NEAR_ONE = 1e-6


@frozen
class BetaGeometric:
    """`leaves_after_first`: whether the first order can already be the last (MBG/NBD)."""

    name: str
    leaves_after_first: bool
    parameters: tuple[str, ...] = ("r", "alpha", "a", "b")
    start: tuple[float, ...] = (0.5, 8.0, 0.8, 2.0)

    def log_likelihood(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Per pattern."""
        r, alpha, a, b = values
        count = np.arange(repeats.max(initial=0) + 1) + float(self.leaves_after_first)
        orders = count - float(self.leaves_after_first)
        # Everything that depends on the number of orders alone is computed once per number, not once per pattern.
        by_count = gammaln(r + orders) - gammaln(r) + r * np.log(alpha) + betaln(a, b + count) - betaln(a, b)
        rest = -(r + repeats) * np.log(alpha + age_weeks)
        found: Floats = (
            by_count[repeats] + rest + np.logaddexp(0.0, self._log_odds_left(values, repeats, last_weeks, age_weeks))
        )
        return found

    def chance_alive(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Chance that the customer has not left; 1 for one-time buyers under BG/NBD: do not use it for them."""
        alive: Floats = np.exp(-np.logaddexp(0.0, self._log_odds_left(values, repeats, last_weeks, age_weeks)))
        return alive

    def expected_orders(
        self, values: Floats, within_weeks: float, repeats: Ints, last_weeks: Floats, age_weeks: Floats
    ) -> Floats:
        """Order days expected in the `within_weeks` after the observation."""
        r, alpha, a, b = values
        if abs(a - 1) < _NEAR_ONE:
            a = 1 + _NEAR_ONE
        shift = float(self.leaves_after_first)
        z = within_weeks / (alpha + age_weeks + within_weeks)
        last = a + b + repeats - 1 + shift
        none = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 + shift - r, a - 1, last, z)
        found: Floats = last / (a - 1) * (1 - none) * self.chance_alive(values, repeats, last_weeks, age_weeks)
        return np.maximum(found, 0.0)

    def _log_odds_left(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        r, alpha, a, b = values
        shift = float(self.leaves_after_first)
        times = repeats + shift
        odds = (
            np.log(a)
            - np.log(b + np.maximum(times, 1) - 1)
            + (r + repeats) * (np.log(alpha + age_weeks) - np.log(alpha + last_weeks))
        )
        return np.where(times > 0, odds, -np.inf)


BG_NBD = BetaGeometric("BG/NBD", leaves_after_first=False)
MBG_NBD = BetaGeometric("MBG/NBD", leaves_after_first=True)
