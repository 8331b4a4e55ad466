import math
import random
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, day, lines, order, orders, people
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.analytics.cohorts import cohorts
from reactivate.analytics.nextproduct import bought_together, novelties, recommendations, recommended, usually_next


def basket(who, number, ago, *items, **more):
    return [
        {"person_id": who, "record_id": who, "order_id": str(number), "ordered_on": day(ago), "item": item, **more}
        for item in items
    ]


def sold(*baskets):
    rows = [row for found in baskets for row in found]
    table = lines(*({k: v for k, v in row.items() if k != "person_id"} for row in rows))
    return table.append_column("person_id", pa.array([row["person_id"] for row in rows], pa.string()))


TEA = [basket(f"p{i}", i, 50, "tea", "cup") for i in range(6)] + [
    basket(f"q{i}", 100 + i, 40, "bread") for i in range(12)
]


def test_items_bought_together_with_share_and_lift():
    found = bought_together(sold(*TEA, basket("x", 900, 9, "tea", "bread")), as_of=TODAY).to_pylist()
    assert [(row["item"], row["other"], row["together"]) for row in found] == [("cup", "tea", 6), ("tea", "cup", 6)]
    assert found[1]["share"] == pytest.approx(6 / 7)
    assert found[1]["lift"] == pytest.approx(6 * 19 / (7 * 6))


def test_returns_fees_and_warehouses_are_left_out():
    noise = [basket(f"r{i}", 500 + i, 8, "tea", "post", quantity=Decimal(-1)) for i in range(9)]
    fees = [basket(f"f{i}", 600 + i, 8, "tea", "fee", is_product=False) for i in range(9)]
    huge = [basket(f"w{i}", 700 + i, 8, "tea", *(f"z{k}" for k in range(100))) for i in range(9)]
    found = bought_together(sold(*TEA, *noise, *fees, *huge), as_of=TODAY)
    assert set(found["other"].to_pylist()) == {"tea", "cup"}


def test_recommends_what_the_person_never_bought():
    table = sold(*TEA, basket("anna", 901, 9, "tea"), basket("bob", 902, 9, "tea", "cup"))
    found = recommended(people("bob", "anna", "nobody"), table, as_of=TODAY)
    assert found["recommended"].to_pylist() == [[], ["cup"], []]


def test_usually_next():
    table = sold(
        *(found for i in range(6) for found in (basket(f"p{i}", i, 50, "pot"), basket(f"p{i}", 50 + i, 20, "soil")))
    )
    found = usually_next(table, as_of=TODAY).to_pylist()
    assert [(row["item"], row["other"], row["people"], row["share"]) for row in found] == [("pot", "soil", 6, 1.0)]


def test_novelties_since_the_last_order():
    table = sold(*TEA, basket("old", 899, 170, "cup"), basket("z", 903, 3, "lamp"), basket("anna", 904, 45, "tea"))
    found = novelties(people("anna", "z"), table, as_of=TODAY)
    assert found["novelties"].to_pylist() == [["bread", "lamp"], []]
    assert novelties(people("anna"), table, as_of=TODAY - timedelta(days=30))["novelties"].to_pylist() == [["bread"]]


def test_what_was_first_sold_when_the_history_began_is_not_known_to_be_new():
    table = sold(*TEA, basket("z", 903, 3, "lamp"), basket("anna", 904, 45, "tea"))
    assert novelties(people("anna"), table, as_of=TODAY)["novelties"].to_pylist() == [["lamp"]]


def test_novelties_of_the_last_category_stand_first():
    table = sold(
        basket("old", 1, 170, "cup", category="kitchen"),
        basket("anna", 2, 100, "pan", category="kitchen"),
        *(basket(f"p{i}", 10 + i, 20, "novel", category="books") for i in range(9)),
        basket("q", 30, 10, "wok", category="kitchen"),
    )
    assert novelties(people("anna"), table, as_of=TODAY)["novelties"].to_pylist() == [["wok", "novel"]]


