"""How often an order is followed by another: the repeat rate behind S, read from the shop's own orders."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.economics.constants import DEFAULT, Assumptions


@frozen
class Repeat:
    """`rate`: share of orders followed by another within the horizon; `gap_days`: median days until it came.

    `orders`: how many orders could be watched that long; None in both when there was none, `gap_days` None when none
    was followed.
    """

    rate: float | None
    gap_days: float | None
    orders: int


def repeat_rate(
    orders: pa.Table, as_of: date, *, after_silence_days: int = 0, assumptions: Assumptions = DEFAULT
) -> Repeat:
    """Repeat rate of a shop's `orders` (`person_id, ordered_on`; paid ones) that could be watched for a whole horizon.

    Several orders on one day are one. `after_silence_days`: count only orders that ended a silence of at least so
    long, which is what a reactivated customer's first order does; they repeat less often than those of regulars.
    """
    horizon = assumptions.second_life_days
    days = orders.select(["person_id", "ordered_on"]).drop_null()
    days = days.group_by(["person_id", "ordered_on"], use_threads=False).aggregate([])
    days = days.sort_by([("person_id", "ascending"), ("ordered_on", "ascending")])
    if not days.num_rows:
        return Repeat(None, None, 0)
    person = days["person_id"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    day = days["ordered_on"].cast(pa.int32()).to_numpy()
    gap = np.where(person[1:] == person[:-1], np.diff(day), np.iinfo(np.int32).max)
    before, after = np.append(np.iinfo(np.int32).max, gap), np.append(gap, np.iinfo(np.int32).max)
    first = np.append(True, person[1:] != person[:-1])
    last_day = pc.cast(pa.scalar(as_of, pa.date32()), pa.int32()).as_py()
    watched = day <= last_day - horizon
    if after_silence_days:
        watched &= ~first & (before >= after_silence_days)
    count = int(watched.sum())
    followed = after[watched & (after <= horizon)]
    if not count:
        return Repeat(None, None, 0)
    return Repeat(len(followed) / count, float(np.median(followed)) if len(followed) else None, count)
