"""Lots by keyed hash: stable for a key, independent between salts, nothing to store, nothing to guess.

A hash of (secret, salt, key) in place of a random generator means that a repeated run draws the same arms, that two
campaigns (two salts) draw independent ones, and that nobody outside can pick his own arm (Kohavi, Tang, Xu 2020,
Trustworthy Online Controlled Experiments, ch. 14). BLAKE2b in keyed mode is a MAC (RFC 7693, section 2.9).
"""

from collections.abc import Mapping
from hashlib import blake2b, sha256
from math import fsum, isclose
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Lots = NDArray[np.float64]


def assign(keys: pa.Array, *, secret: bytes, salt: str) -> Lots:
    """A lot in [0, 1) for each of `keys` (strings, none null): equal keys share a lot, whatever their order.

    Each distinct key is hashed once. ValueError for an empty secret or a missing key.
    """
    encoded = _coded(keys)
    distinct = draw(encoded.dictionary.to_pylist(), secret=secret, salt=salt)
    lots: Lots = distinct[encoded.indices.to_numpy(zero_copy_only=False)]
    return lots


def draw(keys: list[str], *, secret: bytes, salt: str) -> Lots:
    """Lots of distinct `keys`: the first 53 bits of BLAKE2b under a key that belongs to (secret, salt)."""
    if not secret:
        raise ValueError("a lot needs a secret: without one anybody could work out the arms")
    subkey = blake2b(salt.encode(), key=sha256(secret).digest(), person=b"reactivate.lot").digest()
    start = blake2b(key=subkey, digest_size=8)
    digests = bytearray()
    for key in keys:
        hashed = start.copy()
        hashed.update(key.encode())
        digests += hashed.digest()
    whole = np.frombuffer(bytes(digests), dtype=">u8") >> np.uint64(11)
    return whole.astype(np.float64) * 2.0**-53


def holdout(
    keys: pa.Array, share: float, *, secret: bytes, salt: str, strata: pa.Array | None = None
) -> pa.BooleanArray:
    """Who of `keys` is left alone: true for a `share` of the distinct keys, in input order.

    Without `strata` each key decides for itself, so that those who come later change nobody's arm. With `strata`
    (one name per row, e.g. the segment) every stratum gives its exact share, up to a fraction of one person that is
    itself drawn by lot; use it only where everybody enters at once. A key in two strata counts in the first by name.
    """
    if not 0 <= share < 1:
        raise ValueError(f"a holdout is a share from 0% to below 100%, got {share:.0%}")
    lots = assign(keys, secret=secret, salt=salt)
    if strata is None:
        return pa.array(lots < share)
    rows = pa.table({"key": keys, "stratum": strata, "lot": lots})
    return pa.array(_within_strata(rows, share, secret=secret, salt=salt))


def variants(keys: pa.Array, shares: Mapping[str, float], *, secret: bytes, salt: str) -> pa.Array:
    """The name of a variant for each of `keys`, each name with its share; shares must sum to 100%."""
    if not shares or any(share < 0 for share in shares.values()) or not isclose(fsum(shares.values()), 1, abs_tol=1e-6):
        total = fsum(shares.values())
        raise ValueError(f"shares of variants must not be negative and must sum to 100%, these sum to {total:.1%}")
    edges = np.cumsum(list(shares.values()))[:-1]
    indices = np.searchsorted(edges, assign(keys, secret=secret, salt=salt), side="right")
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), pa.array(list(shares))).cast(pa.string())


def _coded(keys: Any) -> pa.DictionaryArray:
    array = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    if isinstance(array, pa.DictionaryArray):
        array = array.cast(pa.string())
    if array.null_count:
        raise ValueError(f"a lot needs a key for everybody: {array.null_count} are missing")
    return pc.dictionary_encode(array.cast(pa.string()))


def _within_strata(rows: pa.Table, share: float, *, secret: bytes, salt: str) -> NDArray[np.bool_]:
    """Of each stratum the keys with the smallest lots, as many as its share says; `rows`: key, stratum, lot."""
    homes = rows.group_by("key").aggregate([("stratum", "min"), ("lot", "min")])
    homes = homes.sort_by([("stratum_min", "ascending"), ("lot_min", "ascending"), ("key", "ascending")])
    stratum = homes["stratum_min"].combine_chunks().dictionary_encode()
    codes = stratum.indices.to_numpy(zero_copy_only=False)
    sizes = np.bincount(codes, minlength=len(stratum.dictionary))
    extra = draw(stratum.dictionary.to_pylist(), secret=secret, salt=f"{salt}/strata")
    quota = np.floor(sizes * share + extra)
    rank = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    held = homes["key"].filter(pa.array(rank < quota[codes]))
    mask: NDArray[np.bool_] = pc.is_in(rows["key"], value_set=held.combine_chunks()).to_numpy()
    return mask
