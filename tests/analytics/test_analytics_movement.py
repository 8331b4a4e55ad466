from datetime import timedelta

import pyarrow as pa
from analytics.order_builders import TODAY, day, order, orders, people

from reactivate.analytics.lapselines import silence_lines
from reactivate.analytics.movement import movement


def words(**of):
    return pa.table({"person_id": list(of), "stage": list(of.values())})


def test_who_moved_and_how_many_of_them_by_an_order():
    table = orders(order("a", 5), order("b", 40), order("d", 3))
    found = movement(
        words(a="lapsed", b="active", c="active"), words(a="won_back", b="late", c="late", d="new"), "stage", table,
        start=day(30), end=TODAY,
    )  # fmt: skip
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ("active", "late", 2, 0, 0, 2, 0),
        ("lapsed", "won_back", 1, 1, 0, 0, 0),
        (None, "new", 1, 1, 0, 0, 0),
    ]


def test_nobody_moves_between_empty_tables():
    empty = pa.table({"person_id": pa.array([], pa.string()), "stage": pa.array([], pa.string())})
    assert movement(empty, empty, "stage", orders(), start=day(9), end=TODAY).num_rows == 0


def test_each_category_has_its_own_line():
    """Half of the shoe buyers come again after 100 days, half of the tea buyers after 10; then nobody."""
    rows = [order(f"s{i}", 400, category="shoes") for i in range(100)] + [
        order(f"s{i}", 300, category="shoes") for i in range(50)
    ]
    rows += [order(f"t{i}", 400, category="tea") for i in range(100)] + [
        order(f"t{i}", 390, category="tea") for i in range(50)
    ]
    rows.append(order("one", 5, category="rare"))
    everybody = people(*(f"{kind}{i}" for kind in "st" for i in range(100)), "one")
    found = silence_lines(everybody, orders(*rows), as_of=TODAY, below=0.1, within_days=30).to_pylist()
    assert [(row["group"], row["people"], row["line_days"]) for row in found] == [
        ("rare", 1, None),
        ("shoes", 100, 100),
        ("tea", 100, 10),
    ]
    later = silence_lines(everybody, orders(*rows), as_of=TODAY, below=0.1, within_days=110).to_pylist()
    assert [row["line_days"] for row in later] == [None, 100, 10]
    assert silence_lines(people("a"), orders(), as_of=TODAY - timedelta(days=1)).num_rows == 0
