"""Every phone, e-mail and address of every record as one long table."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from reactivate.normalise.address_bulk import address_key, read_addresses, tidy_addresses
from reactivate.normalise.addresses import city_key
from reactivate.normalise.cells import Places, joined, marks, positions, sliced
from reactivate.normalise.columns import LONGEST_CELL, Encoded, encode, take, text_column, tidied
from reactivate.normalise.contact_cells import Found, comment_cells, email_cells, phone_cells
from reactivate.normalise.email_bulk import fast_emails
from reactivate.normalise.phone_bulk import fast_phones

LONGEST_TEXT = 4000
_COLUMNS = ("phone", "email", "address", "comment")
_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("display", pa.string()),
        ("good", pa.bool_()),
        ("flaw", pa.string()),
        ("mobile", pa.bool_()),
        ("column", pa.string()),
        ("place", pa.int32()),
    ]
)


@define
class _Pile:
    """Tables that are collected, one per column and way of reading."""

    tables: list[pa.Table] = field(factory=list)

    def add(self, rows: Any, found: dict[str, Any], column: str, place: Any = 0) -> None:
        """`found`: kind (one for all, or an array), value, display, flaw, mobile."""
        count = len(rows)
        values = dict(found, row=pa.array(rows, pa.int64()), column=pa.repeat(column, count))
        values["kind"] = pa.repeat(found["kind"], count) if isinstance(found["kind"], str) else found["kind"]
        values["place"] = pa.array(np.broadcast_to(np.asarray(place, np.int32), count))
        values["good"] = pc.is_null(values["flaw"])
        self.tables.append(pa.table([values[name] for name in _SCHEMA.names], schema=_SCHEMA))


def all_contacts(records: pa.Table, region: str) -> pa.Table:
    """The long table of `contacts`, before anything is known of who shares what."""
    pile = _Pile()
    _phones(pile, records, region)
    _emails(pile, records)
    _addresses(pile, records, region)
    comments = encode(text_column(records, "comment"), LONGEST_TEXT)
    _slow_cells(pile, np.arange(len(comments.codes)), comments, "comment", lambda cells: comment_cells(cells, region))
    table = pa.concat_tables([_SCHEMA.empty_table(), *pile.tables]).combine_chunks()
    rank = np.asarray(pc.index_in(table["column"], pa.array(_COLUMNS)), dtype=np.int64)
    # Row, column and place share one number: sorting it is far cheaper than sorting by three columns.
    packed = (np.asarray(table["row"].combine_chunks()) << 24) | (rank << 20)
    packed |= np.minimum(np.asarray(table["place"].combine_chunks()), (1 << 20) - 1)
    return table.take(pa.array(np.argsort(packed, kind="stable")))


def _phones(pile: _Pile, records: pa.Table, region: str) -> None:
    rows, values, fillers, column = [], [], [], text_column(records, "phone")
    for start, cells in sliced(column, LONGEST_CELL):
        fast = fast_phones(cells, region)
        rows.append(fast.rows + start)
        values.append(fast.e164)
        fillers.append(fast.placeholder)
    plain, value = positions(rows), joined(values, pa.string())
    flaw = pc.if_else(pa.array(marks(fillers)), "placeholder", pa.scalar(None, pa.string()))
    found = {"kind": "phone", "value": value, "display": value, "flaw": flaw}
    pile.add(plain, {**found, "mobile": pa.repeat(True, len(plain))}, "phone")
    others, slow = _others(column, plain)
    _slow_cells(pile, others, slow, "phone", lambda cells: phone_cells(cells, region))


def _emails(pile: _Pile, records: pa.Table) -> None:
    rows, values, shown, column = [], [], [], text_column(records, "email")
    for start, cells in sliced(column, LONGEST_CELL):
        fast = fast_emails(cells)
        rows.append(fast.rows + start)
        values.append(fast.value)
        shown.append(fast.display)
    plain = positions(rows)
    found = {"kind": "email", "value": joined(values, pa.string()), "display": joined(shown, pa.string())}
    nothing = {"flaw": pa.nulls(len(plain), pa.string()), "mobile": pa.nulls(len(plain), pa.bool_())}
    pile.add(plain, {**found, **nothing}, "email")
    others, slow = _others(column, plain)
    _slow_cells(pile, others, slow, "email", email_cells)


def _others(column: Any, plain: Places) -> tuple[Places, Encoded]:
    """The rows whose cells hold something that was not read in bulk, and those cells."""
    left = np.asarray(pc.is_valid(column), dtype=bool).copy()
    left[plain] = False
    rows = np.flatnonzero(left)
    return rows, encode(column.take(pa.array(rows)))


def _slow_cells(
    pile: _Pile, rows: Places, cells: Encoded, column: str, read: Callable[[list[str]], Iterable[list[Found]]]
) -> None:
    """Read each distinct cell once; give what it holds to every row that bears it."""
    held = list(read(cells.values.to_pylist()))
    counts = np.array([len(found) for found in held], np.int64)
    starts = np.cumsum(counts) - counts
    there = cells.codes >= 0
    rows, codes = rows[there], cells.codes[there]
    each = counts[codes]
    place = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    which = pa.array(np.repeat(starts[codes], each) + place, pa.int64())
    items = [item for found in held for item in found]
    parts = {
        name: pa.array([getattr(item, name) for item in items], _SCHEMA.field(name).type).take(which)
        for name in ("kind", "value", "display", "flaw", "mobile")
    }
    pile.add(np.repeat(rows, each), parts, column, place)


def _addresses(pile: _Pile, records: pa.Table, region: str) -> None:
    """Addresses, each read together with the city of its row."""
    column = text_column(records, "address")
    rows = np.flatnonzero(np.asarray(pc.is_valid(column), dtype=bool))
    cells = tidied(column.take(pa.array(rows)))
    cities = encode(text_column(records, "city"))
    named = pa.array([city_key(city) for city in cities.values.to_pylist()], pa.string())
    keys = address_key(read_addresses(cells, take(named, cities.codes[rows]), region))
    found = {
        "kind": "address",
        "value": pc.coalesce(keys, pc.utf8_lower(cells)),
        "display": tidy_addresses(cells),
        "flaw": pc.if_else(pc.is_null(keys), "invalid", pa.scalar(None, pa.string())),
        "mobile": pa.nulls(len(rows), pa.bool_()),
    }
    pile.add(rows, found, "address")
