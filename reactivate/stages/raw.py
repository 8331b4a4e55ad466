"""From a source's batches to one table per kind of rows: our column names, clean cell edges, row numbers beside."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import DataError
from reactivate.host.protocols import BadRow, Batch
from reactivate.stages.findings import Findings
from reactivate.stages.mapping import NEEDED, NOTICE_FIELDS, SourceMapping
from reactivate.text import nearest, one_of

ROW = "_row"
_NO_TEXT = frozenset({"ordered_on", "amount", "quantity", "unit_price", "mileage", "birth_date", "at", "given_on"})
"""Fields that a typed file may give as numbers or dates; all others are texts for us, ids above all."""

_BLANK = "[\\x{00a0}\\x{202f}\\x{2007}\\x{feff}\\x{200b}]"


@frozen
class Raw:
    """All that a source gave: tables by kind of rows, and how many rows there were, bad ones included."""

    tables: dict[str, pa.Table]
    rows: int


def gather(items: Iterable[Batch | BadRow], mapping: SourceMapping, findings: Findings) -> Raw:
    """Read the source to its end. Raises DataError R620 when mapped columns are not there."""
    parts: dict[str, list[pa.Table]] = {}
    bad: list[BadRow] = []
    rows = 0
    for item in items:
        if isinstance(item, BadRow):
            bad.append(item)
            rows += 1
            continue
        parts.setdefault(item.rows, []).append(_ours(item, mapping))
        rows += item.table.num_rows
    findings.bad_rows(bad)
    tables = {}
    for kind, found in parts.items():
        whole = pa.concat_tables(found).combine_chunks()
        columns = {name: _tidy(whole[name], name, mapping) for name in whole.column_names}
        tables[kind] = pa.table(columns)
    return Raw(tables, rows)


def column(table: pa.Table, name: str, type_: pa.DataType | None = None) -> pa.Array:
    """The column as one array; nulls when the source has none."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, type_ or pa.string())
    values = table[name]
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _ours(batch: Batch, mapping: SourceMapping) -> pa.Table:
    """The mapped columns of a batch under our names, and `_row`."""
    table = batch.table
    wanted = mapping.columns(batch.rows)
    faults: list[Diagnostic] = []
    columns: dict[str, pa.Array] = {}
    for ours, theirs in wanted.items():
        places = table.schema.get_all_field_indices(theirs)
        if len(places) == 1:
            columns[ours] = table.column(places[0])
        elif places or ours.removeprefix("x_") in mapping.map or ours in NEEDED[batch.rows]:
            faults.append(_missing(ours, theirs, table.schema.names, mapping, len(places)))
    for ours in NEEDED[batch.rows]:
        if ours not in wanted:
            problem = f"source {mapping.name!r}: `map` names no column for `{ours}`, which {batch.rows} need"
            faults.append(Diagnostic("R620", problem, hint=f"add it: map: {{{ours}: …}}"))
    if batch.rows in NOTICE_FIELDS and not {"id", "email", "phone"} & columns.keys():
        problem = f"source {mapping.name!r}: {batch.rows} need a column id, email or phone"
        faults.append(Diagnostic("R620", problem, hint="name it under `map`"))
    if faults:
        raise DataError(faults)
    if batch.row_numbers is None:
        numbers = pa.array(np.arange(batch.first_row, batch.first_row + table.num_rows))
    else:
        numbers = batch.row_numbers
    return pa.table({**columns, ROW: numbers})


def _missing(ours: str, theirs: str, names: list[str], mapping: SourceMapping, found: int) -> Diagnostic:
    span = mapping.spans.get(ours.removeprefix("x_"))
    start = f"source {mapping.name!r}: "
    if found:
        return Diagnostic("R620", f"{start}{found} columns are called {theirs!r}", span=span, hint="rename one of them")
    close = nearest(theirs, names)
    hint = f"did you mean {close!r}?" if close else f"its columns are: {one_of(names)}"
    if len(names) == 1:
        hint += "; is the delimiter right?"
    problem = f"{start}there is no column {theirs!r} (wanted for `{ours.removeprefix('x_')}`)"
    return Diagnostic("R620", problem, span=span, hint=hint)


def _tidy(values: pa.ChunkedArray, name: str, mapping: SourceMapping) -> pa.Array:
    """Texts trimmed, empty ones null; typed columns kept where a type is wanted, else written as text."""
    flat = values.combine_chunks()
    if pa.types.is_dictionary(flat.type):
        flat = flat.cast(flat.type.value_type)
    if name == ROW:
        return flat
    if pa.types.is_list(flat.type) or pa.types.is_large_list(flat.type):
        return _listed(flat, name, mapping)
    if pa.types.is_string(flat.type) or pa.types.is_large_string(flat.type):
        return trimmed(flat.cast(pa.string()))
    typed = name in _NO_TEXT or (name.startswith("x_") and mapping.own_type(name) != "text")
    try:
        return flat if typed and not pa.types.is_nested(flat.type) else _as_text(flat)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        problem = f"source {mapping.name!r}: the column for `{name}` holds {flat.type} values, which are no text"
        raise DataError.because("R620", problem, "write it out as text, or map another column") from None


def _listed(values: pa.Array, name: str, mapping: SourceMapping) -> pa.Array:
    """Lists of a typed file stay lists where we keep lists; several phones or addresses become one cell."""
    texts = values.cast(pa.list_(pa.string()))
    if name in {"items", "tags"} or (name.startswith("x_") and mapping.own_type(name) == "list"):
        return texts
    return trimmed(pc.binary_join(texts, "; "))


def trimmed(texts: pa.Array) -> pa.Array:
    """Without blanks at the edges (no-break ones inside become plain); empty = null."""
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = pc.replace_substring_regex(texts, _BLANK, " ")
    bare = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)


def _as_text(values: pa.Array) -> pa.Array:
    """Typed ids as people write them: 17850, never 17850.0, which a table with gaps makes of them."""
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
        if pc.all(pc.equal(values, pc.floor(values))).as_py():
            values = values.cast(pa.int64())
    return values.cast(pa.string())
