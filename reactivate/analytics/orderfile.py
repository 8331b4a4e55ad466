"""A plain file of orders or order lines, read as text, collapsed into orders of contract ORDERS with `person_id`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.analytics.arrays import Bools, Ints, day_number, whole
from reactivate.analytics.celltext import Sums, moments, sums
from reactivate.analytics.filetable import named_columns, other_kinds, read_table
from reactivate.analytics.orderlines import DAY_US, Rows, orders_of
from reactivate.analytics.textcodes import codes, group_codes
from reactivate.errors import DataError, ReactivateError
from reactivate.text import one_line

EARLIEST = date(1990, 1, 1)
"""Orders before it are placeholders (1900-01-01, 1970-01-01) and set aside, unless `Mapping.since` says otherwise."""

_LATEST_US = day_number(date(3000, 1, 1)) * DAY_US


@frozen
class Mapping:
    """Which column of the file is what. Without `order` a customer's day is one order.

    `dates` is how dates are written, `since` the birth of the shop; `currency` a column, and `count_in` the currency
    that counts (default: the most frequent one).
    """

    customer: str
    at: str
    amount: str
    order: str | None = None
    category: str | None = None
    currency: str | None = None
    dates: str | None = None
    since: date = EARLIEST
    count_in: str | None = None

    @property
    def columns(self) -> list[str]:
        return named_columns(self.customer, self.at, self.amount, self.order, self.category, self.currency)


@frozen(eq=False)
class OrderFile:
    """`people`: every customer id of the file once, sorted. `set_aside`: rows that could not be used, by reason.

    An unreadable sum leaves its row: an order of unknown sum. `examples` shows a cell of each reason that has one;
    `currency` is the one counted, None when the file names none.
    """

    people: pa.Array
    orders: pa.Table
    rows: int
    set_aside: dict[str, int] = field(factory=dict)
    examples: dict[str, str] = field(factory=dict)
    currency: str | None = None


def read_orders(
    path: str, mapping: Mapping, *, encoding: str | None = "utf-8", delimiter: str | None = None
) -> OrderFile:
    """Read a CSV or Parquet file. DataError R653 missing column, R654 dates that can be read in two ways, R655 broken.

    Rows with too many or too few cells are set aside, up to one in a hundred.
    """
    table, broken = read_table(path, mapping.columns, encoding, delimiter)
    try:
        return collapse(table, mapping, broken)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # a list where a date was promised
        raise other_kinds(path, table) from None


def _no_sums(table: pa.Table, mapping: Mapping) -> ReactivateError:
    """DataError R656 for a column of sums in which not one can be read: another column was meant."""
    written = table[mapping.amount].drop_null()
    example = f", such as {one_line(str(written[0]), 60)!r}" if len(written) else ": it is empty"
    return DataError.because("R656", f"no cell of {mapping.amount!r} is a sum{example}", "check --amount")


def collapse(table: pa.Table, mapping: Mapping, broken: int = 0) -> OrderFile:
    """Rows of a file as orders: rows of one customer with one `order` value, else of one day, are one order.

    An order is dated by its first row, its sum is that of its rows, its category that of its largest row.
    """
    # Arrow and numpy let go of the interpreter, so the columns are read side by side.
    with ThreadPoolExecutor(2) as pool:
        whose = pool.submit(codes, table[mapping.customer])
        which = pool.submit(group_codes, table[mapping.order]) if mapping.order else None
        when = pool.submit(moments, table[mapping.at], mapping.dates)
        money = sums(table[mapping.amount])
    customer, people = whose.result()
    at, dated = when.result()
    dated &= at < _LATEST_US
    order = which.result() if which else None
    category, words = codes(table[mapping.category]) if mapping.category else (None, None)
    foreign, currency = _foreign(table, mapping, money)
    named = customer >= 0
    early = dated & (at < day_number(mapping.since) * DAY_US)
    masks = {
        "no customer": ~named,
        "unreadable date": named & ~dated,
        f"date before {mapping.since}": named & early,
        "other currency": named & foreign,
        "unreadable sum": _written(table[mapping.amount], ~money.known),
    }
    if table.num_rows and not money.known.any():
        raise _no_sums(table, mapping)
    keep = np.flatnonzero(named & dated & ~early & ~foreign)
    rows = Rows(
        keep, customer[keep], at[keep], money.micros[keep], money.known[keep], _at(order, keep), _at(category, keep)
    )
    counts = {"wrong number of cells": broken, **{reason: int(mask.sum()) for reason, mask in masks.items()}}
    return OrderFile(
        people,
        orders_of(rows, people, table[mapping.order] if mapping.order else None, words),
        table.num_rows + broken,
        {reason: count for reason, count in counts.items() if count},
        _examples(table, mapping, masks, at),
        currency,
    )


def _at(codes: Ints | None, keep: Ints) -> Ints | None:
    return None if codes is None else codes[keep]


def _foreign(table: pa.Table, mapping: Mapping, money: Sums) -> tuple[Bools, str | None]:
    """Rows in another currency than the one counted, by the column of currencies or by the sign beside the sum."""
    code, words = money.mark, money.currencies
    if mapping.currency:
        from reactivate.normalise.numbers import currency

        written, spellings = codes(table[mapping.currency])
        named = [currency(word) for word in spellings.to_pylist()]
        words = tuple(sorted(set(named)))
        code = np.array([*(words.index(word) for word in named), -1], np.int64)[written]
    wanted = mapping.count_in.upper() if mapping.count_in else None
    if wanted is None and words:
        wanted = words[int(np.bincount(code[code >= 0], minlength=len(words)).argmax())]
    if wanted is not None and mapping.count_in and wanted not in words:
        raise DataError.because(
            "R657", f"no row is in {wanted}", f"the file knows {', '.join(words) or 'no currency'}: see --currency"
        )
    counted = words.index(wanted) if wanted in words else -1
    return (code >= 0) & (code != counted), wanted


def _written(column: Any, chosen: Bools) -> Bools:
    """Which of the chosen cells hold something."""
    if not chosen.any():
        return chosen
    rows = np.flatnonzero(chosen)
    cells = whole(column).take(pa.array(rows)).cast(pa.string())
    found = np.zeros(len(chosen), bool)
    found[rows] = np.asarray(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(cells)), 0).fill_null(False))
    return found


def _examples(table: pa.Table, mapping: Mapping, masks: dict[str, Bools], at: Ints) -> dict[str, str]:
    """The first cell of each reason, as it stands in the file."""
    columns = {"unreadable date": mapping.at, "unreadable sum": mapping.amount, "other currency": mapping.currency}
    columns[f"date before {mapping.since}"] = mapping.at
    found = {}
    for reason, name in columns.items():
        rows = np.flatnonzero(masks[reason])
        if name and len(rows):
            cell = table[name][int(rows[0])].as_py()
            found[reason] = "nothing" if cell is None else str(cell).strip() or "nothing"
    return found
