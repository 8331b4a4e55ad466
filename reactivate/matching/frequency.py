"""How common a name or a contact is in this base: the same name means little when it is everybody's."""

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Base, Coded
from reactivate.matching.hashing import sorted_distinct

SHARED_BY = 3
IN_USE, FEWEST_BEARERS = 1 / 1000, 3
"""A first name that so great a share of the records bear, and so many of them, is a name and no slip of the pen."""


def namesakes(base: Base) -> npt.NDArray[np.float64]:
    """How many other records of the base would bear a record's name by chance (names drawn independently)."""
    if base.world is not None:
        return base.world.namesakes
    expected: npt.NDArray[np.float64] = base.once("namesakes", lambda: _namesakes(base))
    return expected


def _namesakes(base: Base) -> npt.NDArray[np.float64]:
    expected = np.full(base.rows, float(base.rows))
    for name in ("first", "last", "patronymic"):
        if base.has(name):
            expected *= _share(base.columns[name])
    return expected


def _share(column: Coded) -> npt.NDArray[np.float64]:
    """Share of the value among the filled ones; 1 where it is missing."""
    codes, counts = column.first, column.counts
    shares: npt.NDArray[np.float64] = np.where(codes >= 0, counts[codes] / max(int(counts.sum()), 1), 1.0)
    return shares


def chance_bearers(base: Base, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How many records would bear the first and family name of each of these rows by chance.

    Told from the records that bear one of both names only: a person of forty records bears both forty times, which
    says nothing about how often the two meet.
    """
    first, last = base.columns["first"], base.columns["last"]
    one, two = first.first[rows], last.first[rows]
    together = _times(one.astype(np.int64) * len(last.values) + two)
    a, b = first.counts[one] - together, last.counts[two] - together
    neither = np.maximum(len(rows) - a - b - together, 1)
    bearers: npt.NDArray[np.float64] = np.minimum(a.astype(np.float64) * b / neither, np.minimum(a, b))
    return bearers


def _times(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How often each value is met."""
    order = np.argsort(values)
    ordered = values[order]
    new = np.ones(len(values), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    group = np.cumsum(new) - 1
    times = np.empty(len(values), np.int64)
    times[order] = np.bincount(group)[group] if len(values) else 0
    return times


def names_in_use(base: Base) -> npt.NDArray[np.bool_]:
    """Per distinct first name whether it is frequent enough to be a name of its own, whatever the tables know."""
    if base.world is not None:
        return base.world.in_use
    counts = base.columns["first"].counts
    return frequent_enough(counts, int(counts.sum()))


def frequent_enough(counts: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.bool_]:
    """Which first names are in use, by how many of all records with one bear each."""
    enough: npt.NDArray[np.bool_] = counts >= max(FEWEST_BEARERS, IN_USE * total)
    return enough


def values_shared(base: Base, name: str) -> npt.NDArray[np.bool_]:
    """Per distinct phone or e-mail: whether people of three or more different first names hold it."""
    if base.world is not None:
        return base.world.shared[name]
    shared: npt.NDArray[np.bool_] = base.once(f"shared {name}", lambda: _values_shared(base, base.columns[name]))
    return shared


def _values_shared(base: Base, column: Coded) -> npt.NDArray[np.bool_]:
    count = max(len(column.values), 1)
    if not base.has("first"):
        return np.zeros(count, bool)
    rows, slots = np.nonzero(column.codes >= 0)
    names = base.columns["first"]
    bearer = names.first[rows]
    joint = column.codes[rows, slots].astype(np.int64) * (len(names.values) + 1) + bearer
    different = sorted_distinct([joint[bearer >= 0]])
    return np.bincount(different // (len(names.values) + 1), minlength=count) >= SHARED_BY
