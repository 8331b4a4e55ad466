"""A plain file of orders or order lines, read as text, collapsed into orders of contract ORDERS with `person_id`."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.analytics.arrays import Ints, money, per_owner, whole
from reactivate.analytics.celltext import moments, sums
from reactivate.errors import DataError, EnvironmentFault
from reactivate.text import nearest, one_of

_MICROS_PER_CENT = 10_000
_DAY_US = 86_400_000_000


@frozen
class Mapping:
    """Which column of the file is what. Without `order` a customer's day is one order."""

    customer: str
    at: str
    amount: str
    order: str | None = None
    category: str | None = None
    dates: str | None = None

    @property
    def columns(self) -> list[str]:
        named = (self.customer, self.at, self.amount, self.order, self.category)
        return list(dict.fromkeys(name for name in named if name))


@frozen(eq=False)
class OrderFile:
    """`people`: every customer id of the file once, sorted. `set_aside`: rows that could not be used, by reason."""

    people: pa.Array
    orders: pa.Table
    rows: int
    set_aside: dict[str, int] = field(factory=dict)


def read_orders(path: str, mapping: Mapping, *, encoding: str = "utf-8", delimiter: str | None = None) -> OrderFile:
    """Read a CSV or Parquet file. DataError R653 missing column, R654 dates that can be read in two ways."""
    table = _table(Path(path), mapping, encoding, delimiter)
    return collapse(table, mapping)


def collapse(table: pa.Table, mapping: Mapping) -> OrderFile:
    """Rows of a file as orders: rows of one customer with one `order` value, else of one day, are one order.

    An order is dated by its first row, its sum is that of its rows, its category that of its largest row.
    """
    customer = _words(table[mapping.customer])
    at, dated = moments(table[mapping.at], mapping.dates)
    micros, known = sums(table[mapping.amount])
    set_aside = Counter({
        "no customer": int(customer.null_count),
        "unreadable date": int(np.count_nonzero(~dated & np.asarray(customer.is_valid()))),
        "unreadable sum": int(np.count_nonzero(~known & np.asarray(_words(table[mapping.amount]).is_valid()))),
    })  # fmt: skip
    people = _sorted_ids(customer)
    keep = np.flatnonzero(dated & np.asarray(customer.is_valid()))
    who = np.asarray(pc.index_in(customer.take(pa.array(keep)), value_set=people), np.int64)
    category = _words(table[mapping.category]) if mapping.category else pa.nulls(table.num_rows, pa.string())
    order_id = _words(table[mapping.order]) if mapping.order else pa.nulls(table.num_rows, pa.string())
    rows = _Rows(who, at[keep], micros[keep], known[keep], category.take(pa.array(keep)), order_id.take(pa.array(keep)))
    return OrderFile(people, _orders(rows, people), table.num_rows, {k: n for k, n in set_aside.items() if n})


@frozen(eq=False)
class _Rows:
    who: Ints
    at: Ints
    micros: Ints
    known: Any
    category: pa.Array
    order_id: pa.Array

    def groups(self) -> tuple[Ints, Ints]:
        """(row positions sorted by order, number of the order of each): orders by (customer, id or day)."""
        day = self.at // _DAY_US
        if self.order_id.null_count == len(self.order_id):
            part = day - (day.min() if len(day) else 0)
        else:
            codes = np.asarray(self.order_id.dictionary_encode().indices.fill_null(-1), np.int64)
            part = np.where(codes >= 0, codes, codes.max() + 1 + day - day.min())
        key = self.who * (part.max(initial=0) + 1) + part
        order = np.argsort(key)
        fresh = np.diff(key[order], prepend=-1) != 0
        return order, np.cumsum(fresh) - 1


