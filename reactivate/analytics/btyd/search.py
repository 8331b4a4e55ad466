"""Maximum likelihood: the search on the log scale, what it found, and how sure one may be of it."""

from collections.abc import Callable

import numpy as np
from attrs import frozen
from scipy.optimize import minimize

from reactivate.analytics.arrays import Floats

_STEP = 1e-4
_LOW, _HIGH = np.log(1e-4), np.log(1e5)
_MOST_STEPS = 100
_NEWTON_STEPS = 4
_SETTLED = 1e-6
"""A Newton step below this (a millionth of a parameter) ends the search."""
_FLAT = 1e-4
"""A mean log-likelihood may still rise by this per unit of log parameter where the search stops."""
_WIDEST = 4.0
"""A standard error above this on the log scale (a factor of 50 either way) is no knowledge."""
_Z95 = 1.959964

_FURTHEST = 300.0


@frozen(eq=False)
class Maximum:
    """Where the likelihood is largest. `intervals` are 95 %, from the curvature on the log scale; None = no curvature.

    `trouble` says why the result must not be used; None = it converged.
    """

    values: Floats
    intervals: tuple[tuple[float, float], ...] | None
    log_likelihood: float
    trouble: str | None


def maximise(
    log_likelihood: Callable[[Floats], float],
    start: Floats,
    customers: int,
    rough: Callable[[Floats], float] | None = None,
) -> Maximum:
    """The maximum over positive parameters. `log_likelihood` is the sum over `customers`.

    `rough`, the same of a sample (any multiple of it), is climbed first when it is much cheaper; a few Newton steps on
    the whole then settle the last digits.
    """

    def loss(logs: Floats) -> float:
        return _finite(-log_likelihood(_positive(logs)) / customers)

    def rough_loss(logs: Floats) -> float:
        return _finite(-rough(_positive(logs)) / customers) if rough else loss(logs)

    logs, curvature = _polished(loss, _climbed(rough_loss, np.log(start)))
    trouble = _trouble(logs, _gradient(loss, logs), curvature * customers)
    intervals = None if trouble else _intervals(logs, curvature * customers)
    return Maximum(_positive(logs), intervals, -float(loss(logs)) * customers, trouble)


def _positive(logs: Floats) -> Floats:
    """Parameters of their logarithms; a Newton step may leap beyond what a float holds, and is then taken back."""
    found: Floats = np.exp(np.clip(logs, -_FURTHEST, _FURTHEST))
    return found


def _finite(loss: float) -> float:
    return loss if np.isfinite(loss) else 1e10


def _climbed(loss: Callable[[Floats], float], start: Floats) -> Floats:
    found = minimize(
        loss,
        start,
        jac=lambda logs: _gradient(loss, logs),
        method="L-BFGS-B",
        bounds=[(_LOW, _HIGH)] * len(start),
        options={"maxiter": _MOST_STEPS, "ftol": 1e-10, "gtol": 1e-6},
    )
    logs: Floats = found.x
    return logs


def _polished(loss: Callable[[Floats], float], logs: Floats) -> tuple[Floats, Floats]:
    """Newton steps while they help; gives the curvature at the end."""
    for _ in range(_NEWTON_STEPS):
        curvature = _curvature(loss, logs)
        if not np.all(np.isfinite(curvature)) or np.linalg.eigvalsh(curvature).min() <= 0:
            return logs, curvature
        step = np.linalg.solve(curvature, _gradient(loss, logs))
        if np.abs(step).max() < _SETTLED or loss(logs - step) > loss(logs):
            return logs, curvature
        logs = np.clip(logs - step, _LOW, _HIGH)
    return logs, _curvature(loss, logs)


def _gradient(loss: Callable[[Floats], float], at: Floats) -> Floats:
    steps = np.eye(len(at)) * _STEP
    return np.array([(loss(at + step) - loss(at - step)) / (2 * _STEP) for step in steps])


def _curvature(loss: Callable[[Floats], float], at: Floats) -> Floats:
    """Second derivatives by central differences."""
    size, middle = len(at), loss(at)
    moves = np.eye(size) * 10 * _STEP
    found = np.empty((size, size))
    for i in range(size):
        found[i, i] = loss(at + moves[i]) - 2 * middle + loss(at - moves[i])
        for j in range(i):
            both, across = moves[i] + moves[j], moves[i] - moves[j]
            mixed = loss(at + both) - loss(at + across) - loss(at - across) + loss(at - both)
            found[i, j] = found[j, i] = mixed / 4
    return found / (10 * _STEP) ** 2


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
