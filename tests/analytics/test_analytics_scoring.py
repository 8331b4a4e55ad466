from datetime import timedelta

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, order, orders, people, row
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate import analytics
from reactivate.analytics.scoring import WORDS


def score(table, *who, **more):
    return analytics.rfm(pa.table({"person_id": people(*who)}), table, as_of=TODAY, **more)


def test_scores_are_null_without_orders():
    found = score(orders(order("anna", 3)), "anna", "bob")
    assert row(found, "bob") == {"person_id": "bob", "r": None, "f": None, "m": None, "rfm": None}
    assert all(1 <= row(found, "anna")[name] <= 5 for name in "rfm")
    assert str(found.schema.field("r").type) == "int8"


def test_a_fifth_of_the_base_has_each_recency_score():
    names = [f"p{i:03}" for i in range(100)]
    found = score(orders(*(order(name, i + 1, 10 + i) for i, name in enumerate(names))), *names)
    assert found["r"].to_pylist() == sorted(found["r"].to_pylist(), reverse=True)
    for name in "rm":
        assert [found[name].to_pylist().count(score) for score in range(1, 6)] == [20] * 5


def test_one_order_scores_one_and_equal_values_score_equally():
    names = [f"p{i:03}" for i in range(90)]
    rows = [order(name, 5, 10) for name in names]
    rows += [order(name, 9, 10) for name in names[60:]] + [order(name, 19, 10) for name in names[75:]]
    found = score(orders(*rows), *names)
    assert set(found["f"].to_pylist()[:60]) == {1}
    assert len(set(found["f"].to_pylist()[60:75])) == 1
    assert set(found["r"].to_pylist()) == {3}
    assert found["f"].to_pylist()[80] > found["f"].to_pylist()[70] > 1


def test_a_small_base_uses_fixed_bins():
    found = score(orders(order("old", 2000), order("fresh", 1), *(order("often", 2 + 30 * k) for k in range(12))),
                  "old", "fresh", "often")  # fmt: skip
    assert row(found, "fresh")["rfm"] == "new"
    assert row(found, "old")["rfm"] == "lost"
    assert row(found, "often")["rfm"] == "champions"


def test_period_forgets_older_orders():
    found = score(orders(order("old", 800), order("fresh", 10)), "old", "fresh", period_days=730)
    assert [row(found, "old")[name] for name in ("r", "f", "m", "rfm")] == [1, 1, 1, "lost"]
    assert row(found, "fresh")["rfm"] == "new"


def test_own_bins_are_lower_bounds():
    bins = {"r": [360, 180, 90, 30], "f": [2, 3, 4, 5], "m": [50, 100, 200, 400]}
    found = score(orders(order("a", 30, 400), order("b", 31, "399.99"), order("c", 361, 1)), *"abc", bins=bins)
    assert [found[name].to_pylist() for name in "rfm"] == [[5, 4, 1], [1, 1, 1], [5, 4, 1]]


def test_orders_after_as_of_are_not_seen():
    found = analytics.rfm(
        pa.table({"person_id": ["a"]}), orders(order("a", 0)), as_of=TODAY - timedelta(days=1), period_days=None
    )
    assert row(found, "a")["rfm"] is None


def test_nobody_is_an_empty_table():
    assert score(orders()).num_rows == 0
    assert score(orders(), "a")["rfm"].to_pylist() == [None]


@pytest.mark.parametrize("bins", ["quantile", "business"])
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 700), st.integers(-50, 500)), max_size=150))
def test_scores_never_reverse_and_every_buyer_has_a_word(bins, rows):
    names = [f"p{i}" for i in range(51)]
    table = orders(*(order(f"p{who}", ago, amount) for who, ago, amount in rows))
    found = score(table, *names, bins=bins)
    seen = analytics.profile(people(*names), table, as_of=TODAY)
    joined = [{**a, **b} for a, b in zip(seen.to_pylist(), found.to_pylist(), strict=True) if a["orders"]]
    assert all(item["rfm"] in WORDS for item in joined)
    for name, column, sign in (("r", "since_last_order", -1), ("f", "orders", 1), ("m", "revenue", 1)):
        by_value = sorted((sign * item[column], item[name]) for item in joined)
        assert [score for _, score in by_value] == sorted(score for _, score in by_value)
