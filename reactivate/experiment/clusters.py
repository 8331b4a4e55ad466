"""Lots drawn for groups: people of one household are one draw, so there are fewer independent people than people."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def design_effect(outcome: Floats, arm: Ints, drawn_for: pa.Array) -> float:
    """How many times larger the variance of the difference is than if everybody had been drawn by himself; at least 1.

    `drawn_for`: one name per person, equal for those who shared a lot. The variance of each arm's mean from sums of its
    groups, against that from people (Donner, Klar 2000, Design and Analysis of Cluster Randomization Trials; Liang,
    Zeger 1986, Biometrika 73). Groups of one give 1 exactly.
    """
    groups = pc.dictionary_encode(drawn_for)
    place = groups.indices.to_numpy(zero_copy_only=False)
    grouped, single = 0.0, 0.0
    for index in np.unique(arm):
        mine = arm == index
        left = outcome[mine] - outcome[mine].mean()
        sums = np.bincount(place[mine], weights=left, minlength=len(groups.dictionary))
        grouped += float(sums @ sums) / mine.sum() ** 2
        single += float(left @ left) / mine.sum() ** 2
    ratio = grouped / single if single > 0 else 1.0
    return ratio if ratio > 1 + 1e-9 else 1.0
