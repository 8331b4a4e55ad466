"""Words one typing error apart, for one word and for many at once.

Garbe's symmetric deletion: both sides lose one letter and are looked for in each other. For many words the deletions
are compared as sums of random numbers, one per letter and place, so that no shortened word is ever built; what meets
there is looked at by the metric itself.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from reactivate.normalise.cells import Flags, cells_of

Places = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_LONGEST, _MARKS = 40, (1 << 22) - 1
_WEIGHTS: Hashes = np.random.default_rng(7).integers(0, 1 << 63, _LONGEST, np.uint64) * np.uint64(2) + np.uint64(1)


def near_pairs(words: pa.Array, forms: pa.Array) -> tuple[Places, Places]:
    """(word, form) places of all pairs within one edit (swap of neighbours included), by word. ASCII words only."""
    hashes, owner = _deletions(forms)
    order = np.argsort(hashes)
    hashes, owner = hashes[order], owner[order]
    asked, asker = _deletions(words, _marked(hashes))
    low, high = np.searchsorted(hashes, asked, side="left"), np.searchsorted(hashes, asked, side="right")
    times = high - low
    found = np.repeat(low - np.concatenate([[0], np.cumsum(times)[:-1]]), times) + np.arange(int(times.sum()))
    # A pair meets in several deletions.
    packed = np.sort(np.repeat(asker, times) * max(len(forms), 1) + owner[found])
    packed = packed[np.diff(packed, prepend=-1) != 0]
    left, right = packed // max(len(forms), 1), packed % max(len(forms), 1)
    if not len(left):
        return left, right
    one, other = (texts.take(pa.array(places)).to_pylist() for texts, places in ((words, left), (forms, right)))
    close = cpdist(one, other, scorer=OSA.distance, score_cutoff=1) <= 1
    return left[close], right[close]


def _marked(hashes: Hashes) -> Flags:
    """Marks the low bits of these sums: of words that have none of them, nothing more need be asked."""
    marks = np.zeros(_MARKS + 1, bool)
    marks[hashes & np.uint64(_MARKS)] = True
    return marks


def _deletions(words: pa.Array, wanted: Flags | None = None) -> tuple[Hashes, Places]:
    """(sum, word) of every word whole and of every word without one of its letters; longer words have no near ones.

    `wanted`: leave out sums whose low bits are not marked.
    """
    seen = cells_of(words)
    lengths = seen.lengths
    sums, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for length in range(1, min(int(lengths.max(initial=0)) + 1, _LONGEST)):
        rows = np.flatnonzero(lengths == length)
        letters = seen.data[seen.starts[rows] + np.arange(length)[:, None]].astype(np.uint64)
        for found in _sums(letters):
            chosen = slice(None) if wanted is None else wanted[found & np.uint64(_MARKS)]
            sums.append(found[chosen])
            owners.append(rows[chosen])
    return np.concatenate(sums), np.concatenate(owners)


def _sums(letters: Hashes) -> Iterator[Hashes]:
    """The sums of words of one length, `letters[place, word]`: whole, and without each of their letters in turn."""
    with np.errstate(over="ignore"):
        weights = _WEIGHTS[: len(letters), None]
        own = letters * weights
        # The letters behind the lost one move up by one place.
        moved = letters[1:] * weights[:-1]
        before, behind = np.zeros_like(own[0]), moved.sum(axis=0, dtype=np.uint64)
        yield own.sum(axis=0, dtype=np.uint64)
        for place in range(len(letters)):
            yield before + behind
            before += own[place]
            behind -= moved[place] if place < len(moved) else 0


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
