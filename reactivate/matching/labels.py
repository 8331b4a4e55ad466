"""Labelled pairs: what people decided about two records, as the kernel takes it, and what the model learns from it."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from attrs import evolve

from reactivate.matching.calibration import calibration, enough
from reactivate.matching.levels import LEVELS, kind_of
from reactivate.matching.model import Model, Patterns

Pair = tuple[int, int]
Rows = npt.NDArray[np.int64]


def calibrated(
    model: Model,
    patterns: Patterns,
    left: npt.NDArray[np.integer],
    right: npt.NDArray[np.integer],
    must_link: Iterable[Pair] | None,
    cannot_link: Iterable[Pair] | None,
) -> Model:
    """The model corrected by decided pairs; as it is when they are too few to learn from.

    `left`, `right`: the candidates, sorted, `patterns.index` telling the pattern of each. Decided pairs that are no
    candidates teach nothing (`score` makes candidates of all).
    """
    must, cannot = _distinct(must_link), _distinct(cannot_link)
    same = np.concatenate([np.ones(len(must), bool), np.zeros(len(cannot), bool)])
    if not len(patterns.counts) or not enough(same):
        return model
    place, there = _places(left, right, np.concatenate([must, cannot]))
    same = same[there]
    if not enough(same):
        return model
    levels = patterns.levels[patterns.index[place[there]]]
    sizes = {name: len(LEVELS[kind_of(name)]) for name in model.fields}
    return evolve(model, calibration=calibration(model.fields, sizes, levels, model.log_odds(levels), same))


def _distinct(pairs: Iterable[Pair] | None) -> Rows:
    return np.array(sorted({(min(pair), max(pair)) for pair in pairs or ()}), np.int64).reshape(-1, 2)


def _places(
    left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], pairs: Rows
) -> tuple[Rows, npt.NDArray[np.bool_]]:
    """(place of each pair among the candidates, whether it is there)."""
    size = int(max(right.max(initial=0), pairs.max(initial=0))) + 1
    codes, wanted = left.astype(np.int64) * size + right, pairs[:, 0] * size + pairs[:, 1]
    place = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
    return place, codes[place] == wanted
