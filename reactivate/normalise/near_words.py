"""Words one typing error apart, for one word and for many at once.

Garbe's symmetric deletion: both sides lose one letter and are looked for in each other. For many words the deletions
are compared as sums of random numbers, one per letter and place, so that no shortened word is ever built; what meets
there is looked at by the metric itself.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_LONGEST = 40
_WEIGHTS: Hashes = np.random.default_rng(7).integers(0, 1 << 63, _LONGEST, np.uint64) * np.uint64(2) + np.uint64(1)


def near_pairs(words: list[str], forms: list[str]) -> tuple[Places, Places]:
    """(word, form) places of all pairs within one edit (swap of neighbours included), by word. ASCII words only."""
    hashes, owner = _deletions(forms)
    order = np.argsort(hashes)
    hashes, owner = hashes[order], owner[order]
    asked, asker = _deletions(words)
    low, high = np.searchsorted(hashes, asked, side="left"), np.searchsorted(hashes, asked, side="right")
    hits = high - low
    found = np.repeat(low - np.concatenate([[0], np.cumsum(hits)[:-1]]), hits) + np.arange(int(hits.sum()))
    # A pair meets in several deletions.
    packed = np.sort(np.repeat(asker, hits) * max(len(forms), 1) + owner[found])
    packed = packed[np.diff(packed, prepend=-1) != 0]
    left, right = packed // max(len(forms), 1), packed % max(len(forms), 1)
    if not len(left):
        return left, right
    one, other = ([texts[place] for place in places.tolist()] for texts, places in ((words, left), (forms, right)))
    close = cpdist(one, other, scorer=OSA.distance, score_cutoff=1) <= 1
    return left[close], right[close]


def _deletions(words: list[str]) -> tuple[Hashes, Places]:
    """(sum, word) of every word whole and of every word without one of its letters; longer words have no near ones."""
    fit = np.array([place for place, word in enumerate(words) if 0 < len(word) < _LONGEST], np.int64)
    letters: npt.NDArray[Any] = np.array([words[place] for place in fit.tolist()] or [""], "S").reshape(-1, 1)
    matrix = letters.view(np.uint8)[: len(fit)].astype(np.uint64)
    lengths = (matrix > 0).sum(axis=1)
    width = matrix.shape[1]
    with np.errstate(over="ignore"):
        before = np.zeros((len(fit), width + 1), np.uint64)
        np.cumsum(matrix * _WEIGHTS[:width], axis=1, out=before[:, 1:])
        # The letters behind the lost one move up by one place.
        moved = np.zeros((len(fit), width + 1), np.uint64)
        np.cumsum(matrix[:, 1:] * _WEIGHTS[: width - 1], axis=1, out=moved[:, 1:width])
        moved[:, width] = moved[:, width - 1]
        without = before[:, :width] + moved[:, width : width + 1] - moved[:, :width]
    there = np.arange(width) < lengths[:, None]
    sums = np.concatenate([before[:, width], without[there]])
    return sums, np.concatenate([fit, np.repeat(fit, lengths)])


def near_words(word: str, index: dict[str, tuple[str, ...]]) -> set[str]:
    """The indexed words within one edit of `word`."""
    near: set[str] = set()
    for shorter in _shorter(word):
        near.update(index.get(shorter, ()))
    return {form for form in near if OSA.distance(form, word, score_cutoff=1) <= 1}


@cache
def index_of(words: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Every word of `words`, whole and without one letter -> the words that it may have been."""
    found: dict[str, list[str]] = {}
    for word in words:
        for shorter in _shorter(word):
            found.setdefault(shorter, []).append(word)
    return {shorter: tuple(forms) for shorter, forms in found.items()}


def _shorter(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
