"""Which card a row belongs to, and stable ids for what comes without one: never a row number."""

import hashlib
from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.mapping import CONTACT_FIELDS

_LENGTH = 20
_FEW = 10_000
_UNIT = "\x1f"


def record_ids(table: pa.Table) -> pa.Array:
    """The mapped `id`, else a hash of the contact fields as read; null when a row has neither."""
    given = table["id"].combine_chunks() if "id" in table.column_names else pa.nulls(table.num_rows, pa.string())
    fields = [name for name in CONTACT_FIELDS if name in table.column_names]
    if not fields or not given.null_count:
        return given
    missing = given.is_null()
    return pc.replace_with_mask(given, missing, hashed(table.filter(missing), fields))


def hashed(table: pa.Table, fields: Sequence[str]) -> pa.Array:
    """Twenty hex digits of SHA-256 over the named, non-empty fields of each row; null when all are empty.

    A field that is empty leaves no trace, so mapping one more column changes only the rows that have it.
    """
    parts = []
    for name in fields:
        column = table[name].combine_chunks() if isinstance(table[name], pa.ChunkedArray) else table[name]
        if pa.types.is_list(column.type):
            column = pc.binary_join(column, ";")
        # Moments as numbers: writing half a million of them out takes a second.
        text = (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).cast(pa.string())
        parts.append(pc.fill_null(pc.binary_join_element_wise(f"{name}=", text, _UNIT, ""), ""))
    joined = pc.binary_join_element_wise(*parts, "")
    distinct = pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined).dictionary_encode()
    return pc.take(_sha256(distinct.dictionary), distinct.indices)


def numbered(ids: pa.Array) -> pa.Array:
    """Repeated ids told apart by their place: `a`, `a-2`, `a-3`. Nulls stay null."""
    codes = ids.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(codes) else np.empty(0, np.int64)
    place = np.empty(len(codes), np.int64)
    place[order] = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
    repeated = pa.array(place > 0)
    later = pc.binary_join_element_wise(ids, pa.array(place + 1).cast(pa.string()), "-")
    return pc.if_else(repeated, later, ids)


def _sha256(texts: pa.Array) -> pa.Array:
    if len(texts) < _FEW:  # an engine takes longer to start
        ids = [hashlib.sha256(text.encode()).hexdigest()[:_LENGTH] for text in texts.to_pylist()]
        return pa.array(ids, pa.string())
    with duckdb.connect() as base:
        base.register("given", pa.table({"text": texts}))
        found = base.sql(f"select substr(sha256(text), 1, {_LENGTH}) as id from given").to_arrow_table()
    return found["id"].combine_chunks().cast(pa.string())
