"""Order lines become orders: grouped by (customer, order or day), summed exactly, in one sort of packed keys."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import Bools, Ints, money, whole

DAY_US = 86_400_000_000
_MICROS_PER_CENT = 10_000


@frozen(eq=False)
class Rows:
    """Usable lines; customer, order and category as codes, -1 = not given, None = no such column.

    `line` is the position of each in the file.
    """

    line: Ints
    who: Ints
    at: Ints
    micros: Ints
    known: Bools
    order: Ints | None
    category: Ints | None


@frozen(eq=False)
class _Groups:
    """`place`: line positions sorted by order; `first`: where each order begins among them."""

    place: Ints
    first: Ints

    def over(self, reduce: Any, values: Any) -> Any:
        """`np.add` and the like over the lines of each order."""
        return reduce.reduceat(values[self.place], self.first) if len(self.first) else values[:0]


def orders_of(rows: Rows, people: pa.Array, orders: Any, categories: pa.Array | None) -> pa.Table:
    """Contract ORDERS with `person_id` (as codes into `people`), by customer, then time.

    `order_id` is the cell of the column `orders`, or the day when a customer's day is one order. `categories` are the
    words of the codes.
    """
    groups = _grouped(rows)
    at = groups.over(np.minimum, rows.at)
    who = rows.who[groups.place][groups.first]
    by_time = _by_time(who, at)
    total = groups.over(np.add, rows.micros)[by_time]
    known = groups.over(np.logical_or, rows.known)[by_time]
    line = groups.place[groups.first][by_time]
    person = pa.DictionaryArray.from_arrays(pa.array(who[by_time].astype(np.int32)), people)
    moment, day = pa.array(at[by_time], pa.timestamp("us", "UTC")), _days(at[by_time])
    hundredths = np.sign(total) * ((np.abs(total) + _MICROS_PER_CENT // 2) // _MICROS_PER_CENT)
    return pa.table(
        {
            "source": _repeated("file", len(line)),
            "record_id": person,
            "order_id": _names(rows, line, orders, day),
            "ordered_at": moment,
            "ordered_on": day,
            "amount": money(hundredths, known),
            "paid": pa.repeat(True, len(line)),
            "category": _largest(rows, groups, categories, by_time),
            "person_id": person,
        }
    )


def _grouped(rows: Rows) -> _Groups:
    day = rows.at // DAY_US
    part = day - day.min(initial=0)
    if rows.order is not None:
        part = np.where(rows.order >= 0, rows.order, rows.order.max(initial=-1) + 1 + part)
    key = rows.who * (part.max(initial=0) + 1) + part
    place = np.argsort(key)
    key = key[place]
    fresh = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=fresh[1:])
    return _Groups(place, np.flatnonzero(fresh))


def _by_time(who: Ints, at: Ints) -> Ints:
    """Orders sorted by customer and second: whoever reads them next finds them in order."""
    second = at // 1_000_000
    second -= second.min(initial=0)
    span = int(second.max(initial=0)) + 1
    if int(who.max(initial=0)) >= (1 << 62) // span:
        return np.lexsort((second, who))
    return np.argsort(who * span + second, kind="stable")


def _days(at: Ints) -> pa.Array:
    return pa.array((at // DAY_US).astype(np.int32)).cast(pa.date32())


def _repeated(word: str, count: int) -> pa.Array:
    """A text column of one word, as codes: a million equal strings take no room."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([word])).cast(pa.string())


def _names(rows: Rows, line: Ints, written: Any, day: pa.Array) -> pa.Array:
    if rows.order is None:
        return day.cast(pa.string())
    given = whole(written).take(pa.array(rows.line[line], pa.int64(), mask=rows.order[line] < 0))
    trimmed = pc.utf8_trim_whitespace(given.cast(pa.string()))
    return pc.coalesce(trimmed, day.cast(pa.string())) if trimmed.null_count else trimmed


def _largest(rows: Rows, groups: _Groups, words: pa.Array | None, by_time: Ints) -> pa.Array:
    """Category of the largest line of each order; of equal ones the first in the alphabet, as codes are sorted."""
    if rows.category is None or words is None:
        return pa.nulls(len(by_time), pa.string())
    none = len(words)
    lines = np.diff(np.append(groups.first, len(groups.place)))
    top = np.repeat(groups.over(np.maximum, rows.micros), lines) == rows.micros[groups.place]
    code = np.where(rows.category >= 0, rows.category, none)[groups.place]
    best = np.minimum.reduceat(np.where(top, code, none), groups.first) if len(lines) else code
    best = best[by_time]
    return words.take(pa.array(best, pa.int64(), mask=best == none))