def test_each_title_has_its_reason():
    pots = [
        found for i in range(6) for found in (basket(f"g{i}", 200 + i, 50, "pot"), basket(f"g{i}", 300 + i, 20, "soil"))
    ]
    shelf = [basket(f"k{i}", 400 + i, 30, name, category="kitchen") for i, name in enumerate(["pan", "pan", "wok"])]
    table = sold(*TEA, *pots, *shelf, basket("anna", 901, 9, "tea", "pot", category="kitchen"))
    found = recommendations(people("anna"), table, as_of=TODAY, most=9).to_pylist()
    assert [(row["place"], row["item"], row["reason"], row["because"]) for row in found] == [
        (1, "cup", "together", "tea"),
        (2, "soil", "next", "pot"),
        (3, "pan", "category", "kitchen"),
        (4, "wok", "category", "kitchen"),
    ]
    assert found[0]["share"] == found[1]["share"] == pytest.approx(6 / 7)
    assert found[0]["lift"] > 1
    assert found[3]["lift"] is None


def test_never_what_was_given_back_nor_because_of_it():
    back = {"quantity": Decimal(-1)}
    table = sold(
        *TEA,
        basket("anna", 901, 9, "tea"), basket("anna", 902, 8, "cup", **back),
        basket("bob", 903, 9, "tea"), basket("bob", 904, 8, "tea", **back),
    )  # fmt: skip
    assert recommended(people("anna", "bob"), table, as_of=TODAY)["recommended"].to_pylist() == [[], []]


def test_never_what_a_warehouse_order_held():
    """A basket of more than a hundred titles says nothing of what goes together, but its buyer has them all."""
    everything = ["cup", *(f"z{k}" for k in range(100))]
    table = sold(*TEA, basket("anna", 901, 30, *everything), basket("anna", 902, 9, "tea"))
    assert recommended(people("anna"), table, as_of=TODAY)["recommended"].to_pylist() == [[]]


def test_what_nobody_sells_any_more_is_not_recommended():
    old = [basket(f"o{i}", 500 + i, 300, "tea", "discontinued") for i in range(9)]
    table = sold(*TEA, *old, basket("anna", 901, 9, "tea"))
    assert recommended(people("anna"), table, as_of=TODAY)["recommended"].to_pylist() == [["cup"]]


def test_blanks_around_a_title_and_the_order_of_rows_change_nothing():
    rows = [row for found in [*TEA, basket("anna", 901, 9, "tea")] for row in found]
    mixed = [{**row, "item": f" {row['item']}\t"} if at % 2 else row for at, row in enumerate(rows)]
    random.Random(3).shuffle(mixed)
    for make in (bought_together, usually_next):
        assert make(sold(mixed), as_of=TODAY) == make(sold(rows), as_of=TODAY)
    assert recommendations(people("anna"), sold(mixed), as_of=TODAY) == recommendations(
        people("anna"), sold(rows), as_of=TODAY
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 8), st.integers(0, 5), st.sampled_from([1, 1, 1, -1])), max_size=60
    )
)
def test_pairs_are_counted_as_one_would_by_hand(rows):
    """(person, day, item, quantity): the SQL against plain Python sets, and the promises of a recommendation."""
    table = sold([line for who, ago, item, n in rows
                  for line in basket(f"p{who}", f"{who}/{ago}", ago, f"i{item}", quantity=Decimal(n))])  # fmt: skip
    found = {(r["item"], r["other"]): r for r in bought_together(table, as_of=TODAY, least=1).to_pylist()}
    held = {}
    for who, ago, item, n in rows:
        if n > 0:
            held.setdefault((who, ago), set()).add(f"i{item}")
    for a in range(6):
        for b in range(6):
            both = sum({f"i{a}", f"i{b}"} <= items for items in held.values())
            one, other = (sum(f"i{x}" in items for items in held.values()) for x in (a, b))
            expected = one * other / max(len(held), 1)
            spread = expected * (1 - one / max(len(held), 1)) * (1 - other / max(len(held), 1))
            if a != b and both and both - expected > 2 * math.sqrt(max(spread, 0)):
                row = found.pop((f"i{a}", f"i{b}"))
                assert (row["together"], row["share"]) == (both, pytest.approx(both / one))
                assert row["lift"] == pytest.approx(both * len(held) / (one * other))
    assert not found
    touched = {(f"p{who}", f"i{item}") for who, _, item, _ in rows}
    titles = recommendations(table["person_id"].unique(), table, as_of=TODAY, least=1).to_pylist()
    assert not touched & {(row["person_id"], row["item"]) for row in titles}


