"""What a campaign taught: the lift of each segment and offer, shrunk towards the mean of all.

Unshrunk, the best-looking segment is mostly the luckiest and disappoints next time. Each lift moves towards the
common mean in proportion to its own error: empirical Bayes with normal errors (Morris 1983, JASA 78); the spread of
the true lifts is estimated by the method of moments (DerSimonian, Laird 1986, Controlled Clinical Trials 7).
"""

from math import sqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from reactivate.experiment.intervals import z_of

Floats = NDArray[np.float64]
FEW_BUYERS = 100
"""A mean over fewer buyers in an arm is said to be one."""


@frozen(eq=False)
class Shrunk:
    """`mean` of all with `spread` (standard deviation of the true lifts); per group the shrunk lift and its error."""

    mean: float
    spread: float
    lifts: Floats
    errors: Floats


def shrink(lifts: Floats, errors: Floats) -> Shrunk:
    """Lifts (with their standard errors, above zero) moved towards their common mean. One group stays as it is."""
    weight = 1 / errors**2
    fixed = float(weight @ lifts / weight.sum())
    scatter = float(weight @ (lifts - fixed) ** 2)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(0.0, (scatter - (len(lifts) - 1)) / scale) if len(lifts) > 1 and scale > 0 else 0.0
    if len(lifts) == 1:
        return Shrunk(fixed, 0.0, lifts.copy(), errors.copy())
    both = 1 / (errors**2 + between)
    mean = float(both @ lifts / both.sum())
    kept = between / (between + errors**2)
    # The second part is what we do not know of the mean itself.
    error = np.sqrt(kept * errors**2 + (1 - kept) ** 2 / both.sum())
    return Shrunk(mean, sqrt(between), mean + kept * (lifts - mean), error)


def learned(results: pa.Table, level: float = 0.80) -> pa.Table:
    """Lifts for the next plan, from the counts of a finished campaign.

    `results`: `segment, offer, treated, treated_reached, holdout, holdout_reached`, one row per segment and offer, the
    holdout that of the segment. Adds `observed`, `lift` (shrunk), `lift_low` (lower end at `level`), `few` (an arm has
    fewer than 100 buyers: do not act on it without saying so). Rows with an empty arm teach nothing: null.
    """
    counts = [np.asarray(results[name].cast(pa.float64())) for name in
              ("treated", "treated_reached", "holdout", "holdout_reached")]  # fmt: skip
    n1, x1, n0, x0 = counts
    known = (n1 > 0) & (n0 > 0)
    observed = np.full(len(n1), np.nan)
    observed[known] = x1[known] / n1[known] - x0[known] / n0[known]
    lift, low = np.full(len(n1), np.nan), np.full(len(n1), np.nan)
    if known.any():
        error = np.sqrt(_variance(x1, n1) + _variance(x0, n0))
        found = shrink(observed[known], error[known])
        lift[known] = found.lifts
        low[known] = found.lifts - z_of(level) * found.errors
    few = pc.or_(pc.less(results["treated_reached"], FEW_BUYERS), pc.less(results["holdout_reached"], FEW_BUYERS))
    for name, values in (("observed", observed), ("lift", lift), ("lift_low", low)):
        results = results.append_column(name, pa.array(values, mask=np.isnan(values)))
    return results.append_column("few", few)


def _variance(x: Floats, n: Floats) -> Floats:
    """Of a rate, with one success and one failure added (Agresti, Caffo 2000): never zero."""
    rate = (x + 1) / (n + 2)
    variance: Floats = rate * (1 - rate) / (n + 2)
    return variance
