"""What each distinct skeleton of a base is as a first name, a family name and a patronymic."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Flags
from reactivate.normalise.known_names import known_names
from reactivate.normalise.near_words import near_pairs
from reactivate.normalise.patronymics import folded_fathers
from reactivate.normalise.skeletons import surnames

SURE_FIRST, LIKELY_LAST = 3.0, -1.5
_INITIAL, _MISTYPED = 2.5, 1.0
_SURNAME = r"(?:[oei]va?|ina?|enko|ko|sk(?:i|a|aia)|ck(?:i|a|aia)|chuk|iuk|uk|ian|dze|shvili|ez|son|sen)$"
_LONG_NAME = 5


@frozen(eq=False)
class Stems:
    """One entry per skeleton.

    `name`: the first name it certainly stands for, else itself; `surname`: without the ending that tells man and woman;
    `father`: the name behind a patronymic, null = none; `listed_father`: whether the tables hold that patronymic;
    `known`: whether it is a first name or one of its short forms, `full`: whether certainly one;
    `firstness`: how much it looks like a first name by the tables alone (log odds).
    """

    skeleton: pa.Array
    name: pa.Array
    surname: pa.Array
    father: pa.Array
    listed_father: Flags
    known: Flags
    full: Flags
    firstness: npt.NDArray[np.float64]


def described_stems(skeletons: pa.Array) -> Stems:
    """Look up distinct skeletons, all at once."""
    tables = known_names()
    fathers = folded_fathers(skeletons)
    known = _among(skeletons, list(tables.names))
    return Stems(
        skeletons,
        _canonical(skeletons),
        surnames(skeletons),
        fathers,
        _among(skeletons, list(tables.fathers)),
        known,
        _among(skeletons, list(tables.full)),
        _firstness(skeletons, fathers, known),
    )


def _among(skeletons: pa.Array, forms: list[str]) -> Flags:
    return np.asarray(pc.is_in(skeletons, pa.array(forms, pa.string())), dtype=bool)


def _canonical(skeletons: pa.Array) -> pa.Array:
    """`KnownNames.canonical` of each."""
    tables = known_names()
    forms = [form for form in {**tables.full, **tables.names} if tables.canonical(form) != form]
    names = pa.array([tables.canonical(form) for form in forms], pa.string())
    return pc.coalesce(names.take(pc.index_in(skeletons, pa.array(forms, pa.string()))), skeletons)


def _firstness(skeletons: pa.Array, fathers: pa.Array, known: Flags) -> npt.NDArray[np.float64]:
    lengths = np.asarray(pc.binary_length(skeletons))
    like_last = np.asarray(pc.match_substring_regex(skeletons, _SURNAME), dtype=bool)
    out = np.where(like_last | np.asarray(fathers.is_valid(), dtype=bool), LIKELY_LAST, 0.0)
    unknown = np.flatnonzero(~known & (lengths >= _LONG_NAME))
    near, _ = near_pairs(skeletons.take(pa.array(unknown)), pa.array(list(known_names().names), pa.string()))
    out[unknown[near]] = _MISTYPED
    out[lengths == 1] = _INITIAL
    out[known] = SURE_FIRST
    return out
