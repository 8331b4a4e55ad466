from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, day, lines, order, orders, people

from reactivate.analytics.cohorts import cohorts
from reactivate.analytics.nextproduct import bought_together, novelties, recommended, usually_next


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
    table = sold(*TEA, basket("z", 903, 3, "lamp"), basket("anna", 904, 45, "tea"))
    found = novelties(people("anna", "z"), table, as_of=TODAY)
    assert found["novelties"].to_pylist() == [["bread", "lamp"], []]
    assert novelties(people("anna"), table, as_of=TODAY - timedelta(days=30))["novelties"].to_pylist() == [["bread"]]


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
