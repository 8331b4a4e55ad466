"""Survival of silence: how many return by themselves after so many days without an order.

Every order day opens a silence that ends with the next order day or is cut off at `as_of`. The Kaplan-Meier estimate
(Kaplan and Meier 1958, JASA 53) of its length uses both kinds; from S(t), the share still silent after t days, follows
the chance to return within h more days: 1 - S(t + h) / S(t).
"""

from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.analytics.arrays import Bools, Floats, Ints

_FEWEST = 30
"""Below this many silences under watch a share is noise and no line is learned from it."""
_POINTS = 200


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
        end = np.minimum(np.arange(len(self.watched)) + within_days, len(self.watched) - 1)
        known = (np.arange(len(self.watched)) + within_days < len(self.watched)) & (self.watched[end] >= _FEWEST)
        known &= self.still_silent > 0
        chances = 1 - self.still_silent[end] / np.where(known, self.still_silent, 1.0)
        return pa.table(
            {
                "silent_days": pa.array(np.arange(len(self.watched), dtype=np.int32)),
                "watched": pa.array(self.watched),
                "still_silent": pa.array(self.still_silent),
                "returns_within": pa.array(chances, pa.float64(), mask=~known),
            }
        )

    def points(self, within_days: int) -> list[dict[str, Any]]:
        """Enough rows of the curve for a picture and for a reader of JSON."""
        table = self.table(within_days)
        step = max(1, table.num_rows // _POINTS)
        found: list[dict[str, Any]] = table.take(pa.array(range(0, table.num_rows, step), pa.int64())).to_pylist()
        return found


@frozen(eq=False)
class Silences:
    """One entry per order day, in their order: `length` in days, and whether it `ended` with an order."""

    length: Ints
    ended: Bools

    def curve(self, chosen: Any = slice(None)) -> SilenceCurve:
        """Kaplan and Meier's curve of some of them, by mask or position; nothing is known of none."""
        length, ended = self.length[chosen], self.ended[chosen]
        if not len(length):
            return SilenceCurve(np.ones(1), np.zeros(1, np.int64))
        days = int(length.max()) + 1
        events = np.bincount(length[ended], minlength=days)
        watched = np.cumsum(np.bincount(length, minlength=days)[::-1])[::-1]
        hazard = events / np.maximum(watched, 1)
        return SilenceCurve(np.cumprod(1 - hazard), watched)


def silences(person: Ints, day: Ints, today: int) -> Silences:
    """The silences that distinct order days (ascending by person and day) opened, watched until day number `today`."""
    ended = np.append(np.diff(person) == 0, np.zeros(min(len(day), 1), bool))
    length = np.where(ended, np.append(day[1:], np.zeros(min(len(day), 1), np.int64)) - day, today - day)
    return Silences(length, ended)


def silence_curve(person: Ints, day: Ints, today: int) -> SilenceCurve:
    """The curve of all silences of distinct order days (ascending by person and day)."""
    return silences(person, day, today).curve()
