"""Between Arrow and numpy: money as hundredths, days as numbers, lists from offsets."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reactivate.contracts.contract import MONEY

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

_EPOCH = date(1970, 1, 1).toordinal()


def whole(column: Any) -> pa.Array:
    """One contiguous array of a column that may come in chunks."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Arrow's date32 counts them."""
    return day.toordinal() - _EPOCH


def day_numbers(column: Any) -> Ints:
    """A date32 column as day numbers; nulls become 0."""
    return np.asarray(whole(column).cast(pa.int32()).fill_null(0), np.int64)


def cents(column: Any) -> tuple[Ints, Bools]:
    """A money column in hundredths (0 where null), and where it is known."""
    array = whole(column)
    if array.type != MONEY:
        array = array.cast(MONEY)
    known = np.asarray(array.is_valid())
    if not len(array):
        return np.empty(0, np.int64), known
    # 18 digits fit 63 bits, so the low half of each little-endian 128-bit number is the whole number.
    halves = np.frombuffer(array.buffers()[1], np.int64)[::2]
    return np.where(known, halves[array.offset : array.offset + len(array)], 0), known


def money(hundredths: Ints, known: Bools | None = None) -> pa.Array:
    """Hundredths as a money column; null where not `known`."""
    halves = np.empty((len(hundredths), 2), np.int64)
    halves[:, 0] = hundredths
    halves[:, 1] = hundredths >> 63
    bitmap = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pa.Array.from_buffers(MONEY, len(hundredths), [bitmap, pa.py_buffer(halves.tobytes())])


def nullable(values: Any, known: Bools, type_: pa.DataType) -> pa.Array:
    """Numbers as an Arrow array, null where not `known`; for date32 the numbers are day numbers."""
    if type_ == pa.date32():
        return pa.array(np.where(known, values, 0).astype(np.int32), pa.int32(), mask=~known).cast(type_)
    dtype = type_.to_pandas_dtype()
    return pa.array(np.where(known, values, 0).astype(dtype), type_, mask=~known)


def gathered(column: Any, rows: Ints) -> pa.Array:
    """The cells of `column` at `rows`; a negative row is null."""
    return whole(column.take(pa.array(rows, pa.int64(), mask=rows < 0)))


def lists(values: pa.Array, owner: Ints, owners: int) -> pa.Array:
    """A list column for `owners` rows: `values` in order, `owner` (ascending) says whose each is."""
    offsets = np.zeros(owners + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=owners), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def position_in_group(owner: Ints) -> Ints:
    """0, 1, 2 … within each run of equal, ascending owners."""
    starts = np.flatnonzero(np.diff(owner, prepend=owner[:1] - 1))
    return np.arange(len(owner)) - np.repeat(starts, np.diff(np.append(starts, len(owner))))


def ends_of_groups(owner: Ints, owners: int) -> Ints:
    """Index of the last element of each owner in an ascending array; -1 for owners that have none."""
    found = np.full(owners, -1, np.int64)
    found[owner] = np.arange(len(owner))  # the last assignment wins
    return found


def starts_of_groups(owner: Ints, owners: int) -> Ints:
    """Index of the first element of each owner in an ascending array; -1 for owners that have none."""
    found = np.full(owners, -1, np.int64)
    found[owner[::-1]] = np.arange(len(owner))[::-1]
    return found


def per_owner(reduce: Callable[..., Any], values: Any, owner: Ints, owners: int) -> Any:
    """`np.maximum` and the like over each run of equal, ascending owners; 0 for owners without."""
    found = np.zeros(owners, values.dtype)
    if len(values):
        starts = np.flatnonzero(np.diff(owner, prepend=owner[:1] - 1))
        found[owner[starts]] = reduce.reduceat(values, starts)  # type: ignore[attr-defined]
    return found
