"""Did the lot do what it was told? A split that does not match its shares makes every later number worthless."""

from collections.abc import Mapping
from math import fsum

from scipy.special import chdtrc

STOP_BELOW = 0.001
"""p under which a run stops: a mismatch this rare is a bug (Fabijan and others 2019, KDD, sample ratio mismatch)."""


def sample_ratio(counts: Mapping[str, float], shares: Mapping[str, float]) -> float:
    """P of Pearson's chi-square: how often a fair lot with these `shares` misses them at least as far as `counts`.

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
    statistic = fsum((counts[arm] - expected[arm]) ** 2 / expected[arm] for arm in live)
    return float(chdtrc(len(live) - 1, statistic))
