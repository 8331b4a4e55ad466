"""Name words across scripts: a Cyrillic family name meets its Latin spelling and nobody else's."""

import importlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from reactivate.matching.fields import coded_base
from reactivate.matching.levels import LEVELS, compare
from reactivate.matching.synonyms import shipped_synonyms
from reactivate.normalise.fold import fold

WORDS, FLOOR = 1_500, 0.97
NEAR = LEVELS["last"].index("close") + 1


@pytest.fixture
def words(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return importlib.import_module("cis_words")


def f1(left, right, seed=5):
    """F1 of "equal or close" over the pairs given, and as many with the right side shuffled."""
    shuffled = np.random.default_rng(seed).permutation(len(right))
    strangers = [right[place] for place in shuffled]
    texts = [fold(text) for text in [*left, *right, *strangers]]
    base = coded_base(pa.table({"n_last": texts}), ["name"])
    count = len(left)
    ones, twos = np.tile(np.arange(count), 2), np.arange(count, 3 * count)
    same = np.arange(2 * count) < count
    levels = compare(base, ones, twos, shipped_synonyms(base))["last"]
    found = (levels >= 1) & (levels <= NEAR)
    # A shuffled word may fall upon one that is written alike: that pair is no mistake.
    alike = ~same & (np.array(texts)[ones] == np.array(texts)[twos])
    found, same = found[~alike], same[~alike]
    hits = (found & same).sum()
    return 2 * hits / (found.sum() + same.sum())


@pytest.mark.parametrize("spelling", ["icao", "bgn", "home", "kmu"])
def test_family_names_in_latin_letters(words, spelling):
    pairs = words.surnames()
    chosen = [pairs[place] for place in np.random.default_rng(3).permutation(len(pairs))[:WORDS]]
    place, table = words.SPELLINGS[spelling]
    assert f1([pair[place] for pair in chosen], [words.spelt(pair[place], table) for pair in chosen]) >= FLOOR


def test_russian_and_ukrainian_spelling(words):
    pairs = words.surnames()[:WORDS]
    assert f1([ru for ru, _ in pairs], [uk for _, uk in pairs]) >= FLOOR
