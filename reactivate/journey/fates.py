"""When people order by themselves, and when because of a contact: what a response model decided before the start."""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from reactivate.journey.clock import Moments
from reactivate.journey.state import Rows

Spans = NDArray[np.timedelta64]
ORDERED = "ordered"


@frozen(eq=False)
class Fates:
    """One place per pass: time from the entry to an order that comes anyway, and from the first contact that arrives to
    an order that comes because of it. Not-a-time = never.
    """

    by_itself: Spans
    by_contact: Spans

    def anyway(self, rows: Rows, since: Moments) -> Moments:
        return since + self.by_itself[rows]

    def because(self, rows: Rows, since: Moments) -> Moments:
        return since + self.by_contact[rows]
