"""Texts as places in one run of bytes, so that pieces of a million texts are told without making a million strings."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import evolve, frozen

Places = npt.NDArray[np.int64]
_SPARE = 8
_AT_ONCE = 1 << 16


@frozen(eq=False)
class Spans:
    """UTF-8 bytes of all texts, and where each begins and how many bytes it has. A null is as an empty text.

    `raw` has eight bytes to spare at its end, so that a word of eight can be read from any place.
    """

    raw: npt.NDArray[np.uint8]
    starts: Places
    lengths: Places

    @property
    def words(self) -> npt.NDArray[np.uint64]:
        """The eight bytes that begin at each place, as one number."""
        return np.ndarray((len(self.raw) - _SPARE + 1,), np.dtype("<u8"), buffer=self.raw.data, strides=(1,))

    @property
    def content(self) -> npt.NDArray[np.uint8]:
        """The bytes without those to spare."""
        return self.raw[:-_SPARE]

    def text(self, number: int) -> memoryview:
        """The bytes of one text."""
        start = int(self.starts[number])
        return self.raw[start : start + int(self.lengths[number])].data

    def before(self, byte: bytes) -> "Spans":
        """Each text up to the first such byte; the whole text where it has none."""
        found = np.flatnonzero(self.content == ord(byte))
        ends = self.starts + self.lengths
        if not len(found):
            return self
        place = np.searchsorted(found, self.starts)
        first = np.where(place < len(found), found[np.minimum(place, len(found) - 1)], ends)
        return evolve(self, lengths=np.minimum(first, ends) - self.starts)

    def sums(self, worth: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """Per text the sum of what its bytes are worth."""
        out = np.zeros(len(self.starts), np.uint64)
        filled = np.flatnonzero(self.lengths)
        for begin in range(0, len(filled), _AT_ONCE):
            some = filled[begin : begin + _AT_ONCE]
            bounds = np.stack([self.starts[some], self.starts[some] + self.lengths[some]], axis=1).ravel()
            first, end = bounds[0], bounds[-1]
            # One value more, for the last end to point at; every other sum is what lies between two texts.
            out[some] = np.add.reduceat(worth[self.raw[first : end + 1]], bounds - first)[::2]
        return out


def spans_of(values: pa.Array) -> Spans:
    """The texts of a string array."""
    array = values.cast(pa.large_string())
    if not len(array):
        return Spans(np.zeros(_SPARE, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64))
    _, offset_buffer, data = array.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.zeros(int(offsets[-1] - offsets[0]) + _SPARE, np.uint8)
    if data is not None:
        raw[:-_SPARE] = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    starts = offsets[:-1] - offsets[0]
    return Spans(raw, starts, np.diff(offsets))
