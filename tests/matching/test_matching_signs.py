"""The signs never rule out a pair that the metric would accept."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from reactivate.matching.fields import single
from reactivate.matching.signs import signs_of
from reactivate.matching.similarity import edit_distance, jaro_winkler

TEXTS = st.lists(st.text("abcdehиванa019", max_size=9), min_size=2, max_size=12, unique=True)


@settings(deadline=None)
@given(TEXTS, st.sampled_from([0.8, 0.9]))
def test_what_is_alike_is_never_ruled_out(texts, at_least):
    left, right = np.triu_indices(len(texts), 1)
    may = signs_of(texts).may_be_alike(left, right, at_least)
    alike = [JaroWinkler.similarity(texts[a], texts[b]) >= at_least for a, b in zip(left, right, strict=True)]
    assert not (np.array(alike) & ~may).any()


@settings(deadline=None)
@given(TEXTS, st.sampled_from([1, 2]))
def test_what_is_near_is_never_ruled_out(texts, most):
    left, right = np.triu_indices(len(texts), 1)
    may = signs_of(texts).may_be_edited(left, right, most)
    near = [OSA.distance(texts[a], texts[b]) <= most for a, b in zip(left, right, strict=True)]
    assert not (np.array(near) & ~may).any()


def test_metrics_over_codes():
    column = single(pa.array(["terehina", "terekhina", "koval", None, "tereihna"]))
    code = column.first
    scores = jaro_winkler(column, code[[0, 0]], code[[1, 2]], 0.9)
    assert scores[0] == pytest.approx(JaroWinkler.similarity("terehina", "terekhina"))
    assert scores[1] == 0
    assert edit_distance(column, code[[0, 0, 0]], code[[1, 4, 2]], 1).tolist() == [1, 1, 2]


def test_far_apart_texts_are_ruled_out():
    """Else the signs would cost and save nothing."""
    digits = [f"+38067{number * 7919 % 10**7:07d}" for number in range(200)]
    left, right = np.triu_indices(200, 1)
    assert signs_of(digits).may_be_edited(left, right, 1).mean() < 0.2


@settings(deadline=None)
@given(st.text("abcdehиванa019", max_size=200), st.integers(0, 200), st.sampled_from("abя"))
def test_long_texts_and_other_alphabets_are_never_ruled_out(text, place, letter):
    other = text[:place] + letter + text[place:]
    column = signs_of([text, other, text + text])
    assert column.may_be_edited(np.array([0]), np.array([1]), 1).all()
    if JaroWinkler.similarity(text, other) >= 0.9:
        assert column.may_be_alike(np.array([0]), np.array([1]), 0.9).all()
