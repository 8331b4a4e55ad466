"""Every phone, e-mail and address of every record as one long table."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from reactivate.normalise.address_bulk import address_key, read_addresses, tidy_addresses
from reactivate.normalise.addresses import city_key, parse_address, tidy_address
from reactivate.normalise.columns import LONGEST_CELL, encode, take, text_column
from reactivate.normalise.email_bulk import fast_emails
from reactivate.normalise.emails import emails_in
from reactivate.normalise.phones import fast_phones, phones_in

_EMAIL_IN_TEXT = re.compile(r"[^\s,;:<>()\"']+@[^\s,;:<>()\"']+\.[^\s,;:<>()\"']+")
_PHONE_IN_TEXT = re.compile(r"(?<![\w])[+(]?\d[\d\s()\-.–]{7,20}\d(?!\w)")
_ADDRESS_IN_TEXT = re.compile(
    r"(?:(?:г|м|город|місто)\.?\s*[А-ЯІЇЄҐ][\w'’-]+,?\s*)?\b(?:ул|улица|вул|вулиця|пр-т|просп|проспект|пер|бульвар|б-р|наб|ш)\b\.?"
    r"\s*[^\n;]{2,60}?\d+\w?(?:[^\n;,]{0,6}(?:,?\s*(?:кв|корп|оф)\.?\s*\d+)?)",
    re.IGNORECASE,
)
LONGEST_TEXT = 4000
MOST_NAMES = {"phone": 5, "email": 3}
"""A phone on more different people than this belongs to nobody in particular; e-mails likewise."""
FEWEST_RECORDS_A_NAME = 4
"""Many names on even more records are one person's: at least so many records for each."""
MOST_RECORDS = 100
"""A contact on more records than this is nobody's own either, whatever their names, or without any."""

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


@frozen
class _Found:
    """What one distinct cell holds, in the order of the cell."""

    kind: str
    value: str
    display: str
    flaw: str | None = None
    mobile: bool | None = None


@define
class _Pile:
    """Tables that are collected, one per column and kind."""

    tables: list[pa.Table] = field(factory=list)

    def add(self, rows: Any, found: dict[str, Any], column: str, place: Any = 0) -> None:
        count = len(rows)
        values = dict(found, row=pa.array(rows, pa.int64()), column=pa.repeat(column, count))
        values["place"] = pa.array(np.broadcast_to(np.asarray(place, np.int32), count))
        values["good"] = pc.is_null(values["flaw"])
        self.tables.append(pa.table([values[name] for name in _SCHEMA.names], schema=_SCHEMA))


def judged(contacts: pa.Table, names: Sequence[pa.Array]) -> pa.Table:
    """Mark what too many different people share. `names`: parts of the folded name, one per record each, null = none.

    So many people hold a contact as it has different values of the part that has most: slips of the pen and short
    forms multiply whole names, so a person of twenty records would soon look like ten.
    """
    owned = contacts.filter(pc.not_equal(contacts["kind"], "address"))
    held_by = owned["value"].combine_chunks().value_counts()
    values, counts = held_by.field("values"), held_by.field("counts")
    crowded = values.filter(pc.greater(counts, MOST_RECORDS))
    several = owned.filter(pc.is_in(owned["value"], values.filter(pc.greater(counts, min(MOST_NAMES.values())))))
    many = [_named_by_many(several, part) for part in names]
    listed = pc.is_in(contacts["value"], pa.concat_arrays([crowded, *many]))
    shared = pc.and_(pc.and_(listed, pc.is_null(contacts["flaw"])), pc.not_equal(contacts["kind"], "address"))
    flaws = pc.if_else(shared, "shared_by_many", contacts["flaw"])
    place = contacts.column_names.index
    return contacts.set_column(place("flaw"), "flaw", flaws).set_column(place("good"), "good", pc.is_null(flaws))


