"""Reading a test while it runs: an interval that stays true however often one looks.

An ordinary 95 % interval read every day shows an effect that is not there in every third test or so. Two things grow
while a campaign runs: people enter, and those who are in come back one after the other. In both cases the score

    M = k x (difference of rates so far),   k = n1 n0 / (n1 + n0)

moves like a random walk whose variance so far is Q = k p (1 - p), and a walk stays within

    +- sqrt( (Q + r) (ln((Q + r) / r) + 2 ln(1 / alpha)) )

at all moments at once with chance 1 - alpha, for any r fixed before the start (Robbins 1970, Annals of Mathematical
Statistics 41; Johari, Koomen, Pekelis, Walsh 2017, KDD, for tests whose people come one by one; Sellke, Siegmund 1983,
Biometrika 70, for people whose events come in time). Divided by k it is an interval for the difference. It is wider
than the ordinary one, three standard errors and a little in place of two; that is the price of looking.
"""

from collections.abc import Sequence
from math import log, sqrt

from reactivate.experiment.intervals import NOTHING_KNOWN, Difference
from reactivate.experiment.money import Moments
from reactivate.experiment.stratified import Stratum, variance_of

USUAL_BASE = 0.1
"""Base rate that the interval is tuned to where none was known at the start."""


def always_valid(
    difference: float, weight: float, variance: float, tuned_to: float, level: float = 0.95
) -> tuple[float, float]:
    """Low and high end at any moment: `weight` is k, `variance` is Q of the score so far, `tuned_to` is r.

    The level holds for every r fixed before the start; the interval is narrowest about where Q is eight times r.
    """
    if weight <= 0 or variance <= 0 or tuned_to <= 0:
        raise ValueError("an always-valid interval needs people in both arms, a variance and a tuning above zero")
    total = variance + tuned_to
    half = sqrt(total * (log(total / tuned_to) + 2 * log(1 / (1 - level)))) / weight
    return difference - half, difference + half


def tuning(expected_lift: float, base_rate: float = USUAL_BASE) -> float:
    """The r of a test planned to see `expected_lift` over `base_rate`: an eighth of the variance at 80 % power."""
    if not expected_lift or not 0 < base_rate < 1:
        raise ValueError("a test is tuned to an expected lift other than zero and a base rate between 0% and 100%")
    return (base_rate * (1 - base_rate)) ** 2 / expected_lift**2


def peek(
    x1: float, n1: float, x0: float, n0: float, expected_lift: float, base_rate: float = USUAL_BASE, level: float = 0.95
) -> Difference:
    """Difference of rates so far with its always-valid interval; p stays None: one look among many has none.

    `expected_lift`, `base_rate`: as expected before the start; they only tune the width. The pooled rate has one
    success and one failure added to each arm, so that a first day without any order does not look certain.
    """
    if not n1 or not n0:
        return NOTHING_KNOWN
    rate = (x1 + x0 + 2) / (n1 + n0 + 4)
    weight = n1 * n0 / (n1 + n0)
    gap = x1 / n1 - x0 / n0
    low, high = always_valid(gap, weight, weight * rate * (1 - rate), tuning(expected_lift, base_rate), level)
    return Difference(gap, max(-1.0, low), min(1.0, high), None)


def peek_strata(
    strata: Sequence[Stratum], expected_lift: float, base_rate: float = USUAL_BASE, level: float = 0.95
) -> Difference:
    """`peek` over strata, each compared with itself (`stratified`); strata with an empty arm say nothing."""
    if not any(row[1] and row[3] for row in strata):
        return NOTHING_KNOWN
    gap, noise, weight = variance_of(strata)
    low, high = always_valid(gap, weight, weight**2 * noise, tuning(expected_lift, base_rate), level)
    return Difference(gap, max(-1.0, low), min(1.0, high), None)


def peek_means(treated: Moments, control: Moments, spread: float, people: float, level: float = 0.95) -> Difference:
    """Difference of means so far with its always-valid interval; p stays None.

    `spread`: standard deviation of the outcome as expected before the start, `people`: the weight n1 n0 / (n1 + n0)
    that was then expected; they only tune the width (r is an eighth of the variance of such a score). The variance is
    estimated, so the level holds as the arms grow (Waudby-Smith and others 2024, Annals of Statistics 52: asymptotic
    confidence sequences). Low and high are None while nothing varies, or an arm has fewer than two people.
    """
    if treated.mean is None or control.mean is None:
        return NOTHING_KNOWN
    gap = treated.mean - control.mean
    if not treated.variance or not control.variance or spread <= 0 or people <= 0:
        return Difference(gap, None, None, None)
    weight = treated.n * control.n / (treated.n + control.n)
    noise = treated.variance / treated.n + control.variance / control.n
    low, high = always_valid(gap, weight, weight**2 * noise, people * spread**2 / 8, level)
    return Difference(gap, low, high, None)
