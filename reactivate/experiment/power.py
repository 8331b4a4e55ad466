"""Power before the start: how many people are needed, and the smallest lift that can be seen.

n = (z_alpha + z_power)^2 x (p1 (1 - p1) / s + p0 (1 - p0) / (1 - s)) / tau^2, s = share contacted, p1 = p0 + tau:
the usual normal approximation for two unequal groups (Fleiss, Levin, Paik 2003, ch. 4, without correction).
"""

from math import floor, sqrt

from scipy.special import ndtri


def needed_size(base: float, lift: float, holdout_share: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """People needed in both arms together to see `lift` (a difference of shares) over `base`; to the nearest person."""
    _check(base, holdout_share)
    treated = base + lift
    if lift == 0 or not 0 <= treated <= 1:
        raise ValueError(f"a lift of {lift * 100:g} points over {base:.1%} cannot be: rates lie between 0% and 100%")
    variance = treated * (1 - treated) / (1 - holdout_share) + base * (1 - base) / holdout_share
    # A certain difference (0 % against 100 %) has no variance; still nobody learns from empty arms.
    return max(2, floor(_z(power, alpha) ** 2 * variance / lift**2 + 0.5))


def held_out(people: int, holdout_share: float) -> int:
    """How many of `people` (two or more) a test leaves alone: nobody learns anything from an empty arm."""
    return min(max(1, round(people * holdout_share)), people - 1)


def smallest_lift(
    n: int, base_rate: float, holdout_share: float, power: float = 0.8, alpha: float = 0.05
) -> float | None:
    """Smallest positive lift that `n` people in both arms show with this power; None = this test cannot tell anything.

    Solves the formula above for tau: with p1 = p0 + tau it is a quadratic with one positive root.
    """
    if not 0 < holdout_share < 1 or n < 2:
        return None
    _check(base_rate, holdout_share)
    z2, s = _z(power, alpha) ** 2, 1 - holdout_share
    spread = base_rate * (1 - base_rate)
    a = n + z2 / s
    b = -z2 / s * (1 - 2 * base_rate)
    c = -z2 * spread * (1 / s + 1 / holdout_share)
    lift = (-b + sqrt(b * b - 4 * a * c)) / (2 * a)
    return lift if 0 < lift <= 1 - base_rate else None


def _z(power: float, alpha: float) -> float:
    if not 0 < power < 1 or not 0 < alpha < 1:
        raise ValueError(f"power and alpha lie between 0 and 1, got {power} and {alpha}")
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def _check(base: float, holdout_share: float) -> None:
    if not 0 <= base <= 1:
        raise ValueError(f"a base rate lies between 0% and 100%, got {base:.1%}")
    if not 0 < holdout_share < 1:
        raise ValueError(f"a holdout lies between 0% and 100%, both excluded; got {holdout_share:.0%}")
