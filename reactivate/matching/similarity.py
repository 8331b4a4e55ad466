"""String metrics once per distinct unequal pair of values; everything else is an integer compare."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from reactivate.matching.fields import Codes

Scores = npt.NDArray[np.float32]
WORKERS = 2


def distinct_pairs(left: Codes, right: Codes, size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(distinct unordered code pairs as `low * size + high`, index into them per pair given)."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    joint = low * size + high
    order = np.argsort(joint, kind="stable")
    ordered = joint[order]
    new = np.empty(len(joint), bool)
    if len(joint):
        new[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    index = np.empty(len(joint), np.int64)
    index[order] = np.cumsum(new) - 1
    return ordered[new], index


def jaro_winkler(texts: list[str], left: Codes, right: Codes) -> Scores:
    """Jaro-Winkler similarity (0 to 1) of `texts[left]` and `texts[right]`."""
    return _scored(texts, left, right, JaroWinkler.similarity, np.float32)


def edit_distance(texts: list[str], left: Codes, right: Codes, most: int) -> Scores:
    """Edits (swaps of neighbours count once) between two texts; more than `most` reads `most + 1`."""
    return _scored(texts, left, right, OSA.distance, np.float32, most)


def _scored(texts: list[str], left: Codes, right: Codes, scorer: Any, dtype: Any, cutoff: int | None = None) -> Scores:
    if not len(left):
        return np.zeros(0, dtype)
    pairs, index = distinct_pairs(left, right, len(texts))
    low, high = np.divmod(pairs, len(texts))
    # Smaller code first: Jaro-Winkler is not symmetric to the last digit, and rows may come in any order.
    one, two = [texts[i] for i in low.tolist()], [texts[i] for i in high.tolist()]
    limits = {} if cutoff is None else {"score_cutoff": cutoff}
    scores: Scores = cpdist(one, two, scorer=scorer, dtype=dtype, workers=WORKERS, **limits)
    return scores[index]
