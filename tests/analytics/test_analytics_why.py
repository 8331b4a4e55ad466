from decimal import Decimal

import pyarrow as pa
from analytics.order_builders import TODAY, order, orders, people

from reactivate import analytics
from reactivate.analytics.services import Service
from reactivate.analytics.why import why_due, why_rfm, why_stage, why_topics, why_value


def told(*rows):
    table = orders(*rows)
    profiles = analytics.profile(people("anna"), table, as_of=TODAY)
    scores, stages = analytics.rfm(profiles, table, as_of=TODAY), analytics.stage(profiles, table, as_of=TODAY)
    joined = pa.table({**{n: t[n] for t in (profiles, scores, stages) for n in t.column_names}})
    row = joined.to_pylist()[0]
    return why_stage(row), why_rfm(row)


def test_reasons_are_sentences_with_the_figures():
    assert told() == ("potential: no paid order yet", "rfm is missing: no paid order")
    stage, rfm = told(order("anna", 5), order("anna", 25), order("anna", 45))
    assert stage == (
        "active: last order 5 days ago (3 orders), usual gap 20 days, "
        "lapsed after 31 days (19 of 20 own gaps are shorter), lost after 92 days"
    )
    assert rfm == "loyal: r 5 (last order 5 days ago), f 3 (3 orders), m 3 (300.00 in all)"
    assert told(order("anna", 5))[0] == (
        "new: last order 5 days ago (1 order), lapsed after 180 days (no rhythm of the person's own yet, so that of the "
        "base counts), lost after 540 days"
    )
    assert told(order("anna", 5), order("anna", 700))[0].startswith(
        "won_back: last order 5 days ago (2 orders), it ended a gap longer than the lapse line"
    )


VALUED = {
    "value": "high",
    "expected_value": Decimal("1234.50"),
    "chance_alive": 0.61,
    "chance_order": 0.2,
    "stage": "lost",
}


def test_why_somebody_is_worth_the_effort():
    assert why_value(VALUED) == (
        "high: 1,234.50 expected in the next 365 days, in the best fifth of the base, chance to be still a customer 61%, "
        "chance of an order 20%, lost and yet worth the effort: a promising lost"
    )
    assert why_value({**VALUED, "value": "low", "chance_alive": None, "chance_order": None}) == (
        "low: 1,234.50 expected in the next 365 days, in the lower half of the base"
    )
    assert why_value({"value": None}).startswith("value is missing")


def test_why_these_topics():
    table = orders(
        order("anna", 3, category="tea"), order("anna", 9, category="tea"), order("anna", 2, -5, category="tea"),
        order("anna", 5, category="cups"), order("anna", -4, category="tea"),
    )  # fmt: skip
    assert why_topics({"topics": ["tea", "cups"]}, table, as_of=TODAY) == (
        "topics: tea (2 times, last on 2026-06-27), cups (once, last on 2026-06-25); recent orders count more"
    )
    assert why_topics({"topics": []}, table, as_of=TODAY).startswith("topics: none known")


def test_why_a_service_is_due():
    table = orders(
        order("anna", 200, service=" Oil", vehicle="A1", mileage=50_000),
        order("anna", 100, service="tyres", vehicle="A1", mileage=55_000),
        order("anna", 50, service="tyres", vehicle="B2", mileage=900_000),
    )
    norms = {"oil": Service(365.0, 10_000), "tyres": Service(180.0)}
    row = {"due_service": "oil", "until_service": 0}
    assert why_due(row, table, norms, as_of=TODAY) == (
        "oil: due in 0 days, last done on 2025-12-12, every 365 days or 10,000 km, at 50 km a day 200 days"
    )
    assert why_due({"due_service": "tyres", "until_service": -9}, table, norms, as_of=TODAY) == (
        "tyres: due 9 days ago, last done on 2026-05-11, every 180 days"
    )
    assert why_due({"due_service": None}, table, norms, as_of=TODAY).startswith("due_service is missing")
