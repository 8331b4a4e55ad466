"""Who came back: the outcome that base rates, lapse lines and models are judged by."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.history import read_history


def returned(orders: pa.Table, people: Any, start: date, end: date) -> pa.BooleanArray:
    """Whether each of `people` (in order) placed a paid order on `start` to `end`, both included.

    A return (negative amount) is no order; 0 and unknown sums are.
    """
    found = read_history(people, orders, until=end, since=start)
    came = np.bincount(found.person[found.is_order], minlength=found.persons) > 0
    return pa.array(came)
