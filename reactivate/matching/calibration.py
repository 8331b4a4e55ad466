"""What pairs that a human has judged teach the model: a correction of its log odds, as far as their number allows.

The model is fitted without labels, and its levels are independent within a class, which real fields are not. Labels
mend that: a logistic regression on the pattern of levels with the model's own log odds as the starting point (Platt
1999, with one further weight per level). Normal priors around "the model is right" hold every weight, so that fifty
labels move little and a thousand much. Which pairs were asked about may depend on their score: given the pattern, the
answer does not, so labels from the review band alone are no bias.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FEWEST, FEWEST_OF_EACH = 50, 10
"""Labels in all, and of each answer, below which nothing is learned."""
SLOPE_SPREAD, OFFSET_SPREAD, LEVEL_SPREAD = 0.25, 1.0, 0.7
"""Spreads of the priors: of the slope around 1, of the offset and of each level's weight around 0 (nats)."""
MISTAKEN = 0.01
"""Share of answers that are slips of the reviewer."""
_FARTHEST = 15.0
_MOST_TURNS = 100
_ENOUGH = 1e-9


@frozen(eq=False)
class Calibration:
    """New log odds (nats) = `slope` times the model's + `offset` + `weights[field][level - 1]` of every level known."""

    slope: float
    offset: float
    weights: dict[str, Floats]
    labels: int

    def log_odds(self, fields: tuple[str, ...], levels: npt.NDArray[np.uint8], odds: Floats) -> Floats:
        """The corrected log odds of some patterns, from those of the model."""
        out: Floats = self.slope * odds + self.offset
        for place, name in enumerate(fields):
            out += np.concatenate([[0.0], self.weights[name]])[levels[:, place]]
        return out

    def told(self) -> dict[str, Any]:
        """As JSON."""
        weights = {name: values.tolist() for name, values in self.weights.items()}
        return {"slope": self.slope, "offset": self.offset, "weights": weights, "labels": self.labels}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Calibration":
        """From what `told` gave."""
        weights = {name: np.array(values, np.float64) for name, values in told["weights"].items()}
        return cls(told["slope"], told["offset"], weights, told["labels"])


def enough(same: Flags) -> bool:
    """Whether these answers are enough to learn from: FEWEST in all, FEWEST_OF_EACH of both."""
    yes = int(same.sum())
    return len(same) >= FEWEST and min(yes, len(same) - yes) >= FEWEST_OF_EACH


def calibration(
    fields: tuple[str, ...], sizes: Mapping[str, int], levels: npt.NDArray[np.uint8], odds: Floats, same: Flags
) -> Calibration:
    """Learn from labelled pairs: `levels[pair, field]`, the model's log odds and the answer of each.

    `sizes`: how many levels each field has. The same for any order of the pairs.
    """
    design, spread = _design(fields, sizes, levels, odds)
    # Pairs of one pattern and answer count together: sums over sorted patterns depend on no order.
    table, counts = np.unique(np.column_stack([design, same]), axis=0, return_counts=True)
    design, answers = table[:, :-1], np.where(table[:, -1] > 0, 1 - MISTAKEN, MISTAKEN)
    weight = _maximum(design, design[:, 0], answers, counts.astype(np.float64), 1 / spread**2)
    ends = np.cumsum([2, *(sizes[name] for name in fields)])
    by_level = {name: weight[start:end] for name, start, end in zip(fields, ends[:-1], ends[1:], strict=True)}
    return Calibration(1 + float(weight[0]), float(weight[1]), by_level, len(same))


def _design(
    fields: tuple[str, ...], sizes: Mapping[str, int], levels: npt.NDArray[np.uint8], odds: Floats
) -> tuple[Floats, Floats]:
    """(a column of log odds, one of ones, one per level of each field; spread of the prior of each)."""
    columns = [np.clip(odds, -_FARTHEST, _FARTHEST)[:, None], np.ones((len(levels), 1))]
    columns += [np.eye(sizes[name] + 1)[levels[:, place]][:, 1:] for place, name in enumerate(fields)]
    spread = [SLOPE_SPREAD, OFFSET_SPREAD, *(LEVEL_SPREAD for name in fields for _ in range(sizes[name]))]
    return np.concatenate(columns, axis=1), np.array(spread)


def _maximum(design: Floats, start: Floats, answers: Floats, counts: Floats, tightness: Floats) -> Floats:
    """Weights of the highest posterior, by Newton's steps; the sum of likelihood and priors has one summit only."""
    weight = np.zeros(design.shape[1])
    for _ in range(_MOST_TURNS):
        chance = 1 / (1 + np.exp(-np.clip(start + design @ weight, -50, 50)))
        slope = design.T @ (counts * (answers - chance)) - tightness * weight
        bend = (design.T * (counts * chance * (1 - chance))) @ design + np.diag(tightness)
        step = np.linalg.solve(bend, slope)
        weight += step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < _ENOUGH:
            break
    return weight