def _named_by_many(contacts: pa.Table, names: pa.Array) -> pa.Array:
    """Values held under more different names than their kind may have, unless each name has many records."""
    held = contacts.select(["kind", "value"]).append_column("name", names.take(contacts["row"].combine_chunks()))
    named = held.filter(pc.is_valid(held["name"]))
    different = named.group_by(["kind", "value", "name"]).aggregate([([], "count_all")])
    counts = different.group_by(["kind", "value"]).aggregate([([], "count_all"), ("count_all", "sum")])
    limits = pc.if_else(pc.equal(counts["kind"], "phone"), MOST_NAMES["phone"], MOST_NAMES["email"])
    many = pc.greater(counts["count_all"], limits)
    # Thirty records of one person hold some slips of the pen, each of them once.
    spread = pc.greater(pc.multiply(counts["count_all"], FEWEST_RECORDS_A_NAME), counts["count_all_sum"])
    return counts.filter(pc.and_(many, spread))["value"].combine_chunks()


def of_another_country(contacts: pa.Table) -> pa.Table:
    """Where most phones are no numbers of the country given, the bare digits (seven and more) may be compared."""
    phones = pc.equal(contacts["kind"], "phone")
    odd = pc.and_(phones, pc.fill_null(pc.equal(contacts["flaw"], "invalid"), False))
    if 2 * (pc.sum(odd).as_py() or 0) <= (pc.sum(phones).as_py() or 0):
        return contacts
    long_enough = pc.and_(odd, pc.greater_equal(pc.utf8_length(contacts["value"]), 7))
    flaws = pc.if_else(long_enough, pa.scalar(None, pa.string()), contacts["flaw"])
    place = contacts.column_names.index
    return contacts.set_column(place("flaw"), "flaw", flaws).set_column(place("good"), "good", pc.is_null(flaws))


def all_contacts(records: pa.Table, region: str) -> pa.Table:
    """The long table of `contacts`, before anything is known of who shares what."""
    pile = _Pile()
    _plain_phones(pile, records, region)
    _plain_emails(pile, records)
    cities = encode(text_column(records, "city"))
    keys = pa.array([city_key(city) for city in cities.values.to_pylist()], pa.string())
    _addresses(pile, records, region, take(keys, cities.codes))
    _each_cell(pile, records, "comment", lambda cell: _comment_cell(cell, region))
    table = pa.concat_tables([_SCHEMA.empty_table(), *pile.tables]).combine_chunks()
    order = ["phone", "email", "address", "comment"]
    rank = np.asarray(pc.index_in(table["column"], pa.array(order)), dtype=np.int64)
    # Row, column and place share one number: sorting it is far cheaper than sorting by three columns.
    packed = (np.asarray(table["row"].combine_chunks()) << 24) | (rank << 20)
    packed |= np.minimum(np.asarray(table["place"].combine_chunks()), (1 << 20) - 1)
    return table.take(pa.array(np.argsort(packed, kind="stable")))


def _plain_phones(pile: _Pile, records: pa.Table, region: str) -> None:
    cells = encode(text_column(records, "phone"))
    fast = fast_phones(cells.values, region)
    known = np.asarray(pc.is_valid(fast.e164), dtype=bool)
    flaws = pc.if_else(pa.array(fast.placeholder), "placeholder", pa.scalar(None, pa.string()))
    rows = np.flatnonzero((cells.codes >= 0) & _at(known, cells.codes))
    codes = cells.codes[rows]
    value = take(fast.e164, codes)
    whole = {"kind": pa.repeat("phone", len(rows)), "value": value, "display": value, "flaw": take(flaws, codes)}
    pile.add(rows, {**whole, "mobile": pa.repeat(True, len(rows))}, "phone")
    _slow_cells(
        pile,
        cells.values,
        np.where(_at(known, cells.codes), -1, cells.codes),
        "phone",
        lambda cell: _phone_cell(cell, region),
    )


def _plain_emails(pile: _Pile, records: pa.Table) -> None:
    cells = encode(text_column(records, "email"))
    fast = fast_emails(cells.values)
    known = np.asarray(pc.is_valid(fast.value), dtype=bool)
    rows = np.flatnonzero(_at(known, cells.codes))
    codes = cells.codes[rows]
    nothing = pa.nulls(len(rows), pa.string())
    found = {
        "kind": pa.repeat("email", len(rows)),
        "value": take(fast.value, codes),
        "display": take(fast.display, codes),
    }
    pile.add(rows, {**found, "flaw": nothing, "mobile": pa.nulls(len(rows), pa.bool_())}, "email")
    _slow_cells(pile, cells.values, np.where(_at(known, cells.codes), -1, cells.codes), "email", _email_cell)


