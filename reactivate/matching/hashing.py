"""Stable 64-bit hashes of text and of composed keys, whole columns at a time. 0 stands for null everywhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX_A, _MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_BASE = 0x100000001B3


def mixed(values: npt.NDArray[Any]) -> Hashes:
    """The finaliser of splitmix64: every input bit moves every output bit."""
    with np.errstate(over="ignore"):
        x = values.astype(np.uint64, copy=True)
        x ^= x >> np.uint64(30)
        x *= _MIX_A
        x ^= x >> np.uint64(27)
        x *= _MIX_B
        x ^= x >> np.uint64(31)
    return x


def text_hashes(values: pa.Array) -> Hashes:
    """One hash per string; the same string has the same hash in every process and version. Nulls are 0."""
    array = values.cast(pa.large_string())
    if not len(array):
        return np.zeros(0, np.uint64)
    _, offset_buffer, data = array.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    starts = offsets[:-1] - offsets[0]
    sums = np.zeros(len(lengths), np.uint64)
    filled = lengths > 0
    if filled.any():
        with np.errstate(over="ignore"):
            place = np.arange(len(raw), dtype=np.int64) - np.repeat(starts, lengths)
            products = (raw.astype(np.uint64) + np.uint64(1)) * _powers(int(lengths.max()))[place]
            sums[filled] = np.add.reduceat(products, starts[filled])
            sums += lengths.astype(np.uint64) * _ODD
    out = mixed(sums) | np.uint64(1)
    return np.where(np.asarray(array.is_null()), np.uint64(0), out)


def _powers(count: int) -> Hashes:
    with np.errstate(over="ignore"):
        return np.cumprod(
            np.concatenate([[np.uint64(1)], np.full(count, np.uint64(_BASE), np.uint64)]), dtype=np.uint64
        )


def composed(*parts: Hashes) -> Hashes:
    """The hash of several hashes in order; null when one of them is."""
    out = parts[0].copy()
    missing = out == 0
    with np.errstate(over="ignore"):
        for part in parts[1:]:
            missing |= part == 0
            out = mixed(out * _ODD + part)
    out |= np.uint64(1)
    out[missing] = 0
    return out


def unordered(left: Hashes, right: Hashes) -> Hashes:
    """The hash of two hashes in any order; null when one of them is."""
    with np.errstate(over="ignore"):
        out = mixed(left + right) | np.uint64(1)
    out[(left == 0) | (right == 0)] = 0
    return out


def sorted_distinct(parts: Sequence[Numbers]) -> Numbers:
    """Distinct numbers of all parts in rising order. Sorting beats hashing by far here (see docs/benchmarks)."""
    if not parts:
        return np.zeros(0, np.int64)
    joined = np.concatenate(parts)
    joined.sort()
    if not len(joined):
        return joined
    keep = np.empty(len(joined), bool)
    keep[0] = True
    np.not_equal(joined[1:], joined[:-1], out=keep[1:])
    return joined[keep]
