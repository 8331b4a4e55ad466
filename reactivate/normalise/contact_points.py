"""Every phone, e-mail and address of every record as one long table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
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
KINDS = ("phone", "email", "address")
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
    """Contacts that are collected, one part per column and way of reading."""

    parts: list[dict[str, Any]] = field(factory=list)

    def add(self, rows: Places, found: dict[str, Any], column: str, place: Any = 0) -> None:
        """`found`: kinds (one for all, or a list of one per row), value, display, flaw, mobile."""
        kinds = np.broadcast_to(np.asarray(found["kind"], np.int8), len(rows))
        columns = np.broadcast_to(np.int8(_COLUMNS.index(column)), len(rows))
        places = np.broadcast_to(np.asarray(place, np.int32), len(rows))
        self.parts.append({**found, "row": rows, "kind": kinds, "column": columns, "place": places})

    def table(self) -> pa.Table:
        """All of them by row, column and place. The parts are let go by and by: they are as large as the table."""
        row, kind, column, place = (
            np.concatenate([part.pop(name) for part in self.parts]) for name in ("row", "kind", "column", "place")
        )
        # Row, column and place share one number: sorting it is far cheaper than sorting by three columns.
        packed = (row.astype(np.int64) << 24) | (column.astype(np.int64) << 20) | np.minimum(place, (1 << 20) - 1)
        order = np.argsort(packed, kind="stable")
        del packed
        values = {
            name: pa.concat_arrays([part.pop(name) for part in self.parts]).take(pa.array(order))
            for name in ("value", "display", "flaw", "mobile")
        }
        values["good"] = pc.is_null(values["flaw"])
        values |= {"row": pa.array(row[order], pa.int64()), "place": pa.array(place[order], pa.int32())}
        values |= {"kind": _words(KINDS, kind[order]), "column": _words(_COLUMNS, column[order])}
        return pa.table([values[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _words(words: Sequence[str], codes: npt.NDArray[np.int8]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def all_contacts(records: pa.Table, region: str) -> pa.Table:
    """The long table of `contacts`, before anything is known of who shares what."""
    pile = _Pile()
    _phones(pile, records, region)
    _emails(pile, records)
    _addresses(pile, records, region)
    comments = encode(text_column(records, "comment"), LONGEST_TEXT)
    _slow_cells(pile, np.arange(len(comments.codes)), comments, "comment", lambda cells: comment_cells(cells, region))
    return pile.table()


def _phones(pile: _Pile, records: pa.Table, region: str) -> None:
    rows, values, fillers, mobile, column = [], [], [], [], text_column(records, "phone")
    for start, cells in sliced(column, LONGEST_CELL):
        fast = fast_phones(cells, region)
        rows.append(fast.rows + start)
        values.append(fast.e164)
        fillers.append(fast.placeholder)
        mobile.append(fast.mobile)
    plain, value = positions(rows), joined(values, pa.string())
    flaw = pc.if_else(pa.array(marks(fillers)), "placeholder", pa.scalar(None, pa.string()))
    found = {"kind": KINDS.index("phone"), "value": value, "display": value, "flaw": flaw}
    pile.add(plain, {**found, "mobile": joined(mobile, pa.bool_())}, "phone")
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
    found = {"kind": KINDS.index("email"), "value": joined(values, pa.string()), "display": joined(shown, pa.string())}
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
    parts: dict[str, Any] = {
        name: pa.array([getattr(item, name) for item in items], _SCHEMA.field(name).type).take(which)
        for name in ("value", "display", "flaw", "mobile")
    }
    parts["kind"] = np.array([KINDS.index(item.kind) for item in items], np.int8)[np.asarray(which)]
    pile.add(np.repeat(rows, each), parts, column, place)


def _addresses(pile: _Pile, records: pa.Table, region: str) -> None:
    """Addresses, each read together with the city of its row."""
    column = tidied(text_column(records, "address"))
    rows = np.flatnonzero(np.asarray(pc.is_valid(column), dtype=bool))
    cells = column.take(pa.array(rows))
    cities = encode(text_column(records, "city"))
    named = pa.array([city_key(city) for city in cities.values.to_pylist()], pa.string())
    keys = address_key(read_addresses(cells, take(named, cities.codes[rows]), region))
    found = {
        "kind": KINDS.index("address"),
        "value": pc.coalesce(keys, pc.utf8_lower(cells)),
        "display": tidy_addresses(cells),
        "flaw": pc.if_else(pc.is_null(keys), "invalid", pa.scalar(None, pa.string())),
        "mobile": pa.nulls(len(rows), pa.bool_()),
    }
    pile.add(rows, found, "address")
