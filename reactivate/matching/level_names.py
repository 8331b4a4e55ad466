"""The levels of agreement that each field has, from best to worst, and what all comparisons share."""

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Codes

Levels = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]

LEVELS: dict[str, tuple[str, ...]] = {
    "first": ("equal", "synonym", "initial", "close", "different, unlisted", "different"),
    "last": ("equal", "close", "initial", "different"),
    "patronymic": ("equal", "initial", "close", "different"),
    "namesakes": (
        "below .01",
        "below .03",
        "below .1",
        "below .3",
        "below 1",
        "below 3",
        "below 10",
        "below 30",
        "above 30",
    ),
    "phone": ("equal", "equal, shared", "near", "different"),
    "email": ("equal", "equal, shared", "same box elsewhere", "near", "different"),
    "birth": ("equal", "near", "same year or day", "different"),
    "address": ("same flat", "same house", "same house, other flat", "same street", "different"),
    "city": ("equal", "close", "different"),
    "postcode": ("equal", "near", "same district", "different"),
    "tax_id": ("equal", "different"),
    "vehicle": ("equal", "different"),
    "exact": ("equal", "equal, frequent", "near", "different"),
    "fuzzy": ("equal", "equal, frequent", "close", "similar", "different"),
}
CLOSE, SIMILAR = 0.9, 0.8
"""Jaro-Winkler similarity from which two values are close, or similar."""


def kind_of(field: str) -> str:
    """The key of LEVELS behind a field of the pattern (`x:colour` is `exact` or `fuzzy`)."""
    return field.partition(":")[0] if field.startswith(("exact:", "fuzzy:")) else field


def equality(one: Codes, two: Codes, different: int) -> tuple[Levels, Rows]:
    """(1 where both are the same, `different` where not, 0 where one is missing; places of the different ones)."""
    known = (one >= 0) & (two >= 0)
    same = one == two
    levels = np.where(same, np.uint8(1), np.uint8(different))
    levels[~known] = 0
    return levels, np.flatnonzero(known & ~same)
