"""Latent classes over agreement patterns: match, household, stranger; expectation-maximisation from shipped beliefs.

Fellegi and Sunter (1969) with a third class for people of one household, who share phone, family name and address and
differ in first name and birth date. Strangers are of two sorts, namesakes and those whom some other key brought
together; in one class they would pull it apart, and the household class would drift into the gap. Levels are
independent within a class; a missing level says nothing. The beliefs act as pseudo-counts: a small base stays near
them, a large one moves as far as its pairs say.
"""

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from reactivate.errors import DataError
from reactivate.matching.calibration import Calibration
from reactivate.matching.levels import LEVELS, kind_of

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[Any]
STRENGTH = 300.0
"""Pairs that the beliefs about one field of one class weigh."""
STEADINESS = 0.01
"""What they weigh besides, as a share of all pairs: no number of pairs may turn the classes into other ones."""
SHARE_STRENGTH = 300.0
MOST_NAMESAKES, CHANCE_BELIEF = 0.95, 30.0
"""No more of the pairs of one name can be strangers; pairs that the shipped belief about their names weighs."""
CHANCE_STRENGTH = 0.05
"""What the number of namesakes expected by chance weighs, as a share of all pairs."""
MOST_TURNS = 300
_COUNTABLE = 1 << 24
_ENOUGH = 1e-6
_NAMES = frozenset({"first", "last", "patronymic", "namesakes"})
CLASSES = ("match", "household", "namesake", "stranger")


@frozen(eq=False)
class Patterns:
    """Distinct combinations of levels with their counts. `levels[pattern, field]`, `index[pair]` = its pattern."""

    fields: tuple[str, ...]
    levels: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int64]
    index: Places


@frozen(eq=False)
class Model:
    """`share[class]`, `chance[field][class, level - 1]`; how the fit went; what labelled pairs corrected."""

    fields: tuple[str, ...]
    share: Floats
    chance: dict[str, Floats]
    turns: int = 0
    converged: bool = True
    classes: int = len(CLASSES)
    calibration: Calibration | None = None

    def log_likelihood(self, levels: npt.NDArray[np.uint8]) -> Floats:
        """Log P(class, pattern) per pattern and class."""
        out = np.tile(np.log(np.maximum(self.share, 1e-300)), (len(levels), 1))
        for place, name in enumerate(self.fields):
            table = np.vstack([np.zeros(len(CLASSES)), np.log(self.chance[name]).T])
            out += table[levels[:, place]]
        return out

    def probabilities(self, levels: npt.NDArray[np.uint8]) -> Floats:
        """P(class | pattern)."""
        joint = self.log_likelihood(levels)
        joint -= joint.max(axis=1, keepdims=True)
        if self.calibration is not None:
            odds = self.log_odds(levels)
            joint[:, 0] += self.calibration.log_odds(self.fields, levels, odds) - odds
            joint -= joint.max(axis=1, keepdims=True)
        weight = np.exp(joint)
        normed: Floats = weight / weight.sum(axis=1, keepdims=True)
        return normed

    def log_odds(self, levels: npt.NDArray[np.uint8]) -> Floats:
        """Log odds of a match per pattern, as the fit without labels has them."""
        joint = self.log_likelihood(levels)
        odds: Floats = joint[:, 0] - _log_of_sum(joint[:, 1:])
        return odds

    def bits(self, name: str) -> list[float]:
        """log2 of how much more often each level is met among matches than among all other pairs."""
        other = self.share[1:] / max(float(self.share[1:].sum()), 1e-12)
        rest = other @ self.chance[name][1:]
        return [round(float(value), 2) for value in np.log2(self.chance[name][0] / rest)]


def _log_of_sum(logs: Floats) -> Floats:
    top = logs.max(axis=1)
    out: Floats = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return out


