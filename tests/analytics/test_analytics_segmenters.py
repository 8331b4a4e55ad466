"""The segmenter plug-ins as the host meets them: by entry point, with settings, one column set per person."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, order, orders, people

from reactivate import analytics
from reactivate.api import Context, DataError, Duration
from reactivate.host.registry import Registry

CONTEXT = Context("x", Path("."), ZoneInfo("Europe/Kyiv"), "UAH", lambda: datetime(2026, 6, 30, tzinfo=UTC))
ORDERS = orders(order("anna", 3), order("anna", 40), order("bob", 900, category="shoes"), order("eva", 100))
PROFILES = analytics.profile(people("anna", "bob", "eva", "nobody"), ORDERS, as_of=TODAY)


def assigned(word, **settings):
    found = Registry().get("segmenter", word)
    table = found.create(found.settings(**settings), CONTEXT).assign(PROFILES, ORDERS, TODAY)
    assert table["person_id"].to_pylist() == PROFILES["person_id"].to_pylist()
    for added in found.adds:
        assert added.name in table.column_names
        if added.words:
            assert set(table[added.name].drop_null().to_pylist()) <= set(added.words)
    assert set(table.column_names) == {"person_id", *(added.name for added in found.adds)}
    return table


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ["loyal", "lost", "promising", None]),
        ({"period": Duration(60, "d")}, ["loyal", "lost", "lost", None]),
        ({"bins": "business"}, ["loyal", "lost", "promising", None]),
    ],
    ids=["plain", "period", "business bins"],
)
def test_rfm(settings, words):
    assert assigned("rfm", **settings)["rfm"].to_pylist() == words


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ["active", "lost", "lapsed", "potential"]),
        ({"lapse": "beauty"}, ["active", "lost", "lapsed", "potential"]),
        ({"after": Duration(90, "d"), "lost": Duration(95, "d")}, ["active", "lost", "lost", "potential"]),
        ({"by_category": {"shoes": Duration(1000, "d")}}, ["active", "late", "late", "potential"]),
    ],
    ids=["rhythm", "kind of business", "days", "by category"],
)
def test_stage(settings, words):
    assert assigned("stage", **settings)["stage"].to_pylist() == words


def test_value():
    found = assigned("value")
    assert found["value"].to_pylist()[-1] is None
    assert found["expected_orders"].null_count == 1


def test_topics():
    rich = orders(
        order("anna", 3, category="чай"), order("anna", 400, category="кофе"), order("anna", 5, category="мёд")
    )
    found = Registry().get("segmenter", "topics")
    table = found.create(found.settings(most=2), CONTEXT).assign(PROFILES, rich, TODAY)
    assert table["topics"].to_pylist() == [["чай", "мёд"], [], [], []]
    assert assigned("topics")["topics"].to_pylist() == [[], ["shoes"], [], []]


def test_due():
    table = orders(order("anna", 360, service="oil"))
    found = Registry().get("segmenter", "due")
    settings = found.settings(every={"oil": Duration(365, "d")}, km={"oil": 10_000})
    made = found.create(settings, CONTEXT).assign(PROFILES, table, TODAY)
    assert made["until_service"].to_pylist() == [5, None, None, None]
    assert assigned("due")["due_service"].null_count == 4


@pytest.mark.parametrize("word", ["rfm", "stage", "value", "topics", "due"])
def test_nobody_at_all(word):
    found = Registry().get("segmenter", word)
    empty = found.create(found.settings(), CONTEXT).assign(PROFILES.slice(0, 0), ORDERS.slice(0, 0), TODAY)
    assert empty.num_rows == 0


def test_every_column_of_a_profile_is_documented():
    documented = {column.name: column for column in analytics.COLUMNS}
    assert len(documented) == len(analytics.COLUMNS)
    tables = [PROFILES, *(assigned(word) for word in ("rfm", "stage", "value", "topics", "due"))]
    computed = {name for table in tables for name in table.column_names} - {"person_id"}
    assert computed == {column.name for column in analytics.COLUMNS if column.source == "orders"}
    kinds = {pa.int32(): "count", pa.decimal128(18, 2): "money", pa.date32(): "date"}
    for name in PROFILES.column_names[1:]:
        type_ = PROFILES.schema.field(name).type
        if not name.startswith("since_"):
            assert documented[name].kind == kinds.get(type_, documented[name].kind)


def test_words_of_descriptors_columns_and_kernels_are_one_list():
    documented = {column.name: column.words for column in analytics.COLUMNS}
    for word in ("rfm", "stage", "value"):
        added = {item.name: item.words for item in Registry().get("segmenter", word).adds}
        assert documented[word] == added[word]


def test_rfm_with_bounds_and_words_of_ones_own(tmp_path):
    from decimal import Decimal

    from attrs import evolve

    from reactivate.analytics.data import load
    from reactivate.api import Money

    grid = {part: dict.fromkeys("12345", ["loyal"] * 5) for part in ("several_orders", "one_order")}
    (tmp_path / "grid.json").write_text(json.dumps({**load("rfm"), **grid}), encoding="utf-8")
    found = Registry().get("segmenter", "rfm")
    settings = found.settings(
        bins="own",
        silence=[Duration(n, "d") for n in (800, 200, 50, 10)],
        orders=[2, 3, 4, 5],
        revenue=[Money(Decimal(n), "UAH") for n in (150, 200, 300, 400)],
        grid=Path("grid.json"),
    )
    made = found.create(settings, evolve(CONTEXT, folder=tmp_path)).assign(PROFILES, ORDERS, TODAY)
    assert made.select(["r", "f", "m", "rfm"]).to_pylist()[:3] == [
        {"r": 5, "f": 2, "m": 3, "rfm": "loyal"},
        {"r": 1, "f": 1, "m": 1, "rfm": "loyal"},
        {"r": 3, "f": 1, "m": 1, "rfm": "loyal"},
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"bins": "own"}, "needs four bounds under `silence`"),
        ({"orders": [2, 3, 5, 8]}, "orders count only with `bins: own`"),
        ({"bins": "own", "silence": [Duration(n, "d") for n in (1, 2, 3, 4)]}, "the longest first"),
    ],
    ids=["no bounds", "bounds that count for nothing", "wrong order"],
)
def test_rfm_bounds_that_make_no_sense(settings, said):
    with pytest.raises(ValueError, match=said):
        Registry().get("segmenter", "rfm").settings(**settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "the grid has no part 'several_orders'"),
        ("{", "is no grid of rfm"),
        ('{"several_orders": {"5": ["champions"]}, "one_order": {}}', "needs five words"),
        (json.dumps({"several_orders": {"5": ["champion"] * 5}}), "did you mean 'champions'"),
    ],
    ids=["a list", "no JSON", "short row", "misspelt"],
)
def test_a_grid_that_is_none(tmp_path, text, said):
    from attrs import evolve

    (tmp_path / "grid.json").write_text(text, encoding="utf-8")
    found = Registry().get("segmenter", "rfm")
    segmenter = found.create(found.settings(grid=Path("grid.json")), evolve(CONTEXT, folder=tmp_path))
    with pytest.raises(DataError, match=said) as fault:
        segmenter.assign(PROFILES, ORDERS, TODAY)
    assert fault.value.diagnostics[0].code == "R670"


@pytest.mark.parametrize(
    ("settings", "line", "by"),
    [
        ({}, None, "rhythm"),
        ({"after": Duration(400, "d")}, 400, "told"),
        ({"after": Duration(1, "d")}, None, "grace"),
        ({"lapse": "fashion"}, 91, "business"),
        ({"by_category": {"default": Duration(77, "d")}}, 77, "category"),
        ({"lapse": "learned"}, None, "rhythm"),
    ],
    ids=["rhythm", "told", "grace", "business", "category", "too little to learn from"],
)
def test_the_lapse_line_says_what_drew_it(settings, line, by):
    found = assigned("stage", **settings).to_pylist()
    assert found[0]["lapse_by"] == by
    assert found[0]["lapse_line"] == pytest.approx(line) if line else found[0]["lapse_line"] > 0
    assert all(row["lost_line"] >= row["lapse_line"] for row in found[:3])
    assert found[3]["lapse_line"] is found[3]["lapse_by"] is None
