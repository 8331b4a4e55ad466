"""A column of a Parquet file as a person would have typed it: text, nulls where there is nothing."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.errors import DataError

_EXACT = float(2**53)


def as_text(column: Any, name: str) -> pa.Array:
    """`column` as text, cells trimmed, blanks null; several values of a list are joined by `; `.

    Whole numbers lose the `.0` and the exponent that a detour through floats gave them, midnights lose their time.
    Raises DataError R612 for what is no text: bytes, structures, maps.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(array.type):
        return as_text(array.dictionary, name).take(array.indices)
    text = _text(array, name)
    trimmed = pc.utf8_trim_whitespace(text)
    blank = pc.equal(trimmed, "")
    if pc.any(blank).as_py():
        return pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
    # Of a tidy column no copy is kept beside the one that was read.
    return text if pc.sum(pc.binary_length(text)) == pc.sum(pc.binary_length(trimmed)) else trimmed


def _text(array: pa.Array, name: str) -> pa.Array:
    kind = array.type
    if pa.types.is_floating(kind):
        return _numbers(array.cast(pa.float64()))
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(array.cast(pa.string()), r"\.0+$|(\.\d*[1-9])0+$", r"\1")
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(array.cast(pa.string()), r"[ T]00:00:00(\.0+)?Z?$", "")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        flat = pc.fill_null(as_text(pc.list_flatten(array), name), "")
        lists = pa.LargeListArray.from_arrays(_offsets(array), flat, mask=array.is_null())
        return pc.binary_join(lists.cast(pa.list_(pa.string())), "; ")
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError.because(
            "R612", f"column {name!r} holds {kind}, which is no text", "write it as text, or leave the column out"
        ) from None


def _offsets(array: pa.Array) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int64())
    return pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])


def _numbers(array: pa.Array) -> pa.Array:
    known = pc.if_else(pc.is_finite(array), array, pa.scalar(None, pa.float64()))
    whole = pc.and_(pc.equal(known, pc.trunc(known)), pc.less(pc.abs(known), _EXACT))
    digits = pc.if_else(whole, known, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(digits, known.cast(pa.string()))