@cache
def beliefs() -> dict[str, Any]:
    """The shipped parameters."""
    text = (files("reactivate.matching") / "beliefs.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def believed(fields: tuple[str, ...]) -> Model:
    """The model before any data."""
    shipped = beliefs()
    chance = {name: _normed(np.array(shipped["levels"][kind_of(name)], np.float64)) for name in fields}
    return Model(fields, np.array(shipped["share"], np.float64), chance)


def patterns_of(levels: dict[str, npt.NDArray[np.uint8]]) -> Patterns:
    """Count the distinct combinations of levels, in an order that does not depend on the pairs' order."""
    fields = tuple(levels)
    columns = [levels[name] for name in fields]
    count = len(columns[0]) if columns else 0
    code = np.zeros(count, np.int64)
    radix = [len(LEVELS[kind_of(name)]) + 1 for name in fields]
    for column, size in zip(columns, radix, strict=True):
        code = code * size + column
    distinct, index, counts = _distinct(code, math.prod(radix))
    table = np.empty((len(distinct), len(fields)), np.uint8)
    for place in range(len(fields) - 1, -1, -1):
        distinct, table[:, place] = np.divmod(distinct, radix[place])
    return Patterns(fields, table, counts, index)


def _distinct(code: Places, size: int) -> tuple[Places, Places, Places]:
    """(distinct codes in rising order, place of each code among them, how often each comes)."""
    if size <= _COUNTABLE:
        # Counting beats sorting as long as a counter for every possible pattern fits into memory.
        every = np.bincount(code, minlength=1)
        distinct = np.flatnonzero(every)
        place = np.zeros(len(every), np.int32)
        place[distinct] = np.arange(len(distinct))
        return distinct, place[code], every[distinct]
    order = np.argsort(code)
    ordered = code[order]
    new = np.ones(len(code), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    index = np.empty(len(code), np.int32)
    index[order] = np.cumsum(new) - 1
    return ordered[new], index, np.diff(np.append(np.flatnonzero(new), len(code)))


def fit(patterns: Patterns, by_chance: Floats | None = None, strength: float = STRENGTH) -> Model:
    """Fit the classes; falls back to match against stranger when the household class takes the matches' place.

    `by_chance`: per level of `namesakes` how many pairs of strangers with one name the frequency of names lets expect
    (see `namesakes_expected`): a belief about the namesakes that comes from this base. Raises DataError (R610) when the
    fitted classes make no sense: then the fields cannot tell people apart.
    """
    start = believed(patterns.fields)
    if not len(patterns.counts):
        return start
    share_strength = SHARE_STRENGTH
    if by_chance is not None and "namesakes" in patterns.fields:
        start = _expecting(start, patterns, by_chance)
        share_strength += CHANCE_STRENGTH * float(patterns.counts.sum())
    fitted = _em(start, patterns, strength, share_strength)
    if _sensible(fitted):
        return fitted
    two = _em(evolve(start, share=np.array([0.6, 0.0, 0.0, 0.4]), classes=2), patterns, strength, share_strength)
    if _sensible(two):
        return two
    raise DataError.because(
        "R610",
        "matching could not tell people apart: agreement is no more frequent among matches than among strangers",
        "give `by` more columns (phone, email, birth_date), or use the matcher `exact`",
    )


def _expecting(start: Model, patterns: Patterns, by_chance: Floats) -> Model:
    """The beliefs with as many namesakes, and of such names, as chance lets expect: never more than there are pairs.

    Never fewer than believed: who shares a half of the name, or one that runs in a family, is not counted by chance.
    """
    place, namesake = patterns.fields.index("namesakes"), CLASSES.index("namesake")
    met = np.bincount(patterns.levels[:, place], weights=patterns.counts, minlength=len(by_chance) + 1)[1:]
    expected = np.minimum(by_chance, MOST_NAMESAKES * met)
    chance = start.chance["namesakes"].copy()
    chance[namesake] = _normed(expected + CHANCE_BELIEF * chance[namesake])
    share = start.share.copy()
    before = share[namesake]
    share[namesake] = max(before, expected.sum() / patterns.counts.sum())
    others = np.arange(len(share)) != namesake
    share[others] *= (1 - share[namesake]) / (1 - before)
    return evolve(start, share=share, chance={**start.chance, "namesakes": chance})


def _em(start: Model, patterns: Patterns, strength: float, share_strength: float) -> Model:
    counts = patterns.counts.astype(np.float64)
    total = counts.sum()
    masks = {
        name: np.eye(start.chance[name].shape[1] + 1)[patterns.levels[:, place]][:, 1:]
        for place, name in enumerate(patterns.fields)
    }
    strength += STEADINESS * total
    model, before = start, -np.inf
    for turn in range(1, MOST_TURNS + 1):
        joint = model.log_likelihood(patterns.levels)
        top = joint.max(axis=1, keepdims=True)
        weight = np.exp(joint - top)
        mass = weight.sum(axis=1, keepdims=True)
        posterior = weight / mass * counts[:, None]
        share = posterior.sum(axis=0) + share_strength * start.share
        chance = {name: _normed(posterior.T @ mask + strength * start.chance[name]) for name, mask in masks.items()}
        model = evolve(model, share=share / share.sum(), chance=chance, turns=turn, converged=False)
        fit_now = float(((np.log(mass) + top)[:, 0] * counts).sum() / total)
        if abs(fit_now - before) < _ENOUGH:
            return evolve(model, converged=True)
        before = fit_now
    return model


def _normed(table: Floats) -> Floats:
    floor = np.maximum(table, 1e-9)
    normed: Floats = floor / floor.sum(axis=-1, keepdims=True)
    return normed


def _sensible(model: Model) -> bool:
    """Agreement must speak for a match: on every field that is no name, and on the whole.

    Names alone may be inverted: candidates were found by equal names, so strangers among them agree there too.
    """
    total = 0.0
    for name in model.fields:
        match, stranger = model.chance[name][0], model.chance[name][-1]
        gain = float(np.log(match[0] * stranger[-1] / (stranger[0] * match[-1])))
        if gain < 0 and name not in _NAMES:
            return False
        total += gain
    return total > 0
