"""Maximum likelihood: the search on the log scale, what it found, and how sure one may be of it."""

from collections.abc import Callable

import numpy as np
from attrs import frozen
from scipy.optimize import minimize

from reactivate.analytics.arrays import Floats

_STEP = 1e-4
_LOW, _HIGH = np.log(1e-4), np.log(1e5)
_FLAT = 1e-4
"""A mean log-likelihood may still rise by this per unit of log parameter where the search stops."""
_WIDEST = 4.0
"""A standard error above this on the log scale (a factor of 50 either way) is no knowledge."""
_Z95 = 1.959964


@frozen(eq=False)
class Maximum:
    """Where the likelihood is largest. `intervals` are 95 %, from the curvature on the log scale; None = no curvature.

    `trouble` says why the result must not be used; None = it converged.
    """

    values: Floats
    intervals: tuple[tuple[float, float], ...] | None
    log_likelihood: float
    trouble: str | None


def maximise(log_likelihood: Callable[[Floats], float], start: Floats, customers: int) -> Maximum:
    """The maximum over positive parameters. `log_likelihood` is the sum over `customers`."""

    def loss(logs: Floats) -> float:
        found = -log_likelihood(np.exp(logs)) / customers
        return found if np.isfinite(found) else 1e10

    found = minimize(
        loss,
        np.log(start),
        jac=lambda logs: _gradient(loss, logs),
        method="L-BFGS-B",
        bounds=[(_LOW, _HIGH)] * len(start),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
    )
    logs = found.x
    curvature = _curvature(loss, logs) * customers
    trouble = _trouble(logs, _gradient(loss, logs), curvature)
    intervals = None if trouble else _intervals(logs, curvature)
    return Maximum(np.exp(logs), intervals, -float(loss(logs)) * customers, trouble)


def _gradient(loss: Callable[[Floats], float], at: Floats) -> Floats:
    steps = np.eye(len(at)) * _STEP
    return np.array([(loss(at + step) - loss(at - step)) / (2 * _STEP) for step in steps])


def _curvature(loss: Callable[[Floats], float], at: Floats) -> Floats:
    step = 10 * _STEP
    rows = [(_gradient(loss, at + move) - _gradient(loss, at - move)) / (2 * step) for move in np.eye(len(at)) * step]
    found = np.array(rows)
    return (found + found.T) / 2


def _trouble(logs: Floats, gradient: Floats, curvature: Floats) -> str | None:
    if not np.all(np.isfinite(logs)) or not np.all(np.isfinite(curvature)):
        return "the likelihood cannot be computed for these orders"
    if np.any(logs < _LOW + 0.01) or np.any(logs > _HIGH - 0.01):
        return "a parameter ran to its limit: the orders do not tell the customers' habits apart"
    if np.abs(gradient).max() > _FLAT:
        return "the search stopped before the top of the likelihood"
    if np.linalg.eigvalsh(curvature).min() < 1 / _WIDEST**2:
        return "the likelihood is flat at its top: these orders do not settle the parameters"
    return None


def _intervals(logs: Floats, curvature: Floats) -> tuple[tuple[float, float], ...]:
    error = np.sqrt(np.diag(np.linalg.inv(curvature)))
    return tuple((float(np.exp(m - _Z95 * e)), float(np.exp(m + _Z95 * e))) for m, e in zip(logs, error, strict=True))
