"""The bytes of a text column as numpy arrays: what plain shapes of phones, e-mails and addresses are read with.

A regular expression costs about a microsecond a cell and step; a look-up in a table of 256 bytes costs a nanosecond a
byte. Columns are worked on in slices, so that memory does not grow with the base; every cell is read by itself, so the
result does not depend on where the slices end.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import tidied

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SLICE = 1 << 17
"""Rows worked on at a time."""


@frozen(eq=False)
class Cells:
    """Cell `i` is `data[offsets[i]:offsets[i + 1]]` in UTF-8; a null cell has no bytes."""

    data: Bytes
    offsets: Places

    @property
    def starts(self) -> Places:
        return self.offsets[:-1]

    @property
    def lengths(self) -> Places:
        return np.diff(self.offsets)

    def tally(self, mask: Flags) -> npt.NDArray[np.int32]:
        """How many of the marked bytes stand before each byte; one entry more than there are bytes."""
        out = np.empty(len(mask) + 1, np.int32)
        out[0] = 0
        np.cumsum(mask, out=out[1:])
        return out

    def count(self, mask: Flags) -> Places:
        """How many bytes of each cell are marked."""
        out = np.zeros(len(self.offsets) - 1, np.int64)
        there = np.flatnonzero(self.lengths)
        if len(there):
            out[there] = np.add.reduceat(mask.view(np.int8), self.starts[there], dtype=np.int32)
        return out

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A value per cell as a value per byte."""
        return np.repeat(values, self.lengths)

    def within(self, start: Places, end: Places) -> Flags:
        """Marks the bytes of these ranges, which do not overlap."""
        edges = np.zeros(len(self.data) + 1, np.int8)
        edges[start] += 1
        edges[end] -= 1
        return np.cumsum(edges[:-1], dtype=np.int8) > 0

    def kept(self, mask: Flags) -> pa.Array:
        """The marked bytes of each cell as texts. The caller keeps or drops whole characters."""
        return texts(self.data[mask], self.tally(mask)[self.offsets])


def cells_of(array: pa.Array) -> Cells:
    """View an Arrow string array; nothing is copied unless it holds nulls."""
    filled = pc.fill_null(array, "") if array.null_count else array
    _, offsets, data = filled.buffers()
    if not len(filled) or data is None:
        return Cells(np.zeros(0, np.uint8), np.zeros(len(filled) + 1, np.int64))
    places = np.frombuffer(offsets, np.int32)[filled.offset : filled.offset + len(filled) + 1].astype(np.int64)
    return Cells(np.frombuffer(data, np.uint8)[places[0] : places[-1]], places - places[0])


def texts(data: Bytes, offsets: npt.NDArray[Any]) -> pa.Array:
    """The opposite of `cells_of`. The bytes must be UTF-8."""
    places = np.ascontiguousarray(offsets, np.int32)
    return pa.StringArray.from_buffers(len(places) - 1, pa.py_buffer(places), pa.py_buffer(np.ascontiguousarray(data)))


def table_of(classes: dict[str, int], others: int = 0) -> Bytes:
    """A class per byte: `table_of({"0123456789": 1})[data]`."""
    table = np.full(256, others, np.uint8)
    for characters, number in classes.items():
        table[list(characters.encode("latin-1"))] = number
    return table


def sliced(column: Any, longest: int) -> Iterator[tuple[int, pa.Array]]:
    """(first row, tidied cells) of each slice of a text column."""
    for start in range(0, len(column), SLICE):
        yield start, tidied(column.slice(start, SLICE), longest)


def perhaps_frequent(column: Any, more_than: int) -> Flags:
    """Marks every cell whose value occurs more often than that, and by a rare chance another one. Nulls count too.

    Sums of eight bytes at a time are sorted, which is several times faster than counting the texts themselves.
    """
    sums = np.concatenate([_sums(cells_of(cells)) for _, cells in sliced(column, 1 << 20)] or [np.zeros(0, np.uint64)])
    ordered = np.sort(sums)
    later = ordered[more_than:]
    frequent = later[later == ordered[: len(later)]]
    if not len(frequent):
        return np.zeros(len(sums), bool)
    marked = np.zeros(_MARKS, bool)
    marked[frequent % _MARKS] = True
    out: Flags = marked[sums % _MARKS]
    return out


def count_distinct(column: pa.Array) -> int:
    """How many different values, null one of them: for ids, which are hardly ever anything but different."""
    return int(pc.count_distinct(column, mode="all").as_py()) if perhaps_frequent(column, 1).any() else len(column)


_MARKS = np.uint64(1 << 22)
_MULTIPLIER, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


def _sums(cells: Cells) -> npt.NDArray[np.uint64]:
    """A hash of each cell; the same bytes have the same one."""
    padded = np.append(cells.data, np.zeros(8, np.uint8))
    # Eight bytes from every place on, as one number.
    eights = np.ndarray(len(padded) - 7, "<u8", padded, strides=(1,))
    lengths, place = cells.lengths, 0
    out, rows = np.zeros(len(lengths), np.uint64), np.flatnonzero(lengths)
    while len(rows):
        left = lengths[rows] - place
        some = eights[cells.starts[rows] + place] & _MASKS[np.minimum(left, 8)]
        mixed = (out[rows] ^ some) * _MULTIPLIER
        out[rows] = mixed ^ (mixed >> _HALF)
        rows, place = rows[left > 8], place + 8
    return out


_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
"""The first so many of eight bytes."""


def joined(arrays: list[pa.Array], type_: pa.DataType) -> pa.Array:
    """Arrays end to end; none is an empty array."""
    return pa.concat_arrays(arrays) if arrays else pa.array([], type_)


def positions(arrays: list[Places]) -> Places:
    """The same for row numbers."""
    return np.concatenate(arrays) if arrays else np.zeros(0, np.int64)


def marks(arrays: list[Flags]) -> Flags:
    """The same for flags."""
    return np.concatenate(arrays) if arrays else np.zeros(0, bool)
