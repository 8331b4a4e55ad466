"""How many of such people come back by themselves: the audience of one window ago, and what it did since.

DESIGN section 10: the audience rule is evaluated on profiles as they stood at the end of the day before
(as_of - window), counted before reach and consent; reached the goal = from that day to as_of, inclusive.
"""

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, frozen

from reactivate.experiment import rate_interval


@frozen
class BaseRate:
    """`rate` with its 95 % Wilson interval; all None when the goal has no history (`unknown` says why)."""

    people: int | None
    returned: int | None
    rate: float | None
    low: float | None
    high: float | None
    window_days: int
    looked_at: date
    until: date
    left_out: int = 0
    without_history: tuple[str, ...] = ()
    unknown: str | None = None

    def as_json(self) -> dict[str, object]:
        raw = asdict(self)
        raw["looked_at"], raw["until"] = str(self.looked_at), str(self.until)
        raw["without_history"] = list(self.without_history)
        return raw


def window(as_of: date, days: float) -> tuple[date, date]:
    """First day of the window that ends with `as_of`, and the day before it, up to which history counts."""
    start = as_of - timedelta(days=round(days))
    return start, start - timedelta(days=1)


def measured(people: pa.Array, returned: pa.Array, *, start: date, until: date, left_out: int = 0,
             without_history: tuple[str, ...] = ()) -> BaseRate:  # fmt: skip
    """The rate among `people`; `returned` is a boolean per person."""
    size = len(people)
    back = int(pc.sum(returned).as_py() or 0)
    low, high = rate_interval(back, size) if size else (None, None)
    rate = back / size if size else None
    return BaseRate(size, back, rate, low, high, (until - start).days, start, until, left_out, without_history)


def unknown(reason: str, *, start: date, until: date) -> BaseRate:
    """A goal without history: unknown, never 0."""
    return BaseRate(None, None, None, None, None, (until - start).days, start, until, unknown=reason)
