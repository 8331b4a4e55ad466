"""Name synonyms learned from the data: first names that keep meeting in what is surely one person.

Two different first names under one phone or e-mail *and* one birth date may be spellings of one name, or twins. (One
family name and patronymic would not do in place of the birth date: sisters have both.) Where a base has neither phone
nor e-mail, one family name at one address or postcode does instead. Counting alone would learn junk from frequent names
(james = jacob), so each pair's count is held against what chance gives: names drawn independently by their frequency,
Poisson tail, Bonferroni.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import pdtrc

from reactivate.matching.fields import Base
from reactivate.matching.levels import LEVELS

Rows = npt.NDArray[np.int64]
Levels = dict[str, npt.NDArray[np.uint8]]
AT_LEAST = 3
SIGNIFICANCE = 1e-4
_EQUAL, _EQUAL_SHARED = 1, 2
_SAME_HOUSE = (LEVELS["address"].index("same flat") + 1, LEVELS["address"].index("same house") + 1)
_CLOSE = LEVELS["first"].index("close") + 1


def learned_synonyms(base: Base, left: Rows, right: Rows, levels: Levels) -> list[tuple[int, int, int]]:
    """(code, code, times met) of first names that are one name beyond chance; empty without the columns to tell."""
    if not {"first", "birth"} <= set(levels):
        return []
    surely_one = (_same_contact(levels) | _same_home(levels)) & (levels["birth"] == _EQUAL)
    unequal = np.flatnonzero(surely_one & (levels["first"] >= _CLOSE))
    if not len(unequal):
        return []
    codes = base.columns["first"].first
    one, two = codes[left[unequal]].astype(np.int64), codes[right[unequal]].astype(np.int64)
    size = len(base.columns["first"].values)
    met = np.minimum(one, two) * size + np.maximum(one, two)
    # One person with many records repeats one typing error many times: each birth date counts once.
    born = base.columns["birth"].first[left[unequal]].astype(np.int64)
    once = np.unique(np.stack([met, born]), axis=1)[0]
    joint, counts = np.unique(once, return_counts=True)
    low, high = np.divmod(joint, size)
    share = np.bincount(codes[codes >= 0], minlength=size) / max(int((codes >= 0).sum()), 1)
    # Among all pairs that are surely one by other fields, so many would bear these two names by chance.
    expected = float(surely_one.sum()) * 2 * share[low] * share[high]
    # The tail of Poisson, without the half second that importing `scipy.stats` takes.
    tail = pdtrc(counts - 1, expected)
    sure = (counts >= AT_LEAST) & (tail * len(joint) < SIGNIFICANCE)
    return list(zip(low[sure].tolist(), high[sure].tolist(), counts[sure].tolist(), strict=True))


def _same_contact(levels: Levels) -> npt.NDArray[np.bool_]:
    nothing = np.zeros(len(levels["first"]), np.uint8)
    phone, email = levels.get("phone", nothing), levels.get("email", nothing)
    same: npt.NDArray[np.bool_] = np.isin(phone, (_EQUAL, _EQUAL_SHARED)) | np.isin(email, (_EQUAL, _EQUAL_SHARED))
    return same


def _same_home(levels: Levels) -> npt.NDArray[np.bool_]:
    """One family name at one address or postcode, for bases without phone and e-mail."""
    nothing = np.zeros(len(levels["first"]), np.uint8)
    if "last" not in levels or {"phone", "email"} & set(levels):
        return nothing.astype(bool)
    address, postcode = levels.get("address", nothing), levels.get("postcode", nothing)
    same: npt.NDArray[np.bool_] = (levels["last"] == _EQUAL) & (np.isin(address, _SAME_HOUSE) | (postcode == _EQUAL))
    return same
