"""Own buying rhythm: the usual gap between a person's order days, shrunk to the habit of the base when orders are few.

Gaps are taken on the log scale, where they are roughly normal within a person. The person's median counts with weight
n (its gaps), the base's typical gap with weight k = (variance within persons) / (variance between persons): the
empirical Bayes estimate of a one-way random effects model (Efron and Morris 1975, JASA 70). One gap is thus
mostly the base's habit, twenty are one's own.
"""

from typing import Any

import numpy as np
from attrs import frozen

from reactivate.analytics.arrays import Floats, Ints, starts_of_groups

_USUALLY = 0.95
_Z95, _Z_RANGE = 1.6449, (0.5, 3.0)
_ENOUGH_GAPS = 50
"""From so many gaps on, the 95 % point of standardised gaps is read off the base instead of the normal table: log gaps
have a long left tail (the second parcel of the same week), so the normal point would lie far too high."""
_SMALLEST_SPREAD = 0.25
"""Even the most punctual customer may be a quarter late on the log scale before the limit is drawn."""
_PRIOR_SPREAD = 0.7
"""Spread of log gaps assumed when nobody has two gaps; online shops lie between 0.6 and 1."""
_PRIOR_GAPS = 3.0
_WEIGHTS = (0.5, 10.0)


@frozen(eq=False)
class Rhythms:
    """Per person `usual` and `limit` in days (NaN with fewer than two order days), and the same of the base.

    `limit` is the gap that about 19 in 20 gaps of the person stay under. `base_usual` and `base_limit` are the median
    and the 95 % point of the gap between first and second order day in the base, what one knows of somebody with one
    order; NaN when nobody came twice. `gaps` counts the gaps of each person.
    """

    usual: Floats
    limit: Floats
    gaps: Ints
    base_usual: float
    base_limit: float


def rhythms(person: Ints, day: Ints, persons: int) -> Rhythms:
    """Rhythm of every person from distinct order days, ascending by person and day."""
    same = np.diff(person) == 0
    owner, gap = person[1:][same], np.diff(day)[same]
    count = np.bincount(owner, minlength=persons)
    empty = np.full(persons, np.nan)
    if not len(gap):
        return Rhythms(empty, empty.copy(), count, float("nan"), float("nan"))
    centre = np.log(_medians(owner, gap, count))
    squares = np.bincount(owner, (np.log(gap) - centre[owner]) ** 2, minlength=persons)
    known = count > 0
    base = float(np.median(centre[known]))
    within, between = _variances(centre[known], squares[known], count[known])
    weight = float(np.clip(within / between, *_WEIGHTS)) if between > 0 else _WEIGHTS[1]
    location = (count * centre + weight * base) / (count + weight)
    own = (squares + _PRIOR_GAPS * within) / (np.maximum(count - 1, 0) + _PRIOR_GAPS)
    spread = np.sqrt(np.maximum(own, _SMALLEST_SPREAD**2) * (1 + 1 / (count + weight)))
    usual = np.where(known, np.exp(location), np.nan)
    reach = _upper_point((np.log(gap) - location[owner]) / spread[owner])
    first = gap[starts_of_groups(owner, persons)[known]]
    limit = max(float(np.quantile(first, _USUALLY)), float(np.median(first)) * np.exp(_SMALLEST_SPREAD))
    return Rhythms(usual, usual * np.exp(reach * spread), count, float(np.median(first)), limit)


def _upper_point(standardised: Floats) -> float:
    if len(standardised) < _ENOUGH_GAPS:
        return _Z95
    return float(np.clip(np.quantile(standardised, _USUALLY), *_Z_RANGE))


def _medians(owner: Ints, gap: Ints, count: Ints) -> Floats:
    """Median gap per person; 1 where there is none, so that its logarithm is 0."""
    packed = np.sort((owner << 22) | np.minimum(gap, (1 << 22) - 1))
    ordered = packed & ((1 << 22) - 1)
    start = np.maximum(starts_of_groups(packed >> 22, len(count)), 0)
    low, high = (
        ordered[start + np.maximum(count - 1, 0) // 2],
        ordered[np.minimum(start + count // 2, len(ordered) - 1)],
    )
    return np.where(count > 0, (low + high) / 2, 1.0)


def _variances(centre: Floats, squares: Any, count: Ints) -> tuple[float, float]:
    """Variance of log gaps within persons, and of their centres between persons (never negative)."""
    freedom = int((count - 1).sum())
    within = float(squares.sum() / freedom) if freedom else _PRIOR_SPREAD**2
    if len(centre) < 2:
        return within, 0.0
    observed = float(np.var(centre, ddof=1))
    return within, max(observed - within * float(np.mean(1 / count)), 0.0)
