"""The grid that turns three scores into a word, as data: ours in `data/rfm.json`, or one of the business's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reactivate.analytics.arrays import Ints
from reactivate.analytics.data import load
from reactivate.text import nearest

WORDS = ("champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost")
PARTS = ("several_orders", "one_order")
_ROWS = "54321"


def grid_codes(grid: Mapping[str, Any] | None = None) -> tuple[Ints, Ints]:
    """Codes of `WORDS` as two arrays of shape (5, 5): by r and (f + m) / 2 for several orders, by r and m for one.

    Row and column 0 stand for score 1. ValueError, in words for the writer of the grid, when a cell is not a word.
    """
    found = checked(load("rfm") if grid is None else grid)
    several, single = ([[WORDS.index(word) for word in found[part][row]] for row in "12345"] for part in PARTS)
    return np.array(several), np.array(single)


def checked(grid: Any) -> Mapping[str, Mapping[str, list[str]]]:
    """The grid as given, when every cell holds one of the eight words; ValueError naming the first that does not."""
    for part in PARTS:
        rows = grid.get(part) if isinstance(grid, Mapping) else None
        if not isinstance(rows, Mapping):
            raise ValueError(f"the grid has no part {part!r}: it needs {' and '.join(PARTS)}, rows 5 to 1 in each")
        for row in _ROWS:
            cells = rows.get(row)
            if not isinstance(cells, list) or len(cells) != 5:
                raise ValueError(f"row {row!r} of {part!r} needs five words, for scores 1 to 5")
            for word in cells:
                if word not in WORDS:
                    close = nearest(str(word), WORDS)
                    meant = f": did you mean {close!r}?" if close else f": the words are {', '.join(WORDS)}"
                    raise ValueError(f"{word!r} in row {row!r} of {part!r} is not a word of rfm{meant}")
    found: Mapping[str, Mapping[str, list[str]]] = grid
    return found
