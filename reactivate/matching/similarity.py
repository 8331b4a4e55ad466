"""String metrics once per distinct unequal pair of values, and only where the letters leave room for likeness."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from reactivate.matching.fields import Coded, Codes

Scores = npt.NDArray[np.float32]
WORKERS = 2


def jaro_winkler(column: Coded, left: Codes, right: Codes, at_least: float) -> Scores:
    """Jaro-Winkler similarity (0 to 1) of the values behind two codes; 0 when it is surely below `at_least`."""
    scores = np.zeros(len(left), np.float32)
    may = np.flatnonzero(column.signs.may_be_alike(left, right, at_least))
    scores[may] = _scored(column.values, left[may], right[may], JaroWinkler.similarity, None)
    return scores


def edit_distance(column: Coded, left: Codes, right: Codes, most: int) -> Scores:
    """Edits (swaps of neighbours count once) between two values; more than `most` reads `most + 1`."""
    scores = np.full(len(left), most + 1, np.float32)
    may = np.flatnonzero(column.signs.may_be_edited(left, right, most))
    scores[may] = _scored(column.values, left[may], right[may], OSA.distance, most)
    return scores


def distinct_pairs(left: Codes, right: Codes, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(distinct unordered code pairs as `low * size + high`, index into them per pair given)."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    joint = low * size + high
    order = np.argsort(joint)
    ordered = joint[order]
    new = np.empty(len(joint), bool)
    if len(joint):
        new[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    index = np.empty(len(joint), np.int64)
    index[order] = np.cumsum(new) - 1
    return ordered[new], index


def _scored(values: pa.Array, left: Codes, right: Codes, scorer: Any, cutoff: int | None) -> Scores:
    if not len(left):
        return np.zeros(0, np.float32)
    pairs, index = distinct_pairs(left, right, len(values))
    low, high = np.divmod(pairs, len(values))
    # Smaller code first: Jaro-Winkler is not symmetric to the last digit, and rows may come in any order.
    one, two = (values.take(pa.array(side)).to_pylist() for side in (low, high))
    limits = {} if cutoff is None else {"score_cutoff": cutoff}
    scores: Scores = cpdist(one, two, scorer=scorer, dtype=np.float32, workers=WORKERS, **limits)
    return scores[index]
