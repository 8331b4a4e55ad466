"""What an order day is worth, how many orders it holds, what is not returned: per person, each shrunk to the base.

When Gamma-Gamma cannot be fitted the own mean leans on the base's by credibility (Bühlmann and Straub 1970,
"Glaubwürdigkeit für Schadensätze", Mitteilungen der Vereinigung schweizerischer Versicherungsmathematiker 70): with n
order days it counts n / (n + k), where k is the variance of sums within persons by the variance of means between
them. Empirical Bayes without any shape assumed.
"""

import numpy as np
from attrs import frozen

from reactivate.analytics.arrays import Bools, Floats, Ints, starts_of_groups
from reactivate.analytics.btyd import GammaGamma
from reactivate.analytics.history import History

_ORDERS_PER_DAY_WEIGHT = 5.0
_PRIOR_DAYS = 5.0
"""Order days that the base's mean counts for when nobody's sums tell how much they scatter."""
_LEAST_WEIGHT = 1e-9
"""Even where nobody's sums ever differ, whoever has none yet gets the base's mean."""


@frozen(eq=False)
class DaySums:
    """Per person: `days` with a known sum, their `mean` (0 without), and the squared deviations from it in all."""

    days: Ints
    mean: Floats
    squares: Floats


def day_sums(bought: History, *, first_day: bool) -> DaySums:
    """Sums of order days in the currency's unit; Gamma-Gamma's authors leave the first day of a person out."""
    counted = bought.known.copy()
    if not first_day:
        counted &= ~_on_first_day(bought)
    person, day, cents = bought.person[counted], bought.day[counted], bought.cents[counted]
    fresh = np.ones(len(day), bool)
    fresh[1:] = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    sums = np.bincount(np.cumsum(fresh) - 1, cents) / 100 if len(day) else np.zeros(0)
    owner = person[fresh]
    days = np.bincount(owner, minlength=bought.persons)
    mean = np.bincount(owner, sums, minlength=bought.persons) / np.maximum(days, 1)
    squares: Floats = np.bincount(owner, (sums - mean[owner]) ** 2, minlength=bought.persons).astype(np.float64)
    return DaySums(days, mean, squares)


def expected_sum(bought: History, sums: GammaGamma) -> Floats:
    """Sum to expect of an order day: by Gamma-Gamma, by credibility when that did not converge; NaN without any sum."""
    seen = day_sums(bought, first_day=True)
    if sums.maximum.trouble is None:
        return sums.expected_sum(seen.days, seen.mean)
    return credible_mean(seen)


def credible_mean(seen: DaySums) -> Floats:
    """The own mean, leaning on the base's the more the fewer days it was taken over; the base's for who has none."""
    known = seen.days > 0
    if not known.any():
        return np.full(len(seen.days), np.nan)
    days, mean = seen.days[known].astype(np.float64), seen.mean[known]
    weight = _weight_of_base(days, mean, float(seen.squares[known].sum()))
    trust = days / (days + weight) if np.isfinite(weight) else days / days.sum()
    base = float(np.sum(trust * mean) / np.sum(trust))
    if not np.isfinite(weight):
        return np.full(len(seen.days), base)
    found: Floats = (seen.days * seen.mean + weight * base) / (seen.days + weight)
    return found


def _weight_of_base(days: Floats, mean: Floats, squares: float) -> float:
    """Order days that the base counts for; infinite when the means differ no more than chance makes them."""
    freedom, total = float((days - 1).sum()), float(days.sum())
    if not freedom or len(days) < 2:
        return _PRIOR_DAYS
    within = squares / freedom
    apart = float(np.sum(days * (mean - np.sum(days * mean) / total) ** 2)) - (len(days) - 1) * within
    between = apart / (total - float(np.sum(days**2)) / total)
    return max(within / between, _LEAST_WEIGHT) if between > 0 else float("inf")


def orders_per_day(bought: History) -> Floats:
    """Orders on an order day: 1 for most, more for those who order twice a day; shrunk to the mean of the base."""
    orders = np.bincount(bought.person, minlength=bought.persons)
    days = np.bincount(bought.order_days()[0], minlength=bought.persons)
    base = orders.sum() / max(days.sum(), 1)
    found: Floats = (orders + _ORDERS_PER_DAY_WEIGHT * base) / (days + _ORDERS_PER_DAY_WEIGHT)
    return found


def kept_share(found: History) -> Floats:
    """The part of the sums ordered that is not returned, shrunk to the base's by the weight of one mean order."""
    spent, returned = np.maximum(found.cents, 0), np.maximum(-found.cents, 0)
    gross = np.bincount(found.person, spent, minlength=found.persons)
    back = np.bincount(found.person, returned, minlength=found.persons)
    base = min(back.sum() / max(gross.sum(), 1), 1.0)
    one = max(gross.sum() / max(np.count_nonzero(spent), 1), 1.0)
    kept: Floats = 1 - np.minimum((np.minimum(back, gross) + base * one) / (gross + one), 1.0)
    return kept


def _on_first_day(bought: History) -> Bools:
    if not len(bought.day):
        return np.zeros(0, bool)
    first = bought.day[np.maximum(starts_of_groups(bought.person, bought.persons), 0)]
    found: Bools = bought.day <= first[bought.person]
    return found
