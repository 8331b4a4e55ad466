"""Birth dates: days that software writes when nobody knows, and days far too frequent, are no birthdays."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.tables import words

_FAR_ABOVE = 50
_AT_LEAST = 30


def birth_dates(column: object, others: tuple[object, ...] = ()) -> pa.Array:
    """date32 with placeholders null: the listed ones, days far above chance, and days equal to one of `others`."""
    days = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    listed = pa.array([date.fromisoformat(day) for day in sorted(words("birth_placeholders.txt"))], pa.date32())
    bad = pc.or_(pc.is_in(days, listed), _too_frequent(days))
    for other in others:
        bad = pc.or_(bad, pc.fill_null(pc.equal(days, other), False))
    return pc.if_else(bad, pa.scalar(None, pa.date32()), days)


def _too_frequent(days: pa.Array) -> pa.Array:
    counts = days.drop_null().value_counts()
    if not len(counts):
        return pa.array(np.zeros(len(days), bool))
    number = counts.field("counts")
    limit = max(_AT_LEAST, _FAR_ABOVE * float(np.median(number)))
    return pc.is_in(days, counts.field("values").filter(pc.greater(number, limit)))
