"""The difference of two rates over strata: each stratum compared with itself, then averaged.

Weights n1 n0 / (n1 + n0) (Mantel and Haenszel's risk difference, Greenland, Robins 1985, Biometrics 41); where every
stratum has the same share held out they are its share of the people, which is post-stratification. What differs between
strata is no noise any more, so the interval is the shorter the more unlike the strata are.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from reactivate.experiment.intervals import NOTHING_KNOWN, Difference, newcombe, rate_interval, two_sided, z_of

Floats = NDArray[np.float64]
Stratum = tuple[float, float, float, float]
"""x1, n1, x0, n0: reached and people, treated and left alone."""


def stratified(strata: Sequence[Stratum], level: float = 0.95) -> Difference:
    """Averaged difference, its stratified Newcombe interval, and p; strata with an empty arm say nothing.

    Interval: Newcombe's two arms joined, each with a stratified Wilson interval (Yan, Su 2010, Statistics in
    Biopharmaceutical Research 2); one stratum is `newcombe` exactly. p: Mantel and Haenszel's chi-square without
    correction (1959, Journal of the National Cancer Institute 22).
    """
    both = [row for row in strata if row[1] > 0 and row[3] > 0]
    if len(both) <= 1:
        return newcombe(*both[0], level) if both else NOTHING_KNOWN
    x1, n1, x0, n0 = (np.array(column, dtype=np.float64) for column in zip(*both, strict=True))
    weight = n1 * n0 / (n1 + n0)
    weight /= weight.sum()
    rate1, low1, high1 = _wilson(x1, n1, weight, level)
    rate0, low0, high0 = _wilson(x0, n0, weight, level)
    gap = rate1 - rate0
    low = gap - sqrt((rate1 - low1) ** 2 + (high0 - rate0) ** 2)
    high = gap + sqrt((high1 - rate1) ** 2 + (rate0 - low0) ** 2)
    return Difference(gap, low, high, _mantel_haenszel(x1, n1, x0, n0))


def variance_of(strata: Sequence[Stratum]) -> tuple[float, float, float]:
    """The averaged difference, its variance, and the sum of the weights n1 n0 / (n1 + n0) of strata with both arms."""
    both = [row for row in strata if row[1] > 0 and row[3] > 0]
    if not both:
        raise ValueError("no stratum has people in both arms")
    x1, n1, x0, n0 = (np.array(column, dtype=np.float64) for column in zip(*both, strict=True))
    weight = n1 * n0 / (n1 + n0)
    gap = float((weight * (x1 / n1 - x0 / n0)).sum() / weight.sum())
    noise = float((weight**2 * (_smooth(x1, n1) + _smooth(x0, n0))).sum() / weight.sum() ** 2)
    return gap, noise, float(weight.sum())


def _wilson(x: Floats, n: Floats, weight: Floats, level: float) -> tuple[float, float, float]:
    """Weighted rate with its stratified Wilson interval: each stratum at a level that makes the sum hold at `level`.

    Variances with one success and one failure added, so that a stratum in which nobody came counts all the same.
    """
    spread = weight * np.sqrt(_smooth(x, n))
    z = z_of(level) * float(np.sqrt((spread**2).sum()) / spread.sum())
    inner = 1 - two_sided(z)
    ends = np.array([rate_interval(one, size, inner) for one, size in zip(x, n, strict=True)])
    return float((weight * x / n).sum()), float(weight @ ends[:, 0]), float(weight @ ends[:, 1])


def _smooth(x: Floats, n: Floats) -> Floats:
    """Variance of a rate (Agresti, Caffo 2000, The American Statistician 54): never zero."""
    rate = (x + 1) / (n + 2)
    variance: Floats = rate * (1 - rate) / (n + 2)
    return variance


def _mantel_haenszel(x1: Floats, n1: Floats, x0: Floats, n0: Floats) -> float:
    size, came = n1 + n0, x1 + x0
    several = size > 1
    expected = (n1 * came / size)[several].sum()
    noise = (n1 * n0 * came * (size - came) / (size**2 * np.maximum(size - 1, 1)))[several].sum()
    return 1.0 if noise == 0 else two_sided(float((x1[several].sum() - expected) / sqrt(noise)))
