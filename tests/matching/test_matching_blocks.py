"""Candidates by the definition, pair by pair, and by sorted words; neither parts nor threads show in the result."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.test_matching_properties import BY, shop

from reactivate import matching, normalise
from reactivate.matching import blocks, grouping, threads
from reactivate.matching.blocks import candidate_pairs, united
from reactivate.matching.grouping import Key, groups_of, words_of
from reactivate.matching.hashing import mixed, span_hashes, text_hashes
from reactivate.matching.spans import spans_of

COUNT = 30
VALUES = st.lists(st.integers(0, 6), min_size=COUNT, max_size=COUNT)


def key(name, values, *, weak=False):
    """A key of one value per record, 0 = none."""
    hashes = np.where(np.array(values) > 0, mixed(np.array(values, np.uint64)), np.uint64(0))
    return Key(name, lambda part: (None, hashes[part]), weak)


def held(name, pairs):
    """A key of several values per record: pairs of record and value, a repeated pair included."""
    rows = np.array([row for row, _ in pairs], np.int64)
    hashes = mixed(np.array([value for _, value in pairs], np.uint64))

    def made(part):
        here = (rows >= part.start) & (rows < part.stop)
        return rows[here], hashes[here]

    return Key(name, made)


def sharing(*keys):
    """All pairs that share a key, by looking at every pair."""
    bearers = [{row: {v for r, v in one if r == row} for row in range(COUNT)} for one in keys]
    return {(a, b) for one in bearers for a, b in combinations(range(COUNT), 2) if one[a] & one[b]}


def pairs_of(found):
    return list(zip(found.left.tolist(), found.right.tolist(), strict=True))


@settings(deadline=None, max_examples=40)
@given(VALUES, st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(1, 6)), max_size=40), st.integers(1, 50))
def test_candidates_are_the_pairs_that_share_a_key(values, pairs, at_once):
    single = [(row, value) for row, value in enumerate(values) if value]
    before = grouping.AT_ONCE
    grouping.AT_ONCE = at_once
    try:
        found = candidate_pairs(
            [key("one", values), held("several", pairs)], COUNT, {}, lambda: np.arange(COUNT, dtype=np.int32), cap=COUNT
        )
    finally:
        grouping.AT_ONCE = before
    assert pairs_of(found) == sorted(sharing(single, pairs))


@settings(deadline=None, max_examples=40)
@given(VALUES, VALUES, st.integers(2, 8), st.integers(1, 3))
def test_what_is_not_compared_is_counted(values, finer, cap, window):
    rehash = key("finer", finer).made(slice(0, COUNT))[1]
    rank = np.argsort(np.argsort(finer)).astype(np.int32)
    found = candidate_pairs(
        [key("one", values)], COUNT, {"finer": lambda rows: rehash[rows]}, lambda: rank, cap, window
    )
    shared = sharing([(row, value) for row, value in enumerate(values) if value])
    given_up = sum(skew.given_up for skew in found.skew)
    assert set(pairs_of(found)) <= shared
    assert len(pairs_of(found)) + given_up == len(shared)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 1 << 40), max_size=30, unique=True), max_size=4), st.integers(1, 20))
def test_ranges_unite_to_the_whole(parts, size):
    before = blocks._RANGE
    blocks._RANGE = size
    try:
        left, right = united([np.array(sorted(part), np.int64) for part in parts], 20)
    finally:
        blocks._RANGE = before
    codes = sorted({code for part in parts for code in part})
    assert (left.astype(np.int64) << 20 | right).tolist() == codes


@pytest.mark.parametrize(("name", "module", "value"), [
    ("AT_ONCE", grouping, 7), ("_RANGE", blocks, 50), ("WORKERS", threads, 1), ("WORKERS", threads, 5),
])  # fmt: skip
def test_parts_and_threads_do_not_matter(monkeypatch, name, module, value):
    normal = normalise.normal_records(shop(200, 11), region="UA")
    whole = matching.score(normal, by=BY, cap=8)
    monkeypatch.setattr(module, name, value)
    again = matching.score(normal, by=BY, cap=8)
    assert pairs_of(again.candidates) == pairs_of(whole.candidates)
    assert again.candidates.skew == whole.candidates.skew
    assert again.match.tolist() == whole.match.tolist()


def test_words_are_sorted_and_grouped():
    words = words_of(key("k", [3, 0, 3, 5, 3, 5, 1]), 7, 3)
    groups = groups_of(words, 3)
    assert sorted(groups.sizes.tolist()) == [2, 3]
    assert (np.diff(words.astype(object)) > 0).all()
    assert len(groups_of(words[:0], 3).starts) == 0


@given(st.lists(st.text(max_size=30), max_size=12))
def test_a_piece_of_a_text_has_the_hash_of_that_text(texts):
    locals_ = [text.split("@")[0] for text in texts]
    before = spans_of(pa.array(texts, pa.string())).before(b"@")
    assert span_hashes(before).tolist() == text_hashes(pa.array(locals_, pa.string())).tolist()
    worth = np.arange(256, dtype=np.uint64)
    assert before.sums(worth).tolist() == [sum(text.encode()) for text in locals_]


def test_long_texts_that_differ_at_their_end_differ_in_their_hash():
    texts = ["x" * 1000 + end for end in ("a", "b", "ab")] + ["x" * length for length in range(240, 280)]
    assert len(set(text_hashes(pa.array(texts)).tolist())) == len(texts)
