"""What the world reported of some passes, as arrays over the rows of a walk."""

from collections.abc import Set as AbstractSet

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from reactivate.journey.clock import Moments
from reactivate.journey.state import Positions, Rows, moments

_WEIGHT = {"erased": 0, "refused": 1, "goal": 2, "unreachable": 3, "over": 4}
"""At the same moment a refusal beats the goal, and both beat the rest."""


@frozen(eq=False)
class News:
    """One word and one moment per row; a row may occur several times."""

    rows: Rows
    words: NDArray[np.object_]
    at: Moments

    @classmethod
    def of(cls, answer: pa.Table, word: str, asked: Rows, positions: Positions) -> "News":
        """Read `pass_id, <word>, at`. ValueError when the world speaks of passes it was not asked about."""
        rows = positions.rows_of(answer["pass_id"].to_numpy())
        if not np.isin(rows, asked).all():
            raise ValueError("the world answered for passes it was not asked about")
        return cls(rows, np.array(answer[word].to_pylist(), dtype=object), moments(answer["at"]))

    def only(self, words: AbstractSet[str]) -> "News":
        return self._pick(np.isin(self.words.astype(str), list(words)))

    def without(self, words: AbstractSet[str]) -> "News":
        return self._pick(~np.isin(self.words.astype(str), list(words)))

    def first(self) -> "News":
        """The earliest word of each row."""
        weight = np.array([_WEIGHT.get(word, 5) for word in self.words], dtype=int)
        order = np.lexsort((weight, self.at, self.rows))
        _, index = np.unique(self.rows[order], return_index=True)
        return self._pick(order[index])

    def _pick(self, which: NDArray[np.generic]) -> "News":
        return News(self.rows[which], self.words[which], self.at[which])
