"""The chance that a test shows its lift, counted over everything that may come out, by the interval that `lift` makes.

The usual formula (`power`) takes rates for normal and their variance for known. With a small holdout, or few who come
by themselves, neither is so: of tests of the size it names fewer than promised show the lift, with nobody expected to
come among those left alone none at all.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln, xlog1py, xlogy

from reactivate.experiment.intervals import z_of
from reactivate.experiment.power import held_out, needed_size

Floats = NDArray[np.float64]

MOST = 2 * 10**7
"""Above so many people nothing is counted: it would take seconds, and there the formula is as good."""
_DEVIATIONS = 9.0
"""Outcomes of the holdout further from their mean than so many standard deviations (and thirty) never happen."""


def chance_to_see(people: int, base: float, lift: float, holdout_share: float, alpha: float = 0.05) -> float | None:
    """Chance that Newcombe's interval (level 1 - `alpha`) of a test of `people` lies wholly on the side of `lift`.

    Exact: binomial chances summed over all counts. None below two people and above twenty million.
    """
    if not 2 <= people <= MOST:
        return None
    if lift < 0:  # fewer who come = more who stay away
        return chance_to_see(people, 1 - base, -lift, holdout_share, alpha)
    alone = held_out(people, holdout_share)
    treated = people - alone
    came = _likely(alone, base)
    enough = _fewest_that_show(came, alone, treated, z_of(1 - alpha))
    shown = np.where(
        enough > treated, 0.0, betainc(np.maximum(enough, 1), np.maximum(treated - enough + 1, 1), base + lift)
    )
    weight = _chances(came, alone, base)
    return float(weight @ np.where(enough == 0, 1.0, shown) / weight.sum())


def counted_size(base: float, lift: float, holdout_share: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """People with whom `chance_to_see` reaches `power`; None where more than twenty million would be needed.

    Counts are whole, so the chance climbs in small steps with small falls between: the answer is one place where it
    crosses, good to a per cent or so.
    """
    low, high = 2, max(2, needed_size(base, lift, holdout_share, power, alpha))
    while high <= MOST and _chance(high, base, lift, holdout_share, alpha) < power:
        low, high = high, high + max(1, high // 2)
    if high > MOST:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _chance(middle, base, lift, holdout_share, alpha) >= power else (middle, high)
    return high


def _chance(people: int, base: float, lift: float, holdout_share: float, alpha: float) -> float:
    return chance_to_see(people, base, lift, holdout_share, alpha) or 0.0


def _likely(people: int, rate: float) -> Floats:
    """The counts that may come out of so many people, but for a hair."""
    mean, far = people * rate, _DEVIATIONS * np.sqrt(people * rate * (1 - rate)) + 30
    counts: Floats = np.arange(max(0, np.floor(mean - far)), min(people, np.ceil(mean + far)) + 1)
    return counts


def _chances(count: Floats, people: int, rate: float) -> Floats:
    """Binomial chances of the counts."""
    ways = gammaln(people + 1) - gammaln(count + 1) - gammaln(people - count + 1)
    chances: Floats = np.exp(ways + xlogy(count, rate) + xlog1py(people - count, -rate))
    return chances


def _fewest_that_show(came: Floats, alone: int, treated: int, z: float) -> Floats:
    """For each count of those left alone: the fewest of the treated with whom the interval lies above zero.

    One more than all of them where even all do not show it. More who come never take a lift away, so halving finds it.
    """
    share = came / alone
    above = _wilson(came, alone, z)[1] - share
    low, high = np.full(len(came), -1.0), np.full(len(came), treated + 1.0)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        rate = middle / treated
        gap, below = rate - share, rate - _wilson(middle, treated, z)[0]
        shows = gap > np.hypot(below, above)
        low, high = np.where(shows, low, middle), np.where(shows, middle, high)
    return high


def _wilson(count: Floats, people: int, z: float) -> tuple[Floats, Floats]:
    """Wilson's interval for many counts at once; `intervals.rate_interval` is the same for one."""
    rate, part = count / people, z * z / people
    middle = rate + part / 2
    half = z * np.sqrt(rate * (1 - rate) / people + part / (4 * people))
    low = np.where(count == 0, 0.0, (middle - half) / (1 + part))
    return low, np.where(count == people, 1.0, (middle + half) / (1 + part))
