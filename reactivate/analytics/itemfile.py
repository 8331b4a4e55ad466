"""A plain file of order lines with titles, as contract LINES with `person_id`: what next products are read from."""

from collections.abc import Iterable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import day_number
from reactivate.analytics.celltext import moments, sums
from reactivate.analytics.filetable import named_columns, read_table
from reactivate.analytics.orderfile import EARLIEST
from reactivate.analytics.orderlines import DAY_US
from reactivate.analytics.textcodes import codes


@frozen
class ItemMapping:
    """Which column of the file is what. Without `order` a customer's day is one order.

    A line is a return when its `quantity`, or without that its `amount`, is negative. `not_products` are titles such as
    postage, in any case of letters.
    """

    customer: str
    at: str
    item: str
    order: str | None = None
    quantity: str | None = None
    amount: str | None = None
    category: str | None = None
    dates: str | None = None
    since: date = EARLIEST
    not_products: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        return named_columns(self.customer, self.at, self.item, self.order, self.quantity, self.amount, self.category)


def read_lines(
    path: str, mapping: ItemMapping, *, encoding: str | None = "utf-8", delimiter: str | None = None
) -> tuple[pa.Array, pa.Table, dict[str, int]]:
    """(people, lines, rows set aside by reason). Faults as `filetable.read_table`, and R654 for doubtful dates."""
    table, broken = read_table(path, mapping.columns, encoding, delimiter)
    customer, people = codes(table[mapping.customer])
    item, titles = codes(table[mapping.item])
    at, dated = moments(table[mapping.at], mapping.dates)
    early = dated & (at < day_number(mapping.since) * DAY_US)
    aside = {
        "wrong number of cells": broken,
        "no customer": int(np.count_nonzero(customer < 0)),
        "no title": int(np.count_nonzero((item < 0) & (customer >= 0))),
        "unreadable date": int(np.count_nonzero(~dated & (customer >= 0))),
        f"date before {mapping.since}": int(np.count_nonzero(early & (customer >= 0))),
    }
    keep = np.flatnonzero((customer >= 0) & (item >= 0) & dated & ~early)
    rows = pa.array(keep)
    days = pa.array((at[keep] // DAY_US).astype(np.int32)).cast(pa.date32())
    signs = mapping.quantity or mapping.amount
    back = sums(table[signs]).micros[keep] < 0 if signs else np.zeros(len(keep), bool)
    named = titles.take(pa.array(item[keep]))
    person = people.take(pa.array(customer[keep]))
    own_day = pc.binary_join_element_wise(person, days.cast(pa.string()), " ")
    order = own_day
    if mapping.order:
        written = table[mapping.order].take(rows).cast(pa.string())
        written = pa.chunked_array([written]) if isinstance(written, pa.Array) else written
        order = pc.coalesce(pc.binary_join_element_wise(person, written.combine_chunks(), " "), own_day)
    lines = {
        "source": pa.repeat("file", len(keep)),
        "order_id": order,
        "ordered_on": days,
        "item": named,
        "category": _category(table, mapping, rows),
        "quantity": pa.array(np.where(back, -1, 1).astype(np.int8)).cast(pa.decimal128(18, 3)),
        "is_product": pc.invert(pc.is_in(pc.utf8_lower(named), value_set=_folded(mapping.not_products))),
        "person_id": person,
    }
    return people, pa.table(lines), {reason: count for reason, count in aside.items() if count}


def _category(table: pa.Table, mapping: ItemMapping, rows: pa.Array) -> pa.Array:
    if not mapping.category:
        return pa.nulls(len(rows), pa.string())
    code, words = codes(table[mapping.category])
    code = code[np.asarray(rows)]
    return words.take(pa.array(code, mask=code < 0))


def _folded(words: Iterable[str]) -> pa.Array:
    return pa.array([word.strip().lower() for word in words], pa.string())
