"""What is expected of one person in place of one number for all: his order value, his chance to come by himself.

Both move from what is his own towards his group by as much as is unknown of him.
"""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STEPS = 60
_EDGE = 1e-9


@frozen(eq=False)
class Credible:
    """`values` per person; `weight` of his own mean in it (0 to 1); `orders`: how many weigh as much as his group.

    `orders` is None where nobody ordered twice, so that nothing says how much one order tells: own means stand alone.
    """

    values: Floats
    weight: Floats
    orders: float | None


def credible_means(count: Floats, total: Floats, squares: Floats, group: Ints) -> Credible:
    """Each person's mean sum of an order, moved towards the mean of his group as far as few orders leave it unsure.

    `count`, `total`, `squares`: orders of each person, their sum, the sum of their squares. Weight n / (n + k), k the
    variance of one person's orders over the variance between persons of a group (Buehlmann, Straub 1970, Bulletin of
    the Swiss Association of Actuaries 70; variance components as in Searle, Casella, McCulloch 1992, ch. 3). A person
    without orders has the mean of his group, a group without any NaN.
    """
    has = count > 0
    mean = np.divide(total, count, out=np.zeros_like(total), where=has)
    noise = _noise(count, total, squares)
    if noise is None:
        weight = has.astype(np.float64)
        return Credible(_blend(mean, weight, _group_means(mean, weight, group)), weight, None)
    orders = np.bincount(group, count)
    middle = np.divide(np.bincount(group, total), orders, out=np.full(len(orders), np.nan), where=orders > 0)
    groups = int((orders > 0).sum())
    gaps = float((count * np.where(has, mean - middle[group], 0.0) ** 2).sum())
    uneven = np.divide(np.bincount(group, count**2), orders, out=np.zeros_like(orders), where=orders > 0).sum()
    room = float(count.sum() - uneven)
    between = max(0.0, (gaps - (int(has.sum()) - groups) * noise) / room) if room > 0 else 0.0
    k = noise / between if between > 0 else np.inf
    weight = count / (count + k) if np.isfinite(k) else np.where(noise == 0, has, 0).astype(np.float64)
    heavy = weight if weight.any() else count
    return Credible(
        _blend(mean, weight, _group_means(mean, heavy, group)), weight, float(k) if np.isfinite(k) else None
    )


def spread_over(rate: Floats, chance: Floats, group: Ints) -> Floats:
    """The known `rate` of each group spread over its people by their `chance`: its mean stays, persons differ.

    Both per person; a person without a chance (NaN) keeps the rate, as does everybody where no rate is known. All
    chances of a group move by one number on the scale of log-odds until their mean is the rate (calibration in the
    large: Steyerberg 2019, Clinical Prediction Models, ch. 15).
    """
    known = np.isfinite(chance) & np.isfinite(rate) & (rate > 0) & (rate < 1)
    found = rate.copy()
    if not known.any():
        return found
    odds = np.clip(chance[known], _EDGE, 1 - _EDGE)
    odds = np.log(odds / (1 - odds))
    mine, goal = group[known], rate[known]
    size = np.maximum(np.bincount(mine), 1)
    wanted = np.bincount(mine, goal) / size
    low, high = np.full(len(size), -50.0), np.full(len(size), 50.0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        reached = np.bincount(mine, _share(odds + middle[mine])) / size
        low, high = np.where(reached < wanted, middle, low), np.where(reached < wanted, high, middle)
    found[known] = _share(odds + ((low + high) / 2)[mine])
    return found


def _noise(count: Floats, total: Floats, squares: Floats) -> float | None:
    """Variance of one person's orders, pooled over those with at least two; None where there is nobody."""
    often = count > 1
    freedom = float((count[often] - 1).sum())
    if not freedom:
        return None
    return max(0.0, float((squares[often] - total[often] ** 2 / count[often]).sum()) / freedom)


def _group_means(mean: Floats, weight: Floats, group: Ints) -> Floats:
    """Weighted mean of the group of each person; NaN for a group without weight."""
    whole = np.bincount(group, weight)
    sums = np.bincount(group, weight * mean)
    means: Floats = np.divide(sums, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return means[group]


def _blend(mean: Floats, weight: Floats, group: Floats) -> Floats:
    return np.where(weight >= 1, mean, weight * mean + (1 - weight) * group)


def _share(odds: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
    return share
