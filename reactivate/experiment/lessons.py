"""What earlier campaigns say about the next one: a lift for a segment and offer, a base rate for a segment."""

from collections.abc import Mapping
from math import sqrt
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.experiment.intervals import z_of
from reactivate.experiment.learning import learned, shrink

LEVEL = 0.80
"""Guards judge a lift by the lower end of its interval at this level (economics.md, break-even lift)."""


@frozen
class Lesson:
    """A lift with its standard error, shrunk towards `mean`; `low`: lower end at 80 %.

    `observed`, `observed_error`: before shrinking, null where this segment was never tried with this offer and the lift
    is that of the offer in the other segments. `treated`, `holdout`: passes it rests on. `few`: fewer than 100 buyers.
    """

    lift: float
    error: float
    treated: int
    holdout: int
    mean: float
    observed: float | None = None
    observed_error: float | None = None
    few: bool = True

    @property
    def low(self) -> float:
        return self.lift - z_of(LEVEL) * self.error

    @property
    def tells(self) -> float:
        """The smallest lift that this measurement tells from none."""
        return z_of(LEVEL) * self.error


@frozen(eq=False)
class Lessons:
    """Lessons by (segment, offer), and by offer for segments that were never tried with it."""

    known: Mapping[tuple[str, str], Lesson]
    offers: Mapping[str, Lesson]

    @classmethod
    def of(cls, results: pa.Table) -> "Lessons":
        """From counts as `learned` takes them."""
        rows = [row for row in learned(results, LEVEL).to_pylist() if row["lift"] is not None]
        known = {(row["segment"], row["offer"]): _lesson(row) for row in rows}
        offers = {offer: _elsewhere([known[key] for key in known if key[1] == offer]) for _, offer in known}
        return cls(known, offers)

    def about(self, segment: str, offer: str) -> Lesson | None:
        """The lesson of this segment and offer, else of the offer elsewhere, else None."""
        return self.known.get((segment, offer)) or self.offers.get(offer)


def base_rates(results: pa.Table) -> dict[str, tuple[float, int]]:
    """Segment -> share of its holdout that came by itself, shrunk towards that of all, and how many were held out.

    The key "" holds the rate of all; where the campaign has segments it serves those that nobody was held out of.
    """
    found = results.group_by("segment", use_threads=False).aggregate([("holdout", "sum"), ("holdout_reached", "sum")])
    rows = [row for row in found.to_pylist() if row["holdout_sum"]]
    if not rows:
        return {}
    people, came = (
        np.array([row[name] for row in rows], dtype=np.float64) for name in ("holdout_sum", "holdout_reached_sum")
    )
    smooth = (came + 1) / (people + 2)
    shrunk = shrink(came / people, np.sqrt(smooth * (1 - smooth) / (people + 2)))
    rates = {
        row["segment"]: (float(np.clip(rate, 0.0, 1.0)), int(row["holdout_sum"]))
        for row, rate in zip(rows, shrunk.lifts, strict=True)
    }
    return {"": (float(came.sum() / people.sum()), int(people.sum())), **rates}


def _lesson(row: Mapping[str, Any]) -> Lesson:
    return Lesson(
        lift=row["lift"],
        error=row["lift_error"],
        treated=row["treated"],
        holdout=row["holdout"],
        mean=row["mean"],
        observed=row["observed"],
        observed_error=row["error"],
        few=row["few"],
    )


def _elsewhere(lessons: list[Lesson]) -> Lesson:
    """What an offer does where it was tried, for a segment where it was not: their mean, as unsure as they differ."""
    lifts = np.array([lesson.lift for lesson in lessons])
    errors = np.array([lesson.error for lesson in lessons])
    mean = float(lifts.mean())
    people = (sum(lesson.treated for lesson in lessons), sum(lesson.holdout for lesson in lessons))
    return Lesson(mean, sqrt(float((errors**2).mean() + lifts.var())), *people, mean=mean,
                  few=any(lesson.few for lesson in lessons))  # fmt: skip
