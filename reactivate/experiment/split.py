"""Did the lot do what it was told? A split that does not match its shares makes every later number worthless."""

from collections.abc import Mapping
from math import fsum

from scipy.special import chdtrc

from reactivate.experiment.fewsplit import drawn_split, exact_split

STOP_BELOW = 0.001
"""p under which a run stops: a mismatch this rare is a bug (Fabijan and others 2019, KDD, sample ratio mismatch)."""
_FEW = 5
"""An arm that expects fewer makes the table of the chi-square wrong (Cochran 1954, Biometrics 10)."""


def sample_ratio(counts: Mapping[str, float], shares: Mapping[str, float]) -> float:
    """P of Pearson's chi-square: how often a fair lot with these `shares` misses them at least as far as `counts`.

    Where an arm expects fewer than five people two arms are counted exactly, for several fair lots are drawn.
    Names of both must be the same and shares are scaled to 1. Nobody assigned or a single arm: p = 1.
    ValueError names an arm without share, or one that has people although its share is zero.
    """
    if set(counts) != set(shares):
        odd = ", ".join(sorted(set(counts) ^ set(shares)))
        raise ValueError(f"counts and shares must name the same arms; only one of them has {odd}")
    total, whole = sum(counts.values()), fsum(shares.values())
    if whole <= 0 or any(share < 0 for share in shares.values()):
        raise ValueError("shares of arms must not be negative and must sum to more than zero")
    live = [arm for arm, share in shares.items() if share > 0]
    dead = [arm for arm, share in shares.items() if share == 0 and counts[arm]]
    if dead:
        raise ValueError(f"arm {dead[0]!r} should be empty and holds {counts[dead[0]]:,} people")
    if total == 0 or len(live) < 2:
        return 1.0
    expected = {arm: total * shares[arm] / whole for arm in live}
    if min(expected.values()) < _FEW:
        return _of_few([counts[arm] for arm in live], [shares[arm] / whole for arm in live])
    statistic = fsum((counts[arm] - expected[arm]) ** 2 / expected[arm] for arm in live)
    return float(chdtrc(len(live) - 1, statistic))


def _of_few(counts: list[float], shares: list[float]) -> float:
    if len(counts) > 2:
        return drawn_split(counts, shares)
    return exact_split([(round(sum(counts)), shares[1])], round(counts[1]))
