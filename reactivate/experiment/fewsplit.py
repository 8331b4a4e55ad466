"""Did the lot do what it was told, where few were assigned? There Pearson's chi-square cries wolf.

Of two households with a tenth left alone both stay behind once in a hundred times; the chi-square calls that 2 in
100,000. A campaign that takes in a handful every day would soon be stopped for nothing. So few are counted exactly.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlog1py, xlogy

Floats = NDArray[np.float64]
_DEVIATIONS = 10.0
_DRAWS, _AT_ONCE = 100_000, 2_000_000
_HAIR = 1e-7
"""Chances that differ by less are equal: they were rounded on different ways."""


def exact_split(lots: Iterable[tuple[int, float]], held: int) -> float:
    """How often lots (people, share held out) hold out in all a number as unlikely as `held`, or more so."""
    chances, first = np.ones(1), 0
    for people, share in lots:
        mine, least = _binomial(people, share)
        chances, first = np.convolve(chances, mine), first + least
    place = held - first
    if not 0 <= place < len(chances):
        return 0.0
    return float(min(1.0, chances[chances <= chances[place] * (1 + _HAIR)].sum()))


def drawn_split(counts: Sequence[float], shares: Sequence[float]) -> float:
    """P of Pearson's statistic over several arms, from 100,000 fair lots drawn (Hope 1968, JRSS B 30)."""
    total, expected = round(sum(counts)), np.asarray(shares) * sum(counts)
    generator = np.random.default_rng(0)
    seen, far = _statistic(np.asarray(counts)[None, :], expected)[0], 0
    at_once = max(1, _AT_ONCE // len(expected))
    for done in range(0, _DRAWS, at_once):
        lots = generator.multinomial(total, shares, size=min(at_once, _DRAWS - done))
        far += int((_statistic(lots, expected) >= seen * (1 - _HAIR)).sum())
    return (far + 1) / (_DRAWS + 1)


def _binomial(people: int, share: float) -> tuple[Floats, int]:
    """Chances of the counts that may come out, and the first of these counts."""
    mean, far = people * share, _DEVIATIONS * np.sqrt(people * share * (1 - share)) + 50
    least = max(0, int(mean - far))
    count = np.arange(least, min(people, int(mean + far) + 1) + 1)
    ways = gammaln(people + 1) - gammaln(count + 1) - gammaln(people - count + 1)
    chances: Floats = np.exp(ways + xlogy(count, share) + xlog1py(people - count, -share))
    return chances, least


def _statistic(lots: NDArray[Any], expected: Floats) -> Floats:
    statistic: Floats = ((lots - expected) ** 2 / expected).sum(axis=1)
    return statistic
