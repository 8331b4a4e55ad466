"""How common a name or a contact is in this base: the same name means little when it is everybody's."""

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Base, Coded
from reactivate.matching.hashing import composed

SHARED_BY = 3


def namesakes(base: Base) -> npt.NDArray[np.float64]:
    """How many other records of the base would bear a record's name by chance (names drawn independently)."""
    if base.world is not None:
        return base.world.namesakes
    expected = np.full(base.rows, float(base.rows))
    for name in ("first", "last", "patronymic"):
        if base.has(name):
            expected *= _share(base.columns[name])
    return expected


def _share(column: Coded) -> npt.NDArray[np.float64]:
    """Share of the value among the filled ones; 1 where it is missing."""
    codes = column.first
    counts = np.bincount(codes[codes >= 0], minlength=len(column.values))
    shares: npt.NDArray[np.float64] = np.where(codes >= 0, counts[codes] / max(int(counts.sum()), 1), 1.0)
    return shares


def values_shared(base: Base, name: str) -> npt.NDArray[np.bool_]:
    """Per distinct phone or e-mail: whether people of three or more different first names hold it."""
    if base.world is not None:
        return base.world.shared[name]
    column = base.columns[name]
    if not base.has("first"):
        return np.zeros(max(len(column.values), 1), bool)
    rows, slots = np.nonzero(column.codes >= 0)
    codes, names = column.codes[rows, slots].astype(np.uint64), base.hashed("first")[rows]
    joint = composed(codes + np.uint64(1), names)
    there = joint != 0
    _, index = np.unique(joint[there], return_index=True)
    counts = np.bincount(codes[there][index].astype(np.int64), minlength=max(len(column.values), 1))
    return counts >= SHARED_BY
