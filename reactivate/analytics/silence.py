"""Survival of silence: how many return by themselves after so many days without an order.

Every order day opens a silence that ends with the next order day or is cut off at `as_of`. The Kaplan-Meier estimate
(Kaplan and Meier 1958, JASA 53) of its length uses both kinds; from S(t), the share still silent after t days, follows
the chance to return within h more days: 1 - S(t + h) / S(t).
"""

from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.analytics.arrays import Floats, Ints

_FEWEST = 30
"""Below this many silences under watch a share is noise and no line is learned from it."""


@frozen(eq=False)
class SilenceCurve:
    """`still_silent[t]` is S(t) for t = 0, 1, 2 … days; `watched[t]` how many silences were seen to last t days."""

    still_silent: Floats
    watched: Ints

    def chance_of_return(self, silent_days: int, within_days: int) -> float | None:
        """Share of those silent for so many days who order within so many more; None when too few were watched."""
        end = silent_days + within_days
        if end >= len(self.watched) or self.watched[end] < _FEWEST or self.still_silent[silent_days] <= 0:
            return None
        return float(1 - self.still_silent[end] / self.still_silent[silent_days])

    def line(self, below: float, within_days: int) -> int | None:
        """The silence from which on fewer than `below` return within so many days, for good; None = not seen."""
        usable = np.flatnonzero(self.watched[within_days:] >= _FEWEST)
        if not len(usable):
            return None
        start = self.still_silent[: usable[-1] + 1]
        end = self.still_silent[within_days : within_days + usable[-1] + 1]
        chance = 1 - np.divide(end, start, out=np.ones_like(end), where=start > 0)
        # Not the first day below: who buys every hundred days never returns within the first thirty.
        high = np.flatnonzero(chance >= below)
        line = int(high[-1]) + 1 if len(high) else 0
        return line if line < len(chance) else None

    def table(self, within_days: int) -> pa.Table:
        """The curve as `silent_days, watched, still_silent, returns_within` (null where too few were watched)."""
        days = range(len(self.watched))
        chances: list[Any] = [self.chance_of_return(day, within_days) for day in days]
        return pa.table(
            {
                "silent_days": pa.array(days, pa.int32()),
                "watched": pa.array(self.watched),
                "still_silent": pa.array(self.still_silent),
                "returns_within": pa.array(chances, pa.float64()),
            }
        )


def silence_curve(person: Ints, day: Ints, today: int) -> SilenceCurve:
    """The curve of distinct order days (ascending by person and day) watched until day number `today`."""
    if not len(day):
        return SilenceCurve(np.ones(1), np.zeros(1, np.int64))
    ended = np.append(np.diff(person) == 0, False)
    length = np.where(ended, np.append(day[1:], 0) - day, today - day)
    days = int(length.max()) + 1
    events = np.bincount(length[ended], minlength=days)
    watched = np.cumsum(np.bincount(length, minlength=days)[::-1])[::-1]
    hazard = events / np.maximum(watched, 1)
    return SilenceCurve(np.cumprod(1 - hazard), watched)
