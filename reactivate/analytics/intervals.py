"""Intervals for counted shares."""

from typing import Any

import numpy as np

from reactivate.analytics.arrays import Floats

_Z95 = 1.959964


def wilson(successes: Any, trials: Any) -> tuple[Floats, Floats]:
    """95 % score interval of a share (Wilson 1927, JASA 22), vectorised; 0 and 1 where nothing was tried."""
    n = np.maximum(np.asarray(trials, np.float64), 1e-9)
    share = np.asarray(successes, np.float64) / n
    middle = (share + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 / (1 + _Z95**2 / n) * np.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n * n))
    tried = np.asarray(trials) > 0
    return np.where(tried, np.clip(middle - half, 0, 1), 0.0), np.where(tried, np.clip(middle + half, 0, 1), 1.0)
