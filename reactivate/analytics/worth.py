"""Worth times chance as a word: whom it pays to win back."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.forecast import forecast

WORDS = ("high", "middle", "low")
_SHARES = (0.8, 0.5)


def value(profiles: pa.Table, orders: pa.Table, *, as_of: date, within_days: int = 90) -> pa.Table:
    """`person_id, value, chance_alive, chance_order, expected_orders, expected_value` per person of `profiles`.

    `value` is `high` for the fifth of the customers with the largest `expected_value`, `middle` for the three tenths
    below, `low` for the rest; null without orders. `stage in (lapsed, lost) and value = high` are the promising lost.
    """
    found = forecast(profiles, orders, as_of=as_of, within_days=within_days).table
    worth = found["expected_value"]
    known = worth.drop_null()
    high, middle = np.quantile(np.asarray(known), _SHARES) if len(known) else (0.0, 0.0)
    word = pc.if_else(
        pc.greater_equal(worth, high), "high", pc.if_else(pc.greater_equal(worth, middle), "middle", "low")
    )
    return found.add_column(1, "value", word)
