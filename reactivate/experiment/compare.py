"""Arms against a control, as `reactivate lift` prints them: intention to treat, nothing trimmed.

Rates (outcomes of 0 and 1) by Newcombe's interval, means by Welch's; beside them, never in their place: CUPED, the
bootstrap, the correction for many comparisons.
"""

from collections.abc import Mapping

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from reactivate.experiment.cuped import cuped
from reactivate.experiment.intervals import Difference, newcombe
from reactivate.experiment.money import Bootstrap, Moments, bootstrap, welch
from reactivate.experiment.multiplicity import family_level, holm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@frozen
class Cuped:
    """The comparison with covariates taken out, by Welch."""

    covariates: tuple[str, ...]
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    variance_reduction: float


@frozen
class Correction:
    """The comparison as one of several: Holm's p, and Bonferroni's interval that holds for all at once."""

    comparisons: int
    p_value: float | None
    low: float | None
    high: float | None


@frozen
class Outcome:
    """One outcome of one arm. `n`, `control_n`: people with a value; `method`: newcombe or welch."""

    outcome: str
    method: str
    n: int
    control_n: int
    control: float | None
    treated: float | None
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    cuped: Cuped | None = None
    bootstrap: Bootstrap | None = None
    adjusted: Correction | None = None


@frozen
class Arm:
    """An arm that was treated: everybody assigned to it, contacted or not."""

    arm: str
    n: int
    outcomes: tuple[Outcome, ...]


def compare(
    arm: Ints,
    names: list[str],
    control: int,
    outcomes: Mapping[str, Floats],
    covariates: Mapping[str, Floats] | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Arm, ...]:
    """Every arm but the control, in the order of `names`.

    `arm`: index into `names` per person. `outcomes`, `covariates`: floats per person, NaN = not known; people without
    an outcome count in no mean of it, and the sizes show it.
    """
    treated = [index for index in range(len(names)) if index != control]
    found = {
        (index, name): _outcome(name, values, arm, (index, control), dict(covariates or {}), level, seed)
        for name, values in outcomes.items()
        for index in treated
    }
    corrected = _corrected(found, outcomes, arm, control, level)
    sizes = np.bincount(arm, minlength=len(names))
    return tuple(
        Arm(names[index], int(sizes[index]), tuple(corrected[index, name] for name in outcomes)) for index in treated
    )


def is_rate(values: Floats) -> bool:
    """Whether an outcome is a yes or no: nothing but 0 and 1."""
    known = values[np.isfinite(values)]
    return bool(np.isin(known, (0.0, 1.0)).all())


def difference(values: Floats, arm: Ints, pair: tuple[int, int], level: float = 0.95) -> Difference:
    """Arm `pair[0]` less arm `pair[1]`; NaN values are not counted."""
    treated, control = (values[(arm == index) & np.isfinite(values)] for index in pair)
    if is_rate(values):
        return newcombe(int(treated.sum()), len(treated), int(control.sum()), len(control), level)
    return welch(Moments.of(treated), Moments.of(control), level)


def _outcome(
    name: str,
    values: Floats,
    arm: Ints,
    pair: tuple[int, int],
    covariates: dict[str, Floats],
    level: float,
    seed: int,
) -> Outcome:
    treated, control = (values[(arm == index) & np.isfinite(values)] for index in pair)
    found = difference(values, arm, pair, level)
    rate = is_rate(values)
    return Outcome(
        outcome=name,
        method="newcombe" if rate else "welch",
        n=len(treated),
        control_n=len(control),
        control=float(control.mean()) if len(control) else None,
        treated=float(treated.mean()) if len(treated) else None,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        cuped=_cuped(values, arm, pair, covariates, level) if covariates else None,
        bootstrap=None if rate else bootstrap(treated, control, level=level, seed=seed),
    )


def _cuped(
    values: Floats, arm: Ints, pair: tuple[int, int], covariates: dict[str, Floats], level: float
) -> Cuped | None:
    rows = np.isin(arm, pair) & np.isfinite(values)
    if not rows.any():
        return None
    adjusted = cuped(values[rows], arm[rows], {name: column[rows] for name, column in covariates.items()})
    if adjusted is None:
        return None
    treated, control = (Moments.of(adjusted.values[arm[rows] == index]) for index in pair)
    return Cuped(adjusted.used, *welch(treated, control, level), variance_reduction=adjusted.variance_reduction)


def _corrected(
    found: dict[tuple[int, str], Outcome], outcomes: Mapping[str, Floats], arm: Ints, control: int, level: float
) -> dict[tuple[int, str], Outcome]:
    """Each outcome with its correction for all comparisons made here."""
    count = sum(item.p_value is not None for item in found.values())
    wide = family_level(count, level)
    corrected = {}
    for (key, item), p in zip(found.items(), holm([item.p_value for item in found.values()]), strict=True):
        whole = difference(outcomes[key[1]], arm, (key[0], control), wide)
        corrected[key] = evolve(item, adjusted=Correction(count, p, whole.low, whole.high))
    return corrected
