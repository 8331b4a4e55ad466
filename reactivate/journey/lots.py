"""Lots for simulations: the same for the same seed, person and question, whoever else takes part."""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Seeds = NDArray[np.uint64]
Lots = NDArray[np.float64]


def seeds(keys: Iterable[str], seed: int) -> Seeds:
    """One 64-bit number per key: BLAKE2b under the seed."""
    secret = seed.to_bytes(8, "big", signed=True)
    hashed = b"".join(blake2b(key.encode(), key=secret, digest_size=8).digest() for key in keys)
    return np.frombuffer(hashed, dtype=">u8").astype(np.uint64)


def lots(own: Seeds, salt: str) -> Lots:
    """A lot in [0, 1) per seed for one question `salt`: SplitMix64 (Steele, Lea, Flood 2014) of seed and salt."""
    mixed = own ^ np.uint64(int.from_bytes(blake2b(salt.encode(), digest_size=8).digest(), "big"))
    mixed = mixed + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
