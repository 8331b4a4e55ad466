"""How often those who come back use their offer, read from the codes that tills told, shrunk like the lifts.

One campaign shows only the sum: codes used per treated person = p0 rb + tau rn. E depends on nothing else, so one rate
for both kinds of people, used / reached, loses nothing where shares of both are as they were; it is no claim that they
are alike. Its upper end is used, as the lower end of a lift is: few codes seen leave the guard on the safe side.
"""

from collections.abc import Mapping
from math import sqrt

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.experiment.intervals import z_of
from reactivate.experiment.learning import shrink

LEVEL = 0.80
SPREAD_SCALE = 0.15
"""Scale of the prior for how much segments differ in using an offer: fifteen points as soon as not."""


@frozen
class Use:
    """`rate`: upper end of the 80 % interval of `mean`, the shrunk share of those who reached the goal that used it.

    `observed` before shrinking; null where this segment never had the offer and `mean` is that of the others.
    """

    rate: float
    mean: float
    error: float
    reached: int
    used: int
    observed: float | None = None


def uses(results: pa.Table) -> dict[tuple[str, str], Use]:
    """(segment, offer) -> how it is used; the key ("", offer) serves segments that never had it.

    `results`: `segment, offer, reached, used` of finished campaigns. An offer of which no code ever came back is not
    there: nobody used it, or nobody told, and the two look alike.
    """
    sums = results.group_by(["segment", "offer"], use_threads=False).aggregate([("reached", "sum"), ("used", "sum")])
    found: dict[tuple[str, str], Use] = {}
    for offer in sorted(set(sums["offer"].to_pylist())):
        rows = [row for row in sums.to_pylist() if row["offer"] == offer and row["reached_sum"]]
        if sum(row["used_sum"] for row in rows):
            found |= _of_offer(offer, rows)
    return found


def _of_offer(offer: str, rows: list[Mapping[str, object]]) -> dict[tuple[str, str], Use]:
    reached = np.array([row["reached_sum"] for row in rows], dtype=np.float64)
    # A code may come back after the window, from somebody who did not reach the goal.
    used = np.minimum(np.array([row["used_sum"] for row in rows], dtype=np.float64), reached)
    smooth = (used + 1) / (reached + 2)
    shrunk = shrink(used / reached, np.sqrt(smooth * (1 - smooth) / (reached + 2)), SPREAD_SCALE)
    found = {}
    for row, seen, mean, error in zip(rows, used / reached, shrunk.lifts, shrunk.errors, strict=True):
        sizes = int(row["reached_sum"]), int(row["used_sum"])  # type: ignore[call-overload]
        found[str(row["segment"]), offer] = _use(float(mean), float(error), *sizes, float(seen))
    wide = sqrt(float((shrunk.errors**2).mean() + shrunk.lifts.var()))
    elsewhere = _use(float(shrunk.lifts.mean()), wide, int(reached.sum()), int(used.sum()))
    return {("", offer): elsewhere, **found}


def _use(mean: float, error: float, reached: int, used: int, observed: float | None = None) -> Use:
    mean = min(1.0, max(0.0, mean))
    return Use(min(1.0, mean + z_of(LEVEL) * error), mean, error, reached, used, observed)
