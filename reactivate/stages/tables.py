"""Small columnar moves that several stages share."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One contiguous array."""
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    return values


def marked(values: pa.Array | pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Boolean per value: is it one of `among`? Null is one of nothing."""
    return whole(pc.is_in(values, value_set=whole(among), skip_nulls=True))


def first_per(table: pa.Table, key: str, order: str, descending: bool = False) -> pa.Table:
    """The first row of every `key` when sorted by `order`; sorted by key."""
    if table.num_rows == 0:
        return table
    ordered = table.sort_by([(key, "ascending"), (order, "descending" if descending else "ascending")])
    keys = whole(ordered[key])
    changed = pc.not_equal(keys[1:], keys[:-1])
    return ordered.filter(pa.concat_arrays([pa.array([True]), whole(changed)]))


def aligned(ids: pa.Array | pa.ChunkedArray, table: pa.Table, key: str = "person_id") -> pa.Table:
    """`table`'s rows in the order of `ids`, a row of nulls where an id is not there; `key` must be unique."""
    places = pc.index_in(whole(ids), value_set=whole(table[key]))
    return table.take(places)


def with_columns(table: pa.Table, columns: dict[str, Any]) -> pa.Table:
    """`table` with columns added, or replaced where the name is taken."""
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.append_column(name, values) if place < 0 else table.set_column(place, name, values)
    return table


def earlier(left: Any, right: Any) -> Any:
    """Of two moments the earlier, row by row; null gives way (Arrow's own function knows no moments with a zone)."""
    takes_right = pc.or_(pc.is_null(left), pc.fill_null(pc.less(right, left), False))
    return pc.if_else(takes_right, right, left)


def counts(values: pa.Array | pa.ChunkedArray) -> dict[str, int]:
    """How often each value stands there, most frequent first, nulls left out."""
    found = {row["values"]: row["counts"] for row in pc.value_counts(whole(values)).to_pylist()}
    found.pop(None, None)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def without(table: pa.Table, key: str, gone: Iterable[str] | pa.Array | pa.ChunkedArray) -> pa.Table:
    """`table` less the rows whose `key` is in `gone`."""
    if not isinstance(gone, (pa.Array, pa.ChunkedArray)):
        gone = pa.array(list(gone), pa.string())
    return table.filter(pc.invert(marked(table[key], gone)))
