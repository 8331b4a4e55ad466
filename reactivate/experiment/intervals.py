"""Intervals for rates: Wilson for one share, Newcombe for the difference of two."""

from math import sqrt
from typing import NamedTuple

from scipy.special import ndtr, ndtri


class Difference(NamedTuple):
    """A difference (treated - control) with its interval and two-sided p; all None when an arm is empty."""

    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None


NOTHING_KNOWN = Difference(None, None, None, None)


def z_of(level: float) -> float:
    """Half-width in standard errors of a two-sided interval of this level: 1.96 for 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, got {level}")
    return float(ndtri((1 + level) / 2))


def rate_interval(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927, JASA 22); of nobody: from 0 to 1, nothing is known."""
    if n == 0:
        return 0.0, 1.0
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no share")
    z2 = z_of(level) ** 2
    share = successes / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # At 0 and n the bound is 0 and 1 exactly; rounding would miss it by a hair.
    return (0.0 if successes == 0 else middle - half), (1.0 if successes == n else middle + half)


def newcombe(x1: float, n1: float, x0: float, n0: float, level: float = 0.95) -> Difference:
    """Difference of rates x1/n1 - x0/n0 with its interval and p.

    Interval: hybrid score, method 10 of Newcombe 1998, Statistics in Medicine 17, 873-890. p: score test with the
    pooled rate (Pearson's chi-square without correction), from the same family as Wilson's interval. Where lots were
    drawn for groups of people, divide all four by `clusters.design_effect`.
    """
    if not n1 or not n0:
        return NOTHING_KNOWN
    p1, p0 = x1 / n1, x0 / n0
    low1, high1 = rate_interval(x1, n1, level)
    low0, high0 = rate_interval(x0, n0, level)
    gap = p1 - p0
    low = gap - sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    high = gap + sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return Difference(gap, low, high, _pooled_p(x1, n1, x0, n0))


def two_sided(z: float) -> float:
    """Chance of a standard normal value at least this far from zero."""
    return float(2 * ndtr(-abs(z)))


def _pooled_p(x1: float, n1: float, x0: float, n0: float) -> float:
    pooled = (x1 + x0) / (n1 + n0)
    error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    return 1.0 if error == 0 else two_sided((x1 / n1 - x0 / n0) / error)
