"""Stable 64-bit hashes of text and of composed keys, whole columns at a time. 0 stands for null everywhere."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reactivate.matching.spans import Spans, spans_of

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX_A, _MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_WORD, _LONG = 8, 256
_MASKS = np.array([(1 << (8 * count)) - 1 for count in range(_WORD + 1)], np.uint64)


def mixed(values: npt.NDArray[Any]) -> Hashes:
    """The finaliser of splitmix64: every input bit moves every output bit."""
    return _mix(values.astype(np.uint64, copy=True))


def _mix(x: Hashes) -> Hashes:
    """`mixed` in place."""
    shifted = x >> np.uint64(30)
    with np.errstate(over="ignore"):
        x ^= shifted
        x *= _MIX_A
        x ^= np.right_shift(x, np.uint64(27), out=shifted)
        x *= _MIX_B
        x ^= np.right_shift(x, np.uint64(31), out=shifted)
    return x


def text_hashes(values: pa.Array) -> Hashes:
    """One hash per string; the same string has the same hash in every process and version. Nulls are 0."""
    hashes = span_hashes(spans_of(values))
    if values.null_count:
        hashes[np.asarray(values.is_null())] = 0
    return hashes


def span_hashes(texts: Spans) -> Hashes:
    """One hash per text, read in words of eight bytes: a name takes one or two steps, not one per letter."""
    words, starts, lengths = texts.words, texts.starts, texts.lengths
    with np.errstate(over="ignore"):
        out = lengths.astype(np.uint64) * _ODD
        if len(out):
            out = _stirred(out, words[starts] & _MASKS[np.minimum(lengths, _WORD)])
        read = _WORD
        more = np.flatnonzero((lengths > read) & (lengths <= _LONG))
        while len(more):
            out[more] = _stirred(
                out[more], words[starts[more] + read] & _MASKS[np.minimum(lengths[more] - read, _WORD)]
            )
            read += _WORD
            more = more[lengths[more] > read]
    for number in np.flatnonzero(lengths > _LONG).tolist():
        out[number] = int.from_bytes(blake2b(texts.text(number), digest_size=8).digest(), "little")
    return _mix(out) | np.uint64(1)


def _stirred(state: Hashes, word: Hashes) -> Hashes:
    """One step: no two words lead from one state to one state."""
    state ^= word
    state *= _MIX_A
    state ^= state >> np.uint64(32)
    return state


def composed(*parts: Hashes) -> Hashes:
    """The hash of several hashes in order; null when one of them is."""
    out = parts[0].copy()
    missing = out == 0
    with np.errstate(over="ignore"):
        for part in parts[1:]:
            missing |= part == 0
            out *= _ODD
            out += part
    _mix(out)
    out |= np.uint64(1)
    out[missing] = 0
    return out


def unordered(left: Hashes, right: Hashes) -> Hashes:
    """The hash of two hashes in any order; null when one of them is."""
    with np.errstate(over="ignore"):
        out = _mix(left + right) | np.uint64(1)
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
