"""Titles for letters: what was sold is read from lines and from lists of titles alike; refused and unpaid things count not."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
from analytics.order_builders import TODAY, lines, order, orders, people

from reactivate.stages.shelf import read_by, shelf_columns, sold_lines


def lined(*rows):
    table = lines(*({k: v for k, v in row.items() if k != "person_id"} for row in rows))
    return table.append_column("person_id", pa.array([row["person_id"] for row in rows], pa.string()))


def line(who, number, ago, item, **more):
    on = order(who, ago)["ordered_on"]
    return {"person_id": who, "record_id": who, "order_id": number, "ordered_on": on, "item": item, **more}


def test_titles_of_orders_without_lines_are_lines():
    table = orders(
        order("anna", 5, order_id="1", items=["tea", "cup"], category="kitchen"),
        order("anna", 4, -5, order_id="2", items=["cup"]),
        order("bob", 4, order_id="3", items=["tea"], paid=False),
        order("bob", 3, order_id="4"),
        order("eva", 3, order_id="5", items=["what the lines say goes first"]),
    )
    found = sold_lines(table, lined(line("eva", "5", 3, "lamp", quantity=Decimal(2)), line("bob", "3", 4, "tea")))
    assert [(row["person_id"], row["item"], row["quantity"], row["category"]) for row in found.to_pylist()] == [
        ("eva", "lamp", Decimal("2.000"), None),
        ("anna", "tea", Decimal("1.000"), "kitchen"),
        ("anna", "cup", Decimal("1.000"), "kitchen"),
        ("anna", "cup", Decimal("-1.000"), None),
    ]


def test_only_what_is_asked_for_is_counted_and_nothing_known_is_missing():
    table = orders(*(order(f"p{i}", 50, order_id=f"a{i}", items=["tea", "cup"]) for i in range(6)),
                   *(order(f"q{i}", 40, order_id=f"b{i}", items=["bread"]) for i in range(6)),
                   order("anna", 9, order_id="c", items=["tea"]))  # fmt: skip
    everybody = pa.table({"person_id": people("anna", "q1", "nobody")})
    found = shelf_columns(everybody, table, lined(), {"recommended"}, as_of=TODAY)
    assert {name: column.to_pylist() for name, column in found.items()} == {"recommended": [["cup"], None, None]}
    assert shelf_columns(everybody, table, lined(), (), as_of=TODAY) == {}
    early = shelf_columns(everybody, table, lined(), {"recommended", "novelties"}, as_of=date(2020, 1, 1))
    assert [column.to_pylist() for column in early.values()] == [[None] * 3, [None] * 3]


def test_a_letter_or_a_subject_may_speak_of_them(tmp_path):
    (tmp_path / "a.uk.md").write_text("{{ novelties(3) }}", encoding="utf-8")
    assert read_by(['subject: "{{ recommended(1) }}"'], None) == {"recommended"}
    assert read_by([], tmp_path) == {"novelties"}