def _at(flags: npt.NDArray[np.bool_], codes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    return flags[codes] & (codes >= 0) if len(flags) else np.zeros(len(codes), bool)


def _each_cell(pile: _Pile, records: pa.Table, column: str, read: Callable[[str], Iterator[_Found]]) -> None:
    cells = encode(text_column(records, column), LONGEST_TEXT if column == "comment" else LONGEST_CELL)
    _slow_cells(pile, cells.values, cells.codes, column, read)


def _slow_cells(
    pile: _Pile, values: pa.Array, codes: npt.NDArray[np.int32], column: str, read: Callable[[str], Iterator[_Found]]
) -> None:
    """Read each distinct cell once; give what it holds to every row that bears it."""
    used = np.unique(codes[codes >= 0])
    found: list[_Found] = []
    counts = np.zeros(len(values), np.int64)
    for code, text in zip(used.tolist(), take(values, used).to_pylist(), strict=True):
        before = len(found)
        found.extend(read(text))
        counts[code] = len(found) - before
    starts = np.cumsum(counts) - counts
    rows = np.flatnonzero(codes >= 0)
    each = counts[codes[rows]]
    owner = np.repeat(rows, each)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(each) - each, each)
    which = pa.array(np.repeat(starts[codes[rows]], each) + place, pa.int64())
    parts = {
        name: pa.array([getattr(item, name) for item in found], _SCHEMA.field(name).type).take(which)
        for name in ("kind", "value", "display", "flaw", "mobile")
    }
    pile.add(owner, parts, column, place)


def _phone_cell(cell: str, region: str) -> Iterator[_Found]:
    for phone in phones_in(cell, region):
        yield _Found("phone", phone.value, phone.value, phone.flaw, phone.mobile)
    if "@" in cell:
        yield from _emails_in_text(cell)


def _email_cell(cell: str) -> Iterator[_Found]:
    for email in emails_in(cell):
        yield _Found("email", email.value, email.display, email.flaw)


def _emails_in_text(text: str) -> Iterator[_Found]:
    for match in _EMAIL_IN_TEXT.findall(text):
        yield from _email_cell(match)


def _comment_cell(cell: str, region: str) -> Iterator[_Found]:
    """Phones, e-mails and addresses dug out of free text; only what is surely one."""
    yield from _emails_in_text(cell)
    rest = _EMAIL_IN_TEXT.sub(" ", cell)
    for match in _PHONE_IN_TEXT.findall(rest):
        for phone in phones_in(match, region):
            if phone.flaw != "invalid":
                yield _Found("phone", phone.value, phone.value, phone.flaw, phone.mobile)
    for match in _ADDRESS_IN_TEXT.findall(_PHONE_IN_TEXT.sub(" ", rest)):
        address = parse_address(match, region)
        if address.key and address.house:
            yield _Found("address", address.key, tidy_address(match))


def _addresses(pile: _Pile, records: pa.Table, region: str, city: pa.Array) -> None:
    """Addresses, each read together with the city of its row."""
    cells = encode(text_column(records, "address"))
    if not len(cells.values):
        return
    home = pc.fill_null(city, "")
    joint = encode(pc.binary_join_element_wise(take(cells.values, cells.codes), home, "\x1f"))
    keys = address_key(read_addresses(joint.values, region))
    text = pc.replace_substring_regex(joint.values, "\x1f.*$", "")
    rows = np.flatnonzero(joint.codes >= 0)
    codes = joint.codes[rows]
    found = {
        "kind": pa.repeat("address", len(rows)),
        "value": take(pc.coalesce(keys, pc.utf8_lower(text)), codes),
        "display": take(tidy_addresses(text), codes),
        "flaw": take(pc.if_else(pc.is_null(keys), "invalid", pa.scalar(None, pa.string())), codes),
        "mobile": pa.nulls(len(rows), pa.bool_()),
    }
    pile.add(rows, found, "address")
