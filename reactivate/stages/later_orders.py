"""What the shop's own history says of the orders that follow a return: the repeat rate behind S."""

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.economics import Repeat, reach, repeat_rate
from reactivate.stages.opened import Opened

FEWEST = 30
"""Returns after a silence that must have been watched for a year, else a silence half as long is looked at."""

SHORTEST_DAYS = 7
"""What is shorter is no silence: then all orders are looked at."""


@frozen
class LaterOrders:
    """`repeat` as read from history, of orders that ended a silence of `silence_days`; 0 = of all orders."""

    repeat: Repeat
    silence_days: int

    @property
    def said(self) -> str:
        """The rate as a sentence."""
        found = self.repeat
        if found.rate is None:
            return "later orders: none counted on, no order is old enough to have been watched for a year"
        of = f" that ended a silence of {self.silence_days} days" if self.silence_days else ""
        gap = "" if found.gap_days is None else f", after {found.gap_days:.0f} days (median)"
        return f"of {found.orders:,} orders{of} {found.rate:.0%} were followed by another within a year{gap}"

    def chance_of(self, orders: int) -> float | None:
        """q(k): chance of at least so many later orders of somebody who came back."""
        return None if self.repeat.rate is None else reach(orders, self.repeat.rate)


def later_orders(opened: Opened, people: pa.Table) -> LaterOrders:
    """The repeat rate after a silence like that of `people` (profiles), or a shorter one where too few are known.

    Whoever comes back after long silence orders again less often than a regular, so his like are looked at first.
    """
    orders = opened.memory.orders
    paid = orders.filter(pc.fill_null(orders["paid"], False))
    silence = _usual(people["since_last_order"])
    while silence >= SHORTEST_DAYS:
        found = repeat_rate(paid, opened.moment.day, after_silence_days=silence)
        if found.orders >= FEWEST:
            return LaterOrders(found, silence)
        silence //= 2
    return LaterOrders(repeat_rate(paid, opened.moment.day), 0)


def _usual(days: pa.ChunkedArray) -> int:
    """The median of a column of days; 0 where nobody has one."""
    middle = pc.quantile(pc.cast(days, pa.float64()), 0.5).to_pylist()[0] if len(days.drop_null()) else None
    return int(middle or 0)
