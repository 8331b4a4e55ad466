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
    """Neighbouring lines of one order, already added up, sorted so that the parts of an order stand together.

    `first` is where each order begins among the sorted `parts`; `top` the largest line of a part.
    """

    parts: Rows
    top: Ints
    place: Ints
    first: Ints

    def over(self, reduce: Any, values: Any) -> Any:
        """`np.add` and the like over the parts of each order."""
        return reduce.reduceat(values[self.place], self.first) if len(self.first) else values[:0]


def orders_of(rows: Rows, people: pa.Array, orders: Any, categories: pa.Array | None) -> pa.Table:
    """Contract ORDERS with `person_id` (as codes into `people`), by customer, then time.

    `order_id` is the cell of the column `orders`, or the day when a customer's day is one order. `categories` are the
    words of the codes.
    """
    groups = _grouped(rows)
    parts = groups.parts
    at, who = groups.over(np.minimum, parts.at), parts.who[groups.place[groups.first]]
    by_time = _by_time(who, at)
    at, who = at[by_time], who[by_time]
    total = groups.over(np.add, parts.micros)[by_time]
    known = groups.over(np.logical_or, parts.known)[by_time]
    part = groups.place[groups.first[by_time]]
    person = pa.DictionaryArray.from_arrays(pa.array(who.astype(np.int32)), people)
    moment, day = pa.array(at, pa.timestamp("us", "UTC")), _days(at)
    hundredths = np.sign(total) * ((np.abs(total) + _MICROS_PER_CENT // 2) // _MICROS_PER_CENT)
    return pa.table(
        {
            "source": _repeated("file", len(at)),
            "record_id": person,
            "order_id": _names(parts, part, orders, day),
            "ordered_at": moment,
            "ordered_on": day,
            "amount": money(hundredths, known),
            "paid": pa.repeat(True, len(at)),
            "category": _largest(groups, categories, by_time),
            "person_id": person,
        }
    )


def _grouped(rows: Rows) -> _Groups:
    day = rows.at // DAY_US
    day -= day.min(initial=0)
    part = day if rows.order is None else np.where(rows.order >= 0, rows.order, rows.order.max(initial=-1) + 1 + day)
    key = rows.who * (part.max(initial=0) + 1) + part
    # Files mostly hold the lines of an order one after the other: adding these up first leaves less to sort.
    starts = np.flatnonzero(_changes(key))
    parts, top = _added_up(rows, starts)
    key = key[starts]
    place = np.argsort(key)
    return _Groups(parts, top, place, np.flatnonzero(_changes(key[place])))


def _changes(key: Ints) -> Bools:
    """Where a value differs from the one before."""
    found = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=found[1:])
    return found


def _added_up(rows: Rows, starts: Ints) -> tuple[Rows, Ints]:
    """One part for each run of lines, and its largest line; the category is that of the largest line."""
    if len(starts) == len(rows.who):
        return rows, rows.micros
    top = np.maximum.reduceat(rows.micros, starts)
    category = None
    if rows.category is not None:
        largest = np.repeat(top, np.diff(np.append(starts, len(rows.who)))) == rows.micros
        unknown = rows.category.max(initial=-1) + 1
        coded = np.where(largest & (rows.category >= 0), rows.category, unknown)
        category = np.minimum.reduceat(coded, starts)
        category[category == unknown] = -1
    added = Rows(
        rows.line[starts],
        rows.who[starts],
        np.minimum.reduceat(rows.at, starts),
        np.add.reduceat(rows.micros, starts),
        np.logical_or.reduceat(rows.known, starts),
        None if rows.order is None else rows.order[starts],
        category,
    )
    return added, top


def _by_time(who: Ints, at: Ints) -> Ints:
    """Orders sorted by customer and second: whoever reads them next finds them in order."""
    second = at // 1_000_000
    second -= second.min(initial=0)
    span = int(second.max(initial=0)) + 1
    if int(who.max(initial=0)) >= (1 << 62) // span:
        return np.lexsort((second, who))
    packed = who * span + second
    return np.arange(len(packed)) if bool((packed[1:] >= packed[:-1]).all()) else np.argsort(packed)


def _days(at: Ints) -> pa.Array:
    return pa.array((at // DAY_US).astype(np.int32)).cast(pa.date32())


def _repeated(word: str, count: int) -> pa.Array:
    """A text column of one word, as codes: a million equal strings take no room."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([word])).cast(pa.string())


def _names(parts: Rows, chosen: Ints, written: Any, day: pa.Array) -> pa.Array:
    if parts.order is None:
        return day.cast(pa.string())
    given = whole(written).take(pa.array(parts.line[chosen], pa.int64(), mask=parts.order[chosen] < 0))
    trimmed = pc.utf8_trim_whitespace(given.cast(pa.string()))
    return pc.coalesce(trimmed, day.cast(pa.string())) if trimmed.null_count else trimmed


def _largest(groups: _Groups, words: pa.Array | None, by_time: Ints) -> pa.Array:
    """Category of the largest line of each order; of equal ones the first in the alphabet, as codes are sorted."""
    category = groups.parts.category
    if category is None or words is None:
        return pa.nulls(len(by_time), pa.string())
    none = len(words)
    parts = np.diff(np.append(groups.first, len(groups.place)))
    largest = np.repeat(groups.over(np.maximum, groups.top), parts) == groups.top[groups.place]
    code = np.where(category >= 0, category, none)[groups.place]
    best = np.minimum.reduceat(np.where(largest, code, none), groups.first) if len(parts) else code
    best = best[by_time]
    return words.take(pa.array(best, pa.int64(), mask=best == none))
