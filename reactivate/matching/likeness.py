"""When two short names are alike although Jaro-Winkler, made for long ones, says they are not."""

import numpy as np
import numpy.typing as npt

from reactivate.matching.fields import Coded, Codes
from reactivate.matching.similarity import edit_distance

Flags = npt.NDArray[np.bool_]
_SHORTEST = 4
_THREE = np.uint64(0xFFFF_FFFF_FFFF)
"""The first three of the four letters in `Signs.heads`."""


def one_slip(column: Coded, left: Codes, right: Codes) -> Flags:
    """Whether names of four letters and more differ by one slip of the pen: `lens` and `lena`."""
    long_enough = np.minimum(column.signs.lengths[left], column.signs.lengths[right]) >= _SHORTEST
    near: Flags = (edit_distance(column, left, right, 1) <= 1) & long_enough
    return near


def cut_short(column: Coded, left: Codes, right: Codes) -> Flags:
    """Whether one name begins like the other but for its last letter: `benj` and `benjamin`, `vera` and `verochka`."""
    unlike = column.signs.heads[left] ^ column.signs.heads[right]
    shorter = np.minimum(column.signs.lengths[left], column.signs.lengths[right])
    three = (unlike & _THREE == 0) & (shorter >= _SHORTEST - 1) & (shorter <= _SHORTEST)
    four = (unlike == 0) & (shorter >= _SHORTEST) & (shorter <= _SHORTEST + 1)
    cut: Flags = three | four
    return cut
