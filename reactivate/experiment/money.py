"""Differences of means: margin per assigned person, everybody counted, buyers or not."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from reactivate.experiment.intervals import NOTHING_KNOWN, Difference

Floats = NDArray[np.float64]
_CELLS = 20_000_000
_CHUNK = 2_000_000


class Moments(NamedTuple):
    """Size, mean and variance (n - 1) of an arm; the variance of one person is None."""

    n: int
    mean: float | None
    variance: float | None

    @classmethod
    def of(cls, values: Floats) -> "Moments":
        n = len(values)
        return cls(n, float(values.mean()) if n else None, float(values.var(ddof=1)) if n > 1 else None)


def welch(treated: Moments, control: Moments, level: float = 0.95) -> Difference:
    """Difference of means with Welch's interval and p (Welch 1947, Biometrika 34): unequal sizes and variances.

    Interval and p are None for an arm of fewer than two people, and where nothing varies at all.
    """
    if treated.mean is None or control.mean is None:
        return NOTHING_KNOWN
    gap = treated.mean - control.mean
    if treated.variance is None or control.variance is None:
        return Difference(gap, None, None, None)
    parts = treated.variance / treated.n, control.variance / control.n
    error = sqrt(sum(parts))
    if error == 0:
        return Difference(gap, None, None, None)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (treated.n - 1) + parts[1] ** 2 / (control.n - 1))
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    return Difference(gap, gap - half, gap + half, float(2 * stdtr(freedom, -abs(gap) / error)))


@frozen
class Bootstrap:
    """A percentile interval of the difference of means from `draws` resamplings."""

    low: float
    high: float
    draws: int


def bootstrap(
    treated: Floats, control: Floats, *, level: float = 0.95, draws: int = 10_000, seed: int = 0
) -> Bootstrap | None:
    """Percentile bootstrap (Efron, Tibshirani 1993, ch. 13) of the difference of means.

    None for an arm of fewer than two people, and where nothing varies: resampling would be sure of what is not known.

    Says what Welch cannot where a few large orders carry the mean. People are drawn by how often each different value
    occurs, so a million people who mostly spent nothing cost little; with very many different values fewer draws.
    """
    if min(len(treated), len(control)) < 2 or not (np.ptp(treated) or np.ptp(control)):
        return None
    arms = [np.unique(values, return_counts=True) for values in (treated, control)]
    cells = sum(len(values) for values, _ in arms)
    draws = int(np.clip(_CELLS // cells, 100, draws))
    generator = np.random.default_rng(seed)
    means = [_means(values, counts, draws, generator) for values, counts in arms]
    low, high = np.quantile(means[0] - means[1], [(1 - level) / 2, (1 + level) / 2])
    return Bootstrap(float(low), float(high), draws)


def _means(values: Floats, counts: NDArray[np.int64], draws: int, generator: np.random.Generator) -> Floats:
    n = int(counts.sum())
    shares = counts / n
    at_once = max(1, _CHUNK // len(values))
    parts = [
        generator.multinomial(n, shares, size=min(at_once, draws - done)) @ values for done in range(0, draws, at_once)
    ]
    return np.concatenate(parts) / n