def _orders(rows: _Rows, people: pa.Array) -> pa.Table:
    place, number = rows.groups()
    orders = int(number[-1]) + 1 if len(number) else 0
    first = np.flatnonzero(np.diff(number, prepend=-1))
    at = per_owner(np.minimum, rows.at[place], number, orders)
    total = per_owner(np.add, rows.micros[place], number, orders)
    known = per_owner(np.logical_or, rows.known[place], number, orders)
    person = people.take(pa.array(rows.who[place][first]))
    hundredths = np.sign(total) * ((np.abs(total) + _MICROS_PER_CENT // 2) // _MICROS_PER_CENT)
    moment = pa.array(at, pa.timestamp("us", "UTC"))
    return pa.table(
        {
            "source": pa.repeat("file", orders),
            "record_id": person,
            "order_id": pa.array(np.arange(orders)).cast(pa.string()),
            "ordered_at": moment,
            "ordered_on": pa.array((at // _DAY_US).astype(np.int32)).cast(pa.date32()),
            "amount": money(hundredths, known),
            "paid": pa.repeat(True, orders),
            "category": _largest(rows, place, number, orders),
            "person_id": person,
        }
    )


def _largest(rows: _Rows, place: Ints, number: Ints, orders: int) -> pa.Array:
    """Category of the largest row of each order; of equal ones the first in the alphabet."""
    if rows.category.null_count == len(rows.category):
        return pa.nulls(orders, pa.string())
    words = pc.unique(rows.category).drop_null()
    words = words.take(pc.sort_indices(words))
    none = len(words)
    rank = np.asarray(pc.index_in(rows.category, value_set=words).fill_null(none), np.int64)[place]
    micros = rows.micros[place]
    top = per_owner(np.maximum, micros, number, orders)[number] == micros
    best = per_owner(np.minimum, np.where(top, rank, none), number, orders)
    return words.take(pa.array(best, mask=best == none))


def _words(column: Any) -> pa.Array:
    """A column as trimmed text; blank cells are null."""
    array = whole(column)
    text = array if pa.types.is_string(array.type) else whole(array.cast(pa.string()))
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return text
    encoded = text.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(encoded.dictionary)
    cleaned = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    return cleaned.take(encoded.indices)


def _sorted_ids(customer: pa.Array) -> pa.Array:
    ids = pc.unique(customer).drop_null()
    return ids.take(pc.sort_indices(ids))


def _table(path: Path, mapping: Mapping, encoding: str, delimiter: str | None) -> pa.Table:
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            import pyarrow.parquet as pq

            _check_columns(path, pq.read_schema(path).names, mapping)
            return pq.read_table(path, columns=mapping.columns)
        return _csv(path, mapping, encoding, delimiter)
    except FileNotFoundError:
        raise EnvironmentFault.because("R903", f"there is no file {path}", "check the path") from None
    except (pa.ArrowInvalid, UnicodeDecodeError) as fault:
        raise DataError.because(
            "R655", f"{path} cannot be read: {str(fault).splitlines()[0]}", "try --encoding cp1251, or --delimiter ';'"
        ) from None


def _csv(path: Path, mapping: Mapping, encoding: str, delimiter: str | None) -> pa.Table:
    from pyarrow import csv

    with path.open(encoding="utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding) as file:
        head = file.readline().rstrip("\r\n")
    mark = delimiter or max(",;\t|", key=head.count)
    parse = csv.ParseOptions(delimiter=mark, newlines_in_values='"' in head)
    names = csv.open_csv(path, csv.ReadOptions(encoding=encoding), parse).schema.names if head else []
    _check_columns(path, names, mapping)
    convert = csv.ConvertOptions(
        include_columns=mapping.columns,
        column_types=dict.fromkeys(mapping.columns, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    return csv.read_csv(path, csv.ReadOptions(encoding=encoding), parse, convert)


def _check_columns(path: Path, names: list[str], mapping: Mapping) -> None:
    from reactivate.diagnostics import Diagnostic

    missing = [name for name in mapping.columns if name not in names]
    faults = []
    for name in missing:
        close = nearest(name, names)
        hint = f"did you mean {close!r}?" if close else f"its columns are: {one_of(names, 20)}"
        faults.append(Diagnostic("R653", f"{path} has no column {name!r}", hint=hint))
    if faults:
        raise DataError(faults)
