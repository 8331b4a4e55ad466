"""Text as small numbers: what rows are grouped by. Hashing strings is the dearest step of reading, so it is spared."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Ints, whole

_FEW_RUNS = 0.7
_WIDEST = 1 << 32


def codes(column: Any) -> tuple[Ints, pa.Array]:
    """Codes of trimmed text (-1 for null, blank and NaN) and the words they stand for, distinct and sorted."""
    encoded, lengths = _encoded(column)
    raw = encoded.dictionary.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(raw)
    trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    clean = trimmed.null_count == 0 and trimmed.equals(raw)
    words = raw if clean else pc.unique(trimmed).drop_null()
    rank = np.asarray(pc.sort_indices(words))
    place = np.empty(len(rank) + 1, np.int64)
    place[rank], place[-1] = np.arange(len(rank)), -1
    if not clean:
        found = np.asarray(pc.index_in(trimmed, value_set=words).fill_null(len(words)), np.int64)
        place = np.append(place[found], -1)
    numbers = place[np.asarray(encoded.indices.fill_null(len(place) - 1), np.int64)]
    return np.repeat(numbers, lengths) if lengths is not None else numbers, words.take(pa.array(rank))


def group_codes(column: Any) -> Ints:
    """Numbers that are equal where trimmed text is equal, -1 for null and blank; nothing else is meant by them."""
    array = whole(column)
    numbers = _whole_numbers(array)
    return codes(array)[0] if numbers is None else numbers


def _encoded(column: Any) -> tuple[Any, Ints | None]:
    """Dictionary of the column; of neighbours that are equal only the first is looked at when there are many."""
    array = _named(whole(column))
    if len(array) < 2 or pa.types.is_dictionary(array.type):
        return array.dictionary_encode(), None
    differs = np.ones(len(array), bool)
    differs[1:] = np.asarray(pc.not_equal(array[1:], array[:-1]).fill_null(True))
    starts = np.flatnonzero(differs)
    if len(starts) > _FEW_RUNS * len(array):
        return array.dictionary_encode(), None
    return array.take(pa.array(starts)).dictionary_encode(), np.diff(np.append(starts, len(array)))


def _named(array: pa.Array) -> pa.Array:
    """NaN is how some write a missing id; a column of nothing but nulls has no kind."""
    if pa.types.is_floating(array.type):
        return pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _whole_numbers(array: pa.Array) -> Ints | None:
    """Ids that are whole numbers as these; None when they are not, or when 7 and 007 could be two of them."""
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        if any(pc.any(pc.starts_with(array, sign)).as_py() for sign in "-+") or pc.any(_padded(array)).as_py():
            return None
        try:
            array = array.cast(pa.int64())
        except pa.ArrowInvalid:
            return None
    elif not pa.types.is_integer(array.type) or pa.types.is_unsigned_integer(array.type):
        return None
    values = np.asarray(array.fill_null(-1), np.int64)
    return values if values.min(initial=0) >= -1 and values.max(initial=0) < _WIDEST else None


def _padded(array: pa.Array) -> pa.Array:
    return pc.and_(pc.starts_with(array, "0"), pc.greater(pc.binary_length(array), 1))
