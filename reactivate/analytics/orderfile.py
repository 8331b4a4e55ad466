"""A plain file of orders or order lines, read as text, collapsed into orders of contract ORDERS with `person_id`."""

from concurrent.futures import ThreadPoolExecutor
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
    nobody = pa.nulls(table.num_rows, pa.string())
    with (
        ThreadPoolExecutor() as pool
    ):  # Arrow and numpy let go of the interpreter, so the columns are read side by side
        whose = pool.submit(_codes, table[mapping.customer])
        which = pool.submit(_codes, table[mapping.order] if mapping.order else nobody)
        what = pool.submit(_codes, table[mapping.category] if mapping.category else nobody)
        when = pool.submit(moments, table[mapping.at], mapping.dates)
        micros, known = sums(table[mapping.amount])
    (customer, people), (order, _), (category, words) = whose.result(), which.result(), what.result()
    at, dated = when.result()
    set_aside = {
        "no customer": int(np.count_nonzero(customer < 0)),
        "unreadable date": int(np.count_nonzero(~dated & (customer >= 0))),
        "unreadable sum": _written(table[mapping.amount], ~known),
    }
    keep = np.flatnonzero(dated & (customer >= 0))
    rows = _Rows(customer[keep], at[keep], micros[keep], known[keep], category[keep], order[keep])
    return OrderFile(
        people, _orders(rows, people, words), table.num_rows, {reason: n for reason, n in set_aside.items() if n}
    )


@frozen(eq=False)
class _Rows:
    """Usable rows; customer, category and order as codes, -1 = not given."""

    who: Ints
    at: Ints
    micros: Ints
    known: Any
    category: Ints
    order: Ints

    def groups(self) -> tuple[Ints, Ints]:
        """(row positions sorted by order, number of the order of each): orders by (customer, id or day)."""
        day = self.at // _DAY_US
        day -= day.min(initial=0)
        part = np.where(self.order >= 0, self.order, self.order.max(initial=-1) + 1 + day)
        key = self.who * (part.max(initial=0) + 1) + part
        place = np.argsort(key)
        fresh = np.diff(key[place], prepend=-1) != 0
        return place, np.cumsum(fresh) - 1


def _orders(rows: _Rows, people: pa.Array, categories: pa.Array) -> pa.Table:
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
            "category": categories.take(_largest(rows, place, number, orders)),
            "person_id": person,
        }
    )


def _largest(rows: _Rows, place: Ints, number: Ints, orders: int) -> pa.Array:
    """Category of the largest row of each order; of equal ones the first in the alphabet, as codes are sorted."""
    none = rows.category.max(initial=-1) + 1
    code = np.where(rows.category >= 0, rows.category, none)[place]
    micros = rows.micros[place]
    top = per_owner(np.maximum, micros, number, orders)[number] == micros
    best = per_owner(np.minimum, np.where(top, code, none), number, orders)
    return pa.array(best, pa.int64(), mask=best == none)


def _codes(column: Any) -> tuple[Ints, pa.Array]:
    """Codes of trimmed text (-1 for null and blank) and the words they stand for, sorted and distinct."""
    array = whole(column)
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        array = array.cast(pa.string())
    encoded = array.dictionary_encode()
    trimmed = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    words = pc.unique(trimmed).drop_null()
    words = words.take(pc.sort_indices(words))
    code = np.asarray(pc.index_in(trimmed, value_set=words).fill_null(-1), np.int64)
    return np.append(code, -1)[np.asarray(encoded.indices.fill_null(len(code)), np.int64)], words


def _written(column: Any, chosen: Any) -> int:
    """How many of the chosen cells hold something."""
    cells = whole(column).filter(pa.array(chosen)).drop_null().cast(pa.string())
    return len(cells) - int(pc.sum(pc.equal(pc.utf8_trim_whitespace(cells), "")).as_py() or 0)


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
