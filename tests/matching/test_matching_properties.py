"""Two roads must meet: any order of rows, any chunk size, one slot or another."""

import random
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate import matching, normalise
from reactivate.contracts.schemas import LINKS, RECORDS
from reactivate.matching.clusters import components
from reactivate.matching.hashing import composed, text_hashes, unordered

FIRST = ["Наталья", "Наталія", "Олег", "Олексій", "Алексей", "Ганна", "Anna", "Саша", "Ж.", "Вова"]
LAST = ["Терехина", "Терьохіна", "Коваль", "Kowalska", "Шевченко", "Шевчнеко", "Волков"]
BY = ["phone", "email", "name", "address"]


def shop(count, seed):
    """A small base with many near-doubles."""
    draw = random.Random(seed)
    names = [f"{draw.choice(FIRST)} {draw.choice(LAST)}" if draw.random() < 0.9 else None for _ in range(count)]
    phones = [f"067{draw.randrange(40):07d}1"[:10] if draw.random() < 0.8 else None for _ in range(count)]
    emails = [f"person{draw.randrange(30)}@gmail.com" if draw.random() < 0.5 else None for _ in range(count)]
    streets = [
        f"ул. Лесная {draw.randrange(9)}, кв {draw.randrange(5)}" if draw.random() < 0.4 else None for _ in range(count)
    ]
    births = [
        date(1980, 1 + draw.randrange(12), 1 + draw.randrange(28)) if draw.random() < 0.3 else None
        for _ in range(count)
    ]
    return RECORDS.table(
        source=["crm"] * count,
        record_id=[f"r{i}" for i in range(count)],
        name=pa.array(names, pa.string()),
        phone=pa.array(phones, pa.string()),
        email=pa.array(emails, pa.string()),
        address=pa.array(streets, pa.string()),
        birth_date=pa.array(births, pa.date32()),
    )


def by_ids(links, ids):
    return {
        (frozenset((ids[row["left"]], ids[row["right"]])), row["band"], round(row["probability"], 9))
        for row in links.to_pylist()
    }


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(2, 120))
def test_the_order_of_rows_does_not_matter(seed, count):
    table = shop(count, seed)
    order = np.random.default_rng(seed).permutation(count)
    found = []
    for rows in (table, table.take(pa.array(order))):
        normal = normalise.normal_records(rows, region="UA")
        found.append(by_ids(matching.link(normal, by=BY).links, rows["record_id"].to_pylist()))
    assert found[0] == found[1]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), chunk=st.integers(1, 300))
def test_the_size_of_chunks_does_not_matter(seed, chunk):
    normal = normalise.normal_records(shop(80, seed), region="UA")
    assert matching.link(normal, by=BY, chunk=chunk).links == matching.link(normal, by=BY).links


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_merge_links_are_a_forest_and_honour_the_contract(seed):
    normal = normalise.normal_records(shop(100, seed), region="UA")
    links = LINKS.conform(matching.link(normal, by=BY).links)
    merge = links.filter(pa.compute.equal(links["band"], "merge"))
    left, right = merge["left"].to_numpy(), merge["right"].to_numpy()
    assert (left < right).all()
    people = len(np.unique(components(100, left, right)))
    assert people == 100 - merge.num_rows


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_reviewers_win(seed):
    normal = normalise.normal_records(shop(60, seed), region="UA")
    free = matching.link(normal, by=BY).links.to_pylist()
    merged = [(row["left"], row["right"]) for row in free if row["band"] == "merge"]
    parted = merged[:1]
    united = [(0, 59)] if (0, 59) not in merged else []
    links = matching.link(normal, by=BY, must_link=united, cannot_link=parted).links
    keep = links.filter(pa.compute.equal(links["band"], "merge"))
    label = components(60, keep["left"].to_numpy(), keep["right"].to_numpy())
    assert all(label[a] != label[b] for a, b in parted)
    if not parted or set(parted[0]).isdisjoint({0, 59}):
        assert all(label[a] == label[b] for a, b in united)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20))
def test_hashes_tell_texts_apart_and_nulls_are_zero(texts):
    hashes = text_hashes(pa.array(texts, pa.string())).tolist()
    assert len({h for h, t in zip(hashes, texts, strict=True) if t is not None}) == len(set(texts) - {None})
    assert all((h == 0) == (t is None) for h, t in zip(hashes, texts, strict=True))


def test_composed_hashes_know_order_and_null():
    a, b, none = (text_hashes(pa.array([text], pa.string())) for text in ("a", "b", None))
    assert composed(a, b) != composed(b, a)
    assert unordered(a, b) == unordered(b, a)
    assert composed(a, none) == unordered(none, a) == np.uint64(0)


@pytest.mark.parametrize("cap", [2, 5, 60])
def test_every_pair_given_up_is_counted(cap):
    """One crowded phone: pairs compared and pairs given up are all pairs there are."""
    count = 40
    table = pa.table(
        {
            "n_phones": pa.array([["+380670000001"]] * count),
            "n_first": pa.array([f"name{i}" for i in range(count)]),
        }
    )
    scored = matching.score(table, by=["phone", "name"], cap=cap, window=1)
    given_up = sum(skew.given_up for skew in scored.candidates.skew if skew.key == "phone")
    assert len(scored.candidates.left) + given_up == count * (count - 1) // 2
