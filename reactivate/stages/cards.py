"""RECORDS: all rows of a source with one id become one card that keeps every phone, e-mail, address and remark."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.schemas import RECORDS
from reactivate.normalise.numbers import amounts, numbers
from reactivate.stages.dates import days, moments
from reactivate.stages.findings import Findings
from reactivate.stages.mapping import CARD_FIELDS, SourceMapping
from reactivate.stages.raw import ROW

RECORD = "record_id"
SEEN = "_seen"

_KEPT_ALL = {"phone": "; ", "email": "; ", "address": "\n", "comment": "\n", "tags": ";"}
"""Fields of which a card keeps every distinct value, the latest first; of all others it keeps the latest."""

_NO_BIRTHDAY = pa.array(["1900-01-01", "1970-01-01", "2000-01-01", "1980-01-01"]).cast(pa.date32())
_DAYS_OF = {"d": 1.0, "h": 1 / 24, "min": 1 / 1440}


def card_rows(table: pa.Table, ids: pa.Array, seen: pa.Array, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """The card columns of raw rows whose record is known, dates and own columns read. `seen`: order day or null."""
    columns: dict[str, Any] = {RECORD: ids, SEEN: seen, ROW: table[ROW]}
    for name in table.column_names:
        if name == "birth_date":
            columns[name] = _birth_dates(table, mapping, findings)
        elif name == "tags":
            columns[name] = _as_cell(table[name])
        elif name in CARD_FIELDS:
            columns[name] = table[name]
        elif name.startswith("x_"):
            columns[name] = _own(table, name, mapping, findings)
    return pa.table(columns).filter(pc.is_valid(ids))


def records(parts: list[pa.Table], mapping: SourceMapping) -> pa.Table:
    """One card per record id. `parts` are tables of `card_rows`, which may lack columns of each other."""
    rows = pa.concat_tables(parts, promote_options="default") if parts else pa.table({})
    if not rows.num_rows:
        return RECORDS.empty()
    fields = [name for name in rows.column_names if name not in {RECORD, SEEN, ROW}]
    lists = [name for name in fields if name == "tags" or (name[:2] == "x_" and mapping.own_type(name) == "list")]
    distinct = rows.group_by([RECORD, *fields]).aggregate([(SEEN, "min"), (SEEN, "max"), (ROW, "max")])
    cards = distinct.rename_columns([RECORD, *fields, "first_seen_on", "last_seen_on", ROW])
    if pc.count_distinct(cards[RECORD]).as_py() < cards.num_rows:
        cards = _merged(cards, fields, _KEPT_ALL | dict.fromkeys(lists, ";"))
    cards = cards.sort_by(RECORD).drop_columns([ROW] if ROW in cards.column_names else [])
    for name in lists:
        cards = cards.set_column(cards.schema.get_field_index(name), name, split_list(cards[name]))
    return RECORDS.conform(cards.append_column("source", pa.repeat(pa.scalar(mapping.name), cards.num_rows)))


def _merged(rows: pa.Table, fields: list[str], kept: dict[str, str]) -> pa.Table:
    """Latest value of each field, every value of those that are kept whole."""
    ordered = rows.sort_by([(RECORD, "ascending"), ("last_seen_on", "descending"), (ROW, "descending")])
    wanted = [
        *((name, "first") for name in fields if name not in kept),
        ("first_seen_on", "min"),
        ("last_seen_on", "max"),
    ]
    merged = ordered.group_by(RECORD, use_threads=False).aggregate(wanted)
    merged = merged.rename_columns([RECORD, *(name for name, _ in wanted)])
    for name in fields:
        if name in kept:
            merged = merged.append_column(name, _every(ordered, name, kept[name], merged[RECORD]))
    return merged


def _every(ordered: pa.Table, name: str, mark: str, ids: pa.ChunkedArray) -> pa.Array:
    """Distinct values of `name` per record in the given order, joined, aligned to `ids`."""
    some = ordered.select([RECORD, name]).filter(pc.is_valid(ordered[name]))
    once = some.group_by([RECORD, name], use_threads=False).aggregate([])
    lists = once.group_by(RECORD, use_threads=False).aggregate([(name, "list")])
    joined = pc.binary_join(lists[f"{name}_list"].combine_chunks(), mark)
    return pc.take(joined, pc.index_in(ids.combine_chunks(), value_set=lists[RECORD].combine_chunks()))


def split_list(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """`a; b` as a list of texts, cut at `;`, `|`, commas and line breaks; null stays null."""
    flat = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    bare = pc.replace_substring_regex(pc.utf8_trim(flat, " ;|,\n\r"), r"\s*[;|,\n\r]+\s*", "\x1f")
    return pc.split_pattern(pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare), "\x1f")


def _as_cell(values: pa.ChunkedArray) -> Any:
    """Tags of a typed file come as lists; one text until cards are merged."""
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        return pc.binary_join(values.combine_chunks(), ";")
    return values


def _birth_dates(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Array:
    values = table["birth_date"]
    read = days(moments(values, mapping.dates, mapping.timezone), mapping.timezone)
    rows = table[ROW].combine_chunks()
    unread = pc.and_(pc.is_valid(values.combine_chunks()), pc.is_null(read))
    findings.bad(rows.filter(unread), "bad_date", "a date of birth that is no date", "birth_date")
    placeholder = pc.fill_null(pc.is_in(read, value_set=_NO_BIRTHDAY), False)
    findings.noted(rows.filter(placeholder), "placeholder_date", "a date of birth put in by default", "birth_date")
    return pc.if_else(placeholder, pa.scalar(None, pa.date32()), read)


def _own(table: pa.Table, name: str, mapping: SourceMapping, findings: Findings) -> Any:
    """A column of our own by its declared type; what cannot be read is null and a finding."""
    values = table[name].combine_chunks()
    kind = mapping.own_type(name)
    if kind == "list":
        return _as_cell(table[name])
    if kind == "text":
        return values
    read = _typed(values, kind, mapping)
    rows = table[ROW].combine_chunks()
    unread = rows.filter(pc.and_(pc.is_valid(values), pc.is_null(read)))
    findings.bad(unread, f"bad_{kind}", f"a cell that is no {kind}", name.removeprefix("x_"))
    return read


def _typed(values: pa.Array, kind: str, mapping: SourceMapping) -> pa.Array:
    if kind == "date":
        return days(moments(values, mapping.dates, mapping.timezone), mapping.timezone)
    if kind == "money":
        return amounts(values, mapping.currency)[0]
    is_text = pa.types.is_string(values.type)
    if kind == "count":
        read = numbers(values)
        whole = pc.equal(read, pc.round(read))
        return pc.if_else(whole, read, pa.scalar(None, read.type)).cast(pa.int64())
    if kind == "share":
        percent = pc.fill_null(pc.ends_with(values, "%"), False) if is_text else pa.repeat(False, len(values))
        bare = pc.utf8_rtrim(values, " %") if is_text else values
        return pc.multiply(numbers(bare).cast(pa.float64()), pc.if_else(percent, 0.01, 1.0))
    if not is_text:
        return numbers(values).cast(pa.float64())
    parts = pc.extract_regex(values, r"^(?P<count>\d+(?:[.,]\d+)?)\s*(?P<unit>min|h|d|)$")
    units = [_DAYS_OF.get(unit, 1.0) for unit in pc.struct_field(parts, "unit").to_pylist()]
    return pc.multiply(numbers(pc.struct_field(parts, "count")).cast(pa.float64()), pa.array(units))
