"""CUPED: take out of an outcome what was known before the start, and the interval shrinks.

Y' = Y - theta (X - mean X), theta by least squares within arms (Deng, Xu, Kohavi, Walker 2013, WSDM). The covariates
must have been fixed before the lot was drawn; then the difference stays unbiased.
"""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@frozen(eq=False)
class Adjusted:
    """The outcome with the covariates taken out, and by how much its variance within arms fell (0 to 1)."""

    values: Floats
    variance_reduction: float
    used: tuple[str, ...]


def cuped(outcome: Floats, arm: Ints, covariates: dict[str, Floats]) -> Adjusted | None:
    """`outcome` adjusted by `covariates` (an array of floats per name); None when none of them varies within arms.

    A missing covariate (NaN) counts as the mean of those known: known before the start, so it cannot bias.
    """
    columns = {name: _filled(values) for name, values in covariates.items()}
    inner = {name: _within(values, arm) for name, values in columns.items()}
    used = tuple(
        name for name, values in inner.items() if np.ptp(values) > 1e-12 * max(1.0, np.abs(columns[name]).max())
    )
    if not used or len(outcome) < 3:
        return None
    left = _within(outcome, arm)
    right = np.column_stack([inner[name] for name in used])
    theta = np.linalg.lstsq(right, left, rcond=None)[0]
    centred = np.column_stack([columns[name] - columns[name].mean() for name in used])
    before, after = float(left @ left), float(np.sum((left - right @ theta) ** 2))
    return Adjusted(outcome - centred @ theta, 1 - after / before if before > 0 else 0.0, used)


def _within(values: Floats, arm: Ints) -> Floats:
    """Values less the mean of their arm."""
    sizes = np.maximum(np.bincount(arm), 1)
    means: Floats = np.bincount(arm, weights=values) / sizes
    return values - means[arm]


def _filled(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.where(known, values, values[known].mean() if known.any() else 0.0)
