"""What a campaign taught: the lift of each segment and offer, shrunk towards the mean of all.

Unshrunk, the best-looking segment is mostly the luckiest and disappoints next time. Each lift moves towards the common
mean in proportion to its own error: a normal hierarchical model (Gelman and others 2013, Bayesian Data Analysis, ch.
5.4). How much the true lifts differ is not known either, so it is averaged over, under a weak prior (half-Cauchy,
Gelman 2006, Bayesian Analysis 1): taken as estimated from a few segments it is often zero, and intervals too short.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from reactivate.experiment.intervals import z_of

Floats = NDArray[np.float64]
FEW_BUYERS = 100
"""A mean over fewer buyers in an arm is said to be one."""


SPREAD_SCALE = 0.03
"""Scale of the prior for how much true lifts differ: three points as soon as not, more where the data say so."""
_GRID = 80


@frozen(eq=False)
class Shrunk:
    """`mean` of all with `spread` (standard deviation of the true lifts); per group the shrunk lift and its error."""

    mean: float
    spread: float
    lifts: Floats
    errors: Floats


def shrink(lifts: Floats, errors: Floats, scale: float = SPREAD_SCALE) -> Shrunk:
    """Lifts (with their standard errors, above zero) moved towards their common mean. One group stays as it is.

    `scale`: of the prior for how much the true ones differ.
    """
    if len(lifts) == 1:
        return Shrunk(float(lifts[0]), 0.0, lifts.copy(), errors.copy())
    # Points of equal weight under the prior, one row each; columns are groups.
    spreads = scale * np.tan(np.pi / 2 * (np.arange(_GRID) + 0.5) / _GRID)[:, None]
    precision = 1 / (errors**2 + spreads**2)
    of_mean = 1 / precision.sum(axis=1)
    means = of_mean * (precision @ lifts)
    fit = np.log(of_mean) + np.log(precision).sum(axis=1) - (precision * (lifts - means[:, None]) ** 2).sum(axis=1)
    weight = np.exp((fit - fit.max()) / 2)
    weight /= weight.sum()
    kept = spreads**2 * precision
    each = means[:, None] + kept * (lifts - means[:, None])
    # The second part is what is not known of the mean itself, the third what is not known of the spread.
    variance = kept * errors**2 + (1 - kept) ** 2 * of_mean[:, None]
    found: Floats = weight @ each
    wrong = np.sqrt(weight @ variance + weight @ (each - found) ** 2)
    return Shrunk(float(weight @ means), float(weight @ spreads[:, 0]), found, wrong)


def pooled(results: pa.Table) -> pa.Table:
    """Rows of one segment and offer as one: `observed` and its `error`, people and goals summed.

    Each row is a lot of its own (a campaign, or a version with another holdout share), so the differences are averaged,
    never the people thrown together: Mantel and Haenszel's risk difference, weights n1 n0 / (n1 + n0) (Greenland,
    Robins 1985, Biometrics 41). Null where no row has people in both arms.
    """
    names = ("treated", "treated_reached", "holdout", "holdout_reached")
    n1, x1, n0, x0 = (np.asarray(results[name].cast(pa.float64())) for name in names)
    weight = n1 * n0 / np.maximum(n1 + n0, 1)
    gap = x1 / np.maximum(n1, 1) - x0 / np.maximum(n0, 1)
    rows = results.select(["segment", "offer", *names])
    rows = rows.append_column("weight", pa.array(weight)).append_column("gap", pa.array(weight * gap))
    rows = rows.append_column("noise", pa.array(weight**2 * (_variance(x1, n1) + _variance(x0, n0))))
    sums = [(name, "sum") for name in (*names, "weight", "gap", "noise")]
    found = rows.group_by(["segment", "offer"], use_threads=False).aggregate(sums)
    found = found.rename_columns(["segment", "offer", *(name for name, _ in sums)])
    total = np.asarray(found["weight"])
    known = total > 0
    observed, error = np.full(len(total), np.nan), np.full(len(total), np.nan)
    observed[known] = np.asarray(found["gap"])[known] / total[known]
    error[known] = np.sqrt(np.asarray(found["noise"])[known]) / total[known]
    return _added(found.drop_columns(["weight", "gap", "noise"]), observed=observed, error=error)


def learned(results: pa.Table, level: float = 0.80) -> pa.Table:
    """Lifts for the next plan, from the counts of finished campaigns; one row per segment and offer.

    `results`: `segment, offer, treated, treated_reached, holdout, holdout_reached`, the holdout being those of the same
    segment who would have got the same offer; several rows of one segment and offer are `pooled`. Adds `observed` and
    its `error`, `mean` of all, `lift` (shrunk) and its `lift_error`, `lift_low` (lower end at `level`), `few` (an arm
    has fewer than 100 buyers: do not act on it without saying so). Rows with an empty arm teach nothing: null.
    """
    results = pooled(results)
    observed, error = (floats(results[name]) for name in ("observed", "error"))
    known = np.isfinite(observed)
    lift, wrong, mean = (np.full(len(observed), np.nan) for _ in range(3))
    if known.any():
        found = shrink(observed[known], error[known])
        lift[known], wrong[known], mean[known] = found.lifts, found.errors, found.mean
    few = pc.or_(pc.less(results["treated_reached"], FEW_BUYERS), pc.less(results["holdout_reached"], FEW_BUYERS))
    low = lift - z_of(level) * wrong
    return _added(results, mean=mean, lift=lift, lift_error=wrong, lift_low=low).append_column("few", few)


def floats(values: pa.ChunkedArray) -> Floats:
    """A column as floats; null is NaN."""
    return np.asarray(pc.fill_null(values.cast(pa.float64()), np.nan))


def _added(table: pa.Table, **columns: Floats) -> pa.Table:
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values, pa.float64(), mask=np.isnan(values)))
    return table


def _variance(x: Floats, n: Floats) -> Floats:
    """Of a rate, with one success and one failure added (Agresti, Caffo 2000): never zero."""
    rate = (x + 1) / (n + 2)
    variance: Floats = rate * (1 - rate) / (n + 2)
    return variance
