"""Reviewers' decisions over links, whatever matcher laid them."""

import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactivate.contracts.schemas import LINKS
from reactivate.matching.clusters import components
from reactivate.matching.review import contradictions, decided


def links(*rows):
    pairs = [(*row, "merge") if len(row) == 3 else row for row in rows]
    left, right, chance, band = zip(*pairs, strict=True) if pairs else ([], [], [], [])
    return LINKS.table(left=left, right=right, probability=chance, band=band, reason=["told"] * len(pairs))


def label_of(table, count):
    merge = table.filter(pc.equal(table["band"], "merge"))
    return components(count, merge["left"].to_numpy(), merge["right"].to_numpy()).tolist()


def test_without_decisions_nothing_changes():
    given_links = links((0, 1, 0.9), (1, 2, 0.5, "review"))
    assert decided(given_links, 3, [], []).equals(given_links)


def test_a_pair_said_to_be_one_is_joined():
    found = decided(links((0, 1, 0.9), (1, 2, 0.5, "review")), 4, [(2, 1)], [])
    assert label_of(found, 4) == [0, 0, 0, 1]
    assert [row["reason"] for row in found.to_pylist()] == ["told", "a reviewer decided"]


def test_the_weakest_link_of_a_chain_gives_way():
    found = decided(links((0, 1, 0.9), (1, 2, 0.7), (2, 3, 0.95)), 4, [], [(0, 3)])
    assert label_of(found, 4) == [0, 0, 1, 1]


def test_what_reviewers_united_gives_way_last():
    found = decided(links((0, 1, 1.0), (1, 2, 1.0)), 3, [(1, 2)], [(0, 2)])
    assert label_of(found, 3) == [0, 1, 1]


def test_decided_pairs_and_those_that_became_one_leave_the_review_band():
    found = decided(links((0, 1, 0.5, "review"), (0, 2, 0.5, "review"), (1, 2, 0.4, "review")), 3, [(0, 2)], [(0, 1)])
    assert [(row["left"], row["right"], row["band"]) for row in found.to_pylist()] == [
        (0, 2, "merge"),
        (1, 2, "review"),
    ]


pairs = st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1])


@given(st.dictionaries(pairs, st.floats(0.6, 1.0)), st.lists(st.tuples(pairs, st.booleans()), max_size=8))
def test_consistent_decisions_always_hold(laid, said):
    names = [(str(a), str(b), same) for (a, b), same in said]
    if contradictions(names) or len({pair for pair, _ in said}) < len(said):
        return
    must, cannot = ([pair for pair, same in said if same is wanted] for wanted in (True, False))
    found = LINKS.conform(decided(links(*((a, b, c) for (a, b), c in sorted(laid.items()))), 12, must, cannot))
    label = label_of(found, 12)
    assert all(label[a] == label[b] for a, b in must)
    assert all(label[a] != label[b] for a, b in cannot)
    if not cannot:
        before = label_of(links(*((a, b, c) for (a, b), c in sorted(laid.items()))), 12)
        assert all(label[a] == label[b] for a in range(12) for b in range(12) if before[a] == before[b])


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ([("a", "b", True), ("b", "c", True), ("a", "c", False)], (2, {0, 1})),
        ([("a", "b", True), ("b", "a", False)], (1, {0})),
        ([("a", "b", True), ("c", "d", True), ("a", "d", False)], None),
    ],
    ids=["over two", "the same pair", "no chain"],
)
def test_contradictions_name_their_chain(said, places):
    found = contradictions(said)
    assert [(one.apart, set(one.same)) for one in found] == ([places] if places else [])
