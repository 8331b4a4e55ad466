"""Reading a test while it runs: an interval that stays true however often one looks.

An ordinary 95 % interval read every day shows an effect that is not there in every third test or so. The mixture
interval below holds at all moments at once (Robbins 1970; Johari, Koomen, Pekelis, Walsh 2017, KDD, eq. 9):

    difference +- sqrt( V (V + t^2) / t^2 x (2 ln(1 / alpha) + ln((V + t^2) / V)) )

with V the variance of the difference at this moment and t the size of effect it is tuned to. It is wider than the
ordinary one; that is the price of looking.
"""

from math import log, sqrt

from reactivate.experiment.intervals import NOTHING_KNOWN, Difference


def always_valid(difference: float, error: float, tuned_to: float, level: float = 0.95) -> tuple[float, float]:
    """Low and high end at any moment; `error`: standard error now, `tuned_to`: effect expected, fixed before the start.

    The level holds for every choice of `tuned_to`; a good one only makes the interval narrower.
    """
    if error <= 0 or tuned_to == 0:
        raise ValueError("an always-valid interval needs a standard error above zero and an expected effect")
    variance, prior = error**2, tuned_to**2
    total = variance + prior
    half = sqrt(variance * total / prior * (2 * log(1 / (1 - level)) + log(total / variance)))
    return difference - half, difference + half


def peek(x1: int, n1: int, x0: int, n0: int, expected_lift: float, level: float = 0.95) -> Difference:
    """Difference of rates with its always-valid interval; the p stays None: there is no p for one look among many.

    The variance is taken from rates with one success and one failure added to each arm (Agresti, Caffo 2000), so that
    a first day without any order does not look certain.
    """
    if not n1 or not n0:
        return NOTHING_KNOWN
    error = sqrt(sum(_variance(x, n) for x, n in ((x1, n1), (x0, n0))))
    gap = x1 / n1 - x0 / n0
    low, high = always_valid(gap, error, expected_lift, level)
    return Difference(gap, max(-1.0, low), min(1.0, high), None)


def _variance(x: int, n: int) -> float:
    rate = (x + 1) / (n + 2)
    return rate * (1 - rate) / (n + 2)
