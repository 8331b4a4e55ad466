"""Steps along the upper hull: for each person from what he has to the next better offer, steepest gain first.

Dominated offers fall away by themselves (Sinha, Zoltners 1979, Operations Research 27: the multiple-choice knapsack).
"""

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEFT_OUT = -1


@frozen(eq=False)
class Steps:
    """Moves of a person from offer `start` (LEFT_OUT = none yet) to `end`, best ratio first, in order per person."""

    person: Ints
    start: Ints
    end: Ints
    ratio: Floats

    def __len__(self) -> int:
        return len(self.person)

    def pick(self, which: NDArray[np.generic] | slice) -> "Steps":
        return Steps(self.person[which], self.start[which], self.end[which], self.ratio[which])


def steps(profit: Floats, cost: Floats, current: Ints, possible: NDArray[np.bool_]) -> Steps:
    """The hull steps of every person, from `current`, over the offers that are `possible` and earn more.

    `profit` and `cost` are people x offers. A gain that costs nothing has an infinite ratio and comes first.
    """
    everybody = np.flatnonzero((possible & (profit > value_of(profit, current)[:, None])).any(axis=1))
    place = current[everybody]
    before = np.full(len(everybody), np.inf)
    found: list[Steps] = []
    for _ in range(profit.shape[1]):
        gain = profit[everybody] - value_of(profit, place, everybody)[:, None]
        extra = cost[everybody] - value_of(cost, place, everybody)[:, None]
        better = possible[everybody] & (gain > 0)
        ratio = np.divide(gain, extra, out=np.full_like(gain, np.inf), where=extra > 0)
        ratio[~better] = -np.inf
        steepest = ratio.max(axis=1)
        # Of equally steep moves the longest: the others lie on the way.
        longest = np.where(ratio >= steepest[:, None] * (1 - 1e-12), gain, -np.inf)
        longest[~better] = -np.inf
        end = longest.argmax(axis=1)
        moves = better.any(axis=1)
        before = np.minimum(before, steepest)
        found.append(Steps(everybody[moves], place[moves], end[moves], before[moves]))
        everybody, place, before = everybody[moves], end[moves], before[moves]
        if not len(everybody):
            break
    joined = Steps(
        *(np.concatenate([getattr(part, name) for part in found]) for name in ("person", "start", "end", "ratio"))
    )
    return joined.pick(np.argsort(-joined.ratio, kind="stable"))


def value_of(matrix: Floats, offer: Ints, people: Ints | None = None) -> Floats:
    """The cell of each person's `offer`; zero for those left out."""
    rows = np.arange(len(offer)) if people is None else people
    cells: Floats = np.where(offer == LEFT_OUT, 0.0, matrix[rows, np.maximum(offer, 0)])
    return cells