def test_no_lines_recommend_nothing():
    assert recommended(people("anna"), sold(), as_of=TODAY)["recommended"].to_pylist() == [[]]
    assert bought_together(sold(), as_of=TODAY).num_rows == 0


def test_cohorts_by_month_leave_out_what_is_not_lived():
    table = orders(
        order("a", 170),
        order("a", 150),
        order("a", 100),
        order("b", 165),
        order("c", 50),
        order("c", 40),
        order("c", 30, -5),
    )
    found = cohorts(people("a", "b", "c", "d"), table, as_of=TODAY).to_pylist()
    old = [row for row in found if row["cohort"] == "2026-01"]
    assert [(row["month"], row["people"], row["ordered"], row["returned"]) for row in old] == [
        (0, 2, 1, 1), (1, 2, 0, 1), (2, 2, 1, 1), (3, 2, 0, 1), (4, 2, 0, 1)
    ]  # fmt: skip
    young = [row for row in found if row["cohort"] == "2026-05"]
    assert [(row["month"], row["people"], row["ordered"]) for row in young] == [(0, 1, 1)]


def test_cohorts_by_a_column_of_the_first_order():
    table = orders(order("a", 100, category="чай"), order("a", 90, category="кофе"), order("b", 100))
    found = cohorts(people("a", "b"), table, as_of=TODAY, by="category")
    assert sorted(set(found["cohort"].to_pylist())) == ["unknown", "чай"]
    assert cohorts(people("a"), orders(), as_of=TODAY).num_rows == 0


def test_cohorts_by_a_column_count_who_is_old_enough():
    """Somebody comes every day; that must not hide what those did who came a year ago."""
    table = orders(
        *(order(f"p{i}", 100, source="shop") for i in range(4)), order("p0", 95, source="shop"),
        order("p1", 60, source="shop"), order("late", 40, source="shop"), order("late", 20, source="shop"),
        order("today", 0, source="shop"),
    )  # fmt: skip
    found = cohorts(people(*(f"p{i}" for i in range(4)), "late", "today"), table, as_of=TODAY, by="source").to_pylist()
    assert [(row["month"], row["people"], row["ordered"], row["returned"]) for row in found] == [
        (0, 5, 2, 2),
        (1, 4, 1, 2),
        (2, 4, 0, 2),
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 400), st.sampled_from("xy")), max_size=40), st.booleans())
def test_cohorts_are_counted_as_one_would_by_hand(rows, monthly):
    table = orders(*(order(f"p{who}", ago, category=category) for who, ago, category in rows))
    everybody = [f"p{i}" for i in range(10)]
    found = cohorts(people(*everybody), table, as_of=TODAY, by="month" if monthly else "category").to_pylist()
    first = {}
    for at, (who, ago, category) in enumerate(rows):
        if who not in first or ago > first[who][0]:
            first[who] = (ago, at, category)
    for row in found:
        name = {who: str(day(ago))[:7] if monthly else category for who, (ago, _, category) in first.items()}
        mine = {who for who in first if name[who] == row["cohort"]}
        if monthly:
            assert row["people"] == len(mine)
            assert all(first[who][0] >= 30 * (row["month"] + 1) for who in mine)
        else:
            mine = {who for who in mine if first[who][0] >= 30 * (row["month"] + 1)}
            assert row["people"] == len(mine)
        ages = {
            who: {(first[who][0] - ago - 1) // 30 for w, ago, _ in rows if w == who and ago < first[who][0]}
            for who in mine
        }
        assert row["ordered"] == sum(row["month"] in months for months in ages.values())
        assert row["returned"] == sum(any(month <= row["month"] for month in months) for months in ages.values())
