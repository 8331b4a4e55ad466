"""Work on distinct values: encode a column once, compute on its dictionary, map back by code.

Codes are int32, -1 = null. Everything else in the package is built on these few helpers.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

Codes = npt.NDArray[np.int32]
LONGEST_CELL = 400
"""Characters of a cell that are looked at. A megabyte in a name field is no name."""


@frozen(eq=False)
class Encoded:
    """A column as `values[codes]`; code -1 = null."""

    values: pa.Array
    codes: Codes


def encode(column: Any, longest: int = LONGEST_CELL) -> Encoded:
    """Dictionary-encode a text column (edges trimmed, cut at `longest` characters, empty = null)."""
    values, codes = dictionary(column)
    tidy = tidied(values, longest)
    if tidy is values:
        return Encoded(values, codes)
    again, renumbered = dictionary(tidy)
    if not len(renumbered):
        return Encoded(again, codes)
    return Encoded(again, np.where(codes < 0, np.int32(-1), renumbered[codes]))


def tidied(column: Any, longest: int = LONGEST_CELL) -> pa.Array:
    """A text column as one array, edges trimmed, cut at `longest` characters, empty = null; itself when it is so."""
    array = column
    if isinstance(column, pa.ChunkedArray):
        array = pa.concat_arrays([_cut(chunk, longest) for chunk in column.chunks] or [pa.array([], column.type)])
    array = _cut(array if pa.types.is_string(array.type) else array.cast(pa.string()), longest)
    trimmed = pc.utf8_trim_whitespace(array)
    blank = pc.equal(trimmed, "")
    if pc.any(blank).as_py():
        return pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
    return array if pc.sum(pc.binary_length(trimmed)) == pc.sum(pc.binary_length(array)) else trimmed


def _cut(array: pa.Array, longest: int) -> pa.Array:
    """Characters are counted only where there are bytes enough."""
    if pa.types.is_dictionary(array.type) or (pc.max(pc.binary_length(array)).as_py() or 0) <= longest:
        return array
    return pc.utf8_slice_codeunits(array, 0, longest)


def dictionary(column: Any) -> tuple[pa.Array, Codes]:
    """(distinct values as they stand, code of each cell)."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # more text than one array holds
        array = array.cast(pa.large_string()).combine_chunks()
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    filled = pc.fill_null(encoded.indices, -1) if encoded.indices.null_count else encoded.indices
    codes = np.asarray(filled).astype(np.int32, copy=False)
    return encoded.dictionary.cast(pa.string()), codes


def take(values: pa.Array, codes: npt.NDArray[Any]) -> pa.Array:
    """`values[codes]`, null where the code is negative."""
    return pc.take(values, pa.array(codes, mask=codes < 0))


def text_column(table: pa.Table, name: str) -> Any:
    """The column as text; all null when the table has none of that name."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, pa.string())
    column = table[name]
    if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
        return column
    return column.cast(pa.string())


def gather(items: Iterable[Any]) -> npt.NDArray[Any]:
    """A list of any objects as an object array, for indexing by codes."""
    listed = list(items)
    out = np.empty(len(listed), object)
    out[:] = listed
    return out
