from datetime import timedelta

import pytest
from analytics.order_builders import TODAY, order, orders, people, row

from reactivate import analytics
from reactivate.analytics import Service

NORMS = {"oil": Service(365, 10_000), "brake_pads": Service(730, 30_000), "tyres": Service(182)}


def due(*rows, who="anna"):
    found = row(analytics.due(people(who), orders(*rows), NORMS, as_of=TODAY), who)
    return found["due_service"], found["until_service"]


def test_by_time():
    assert due(order("anna", 350, service="Oil ")) == ("oil", 15)
    assert due(order("anna", 400, service="oil")) == ("oil", -35)


def test_by_mileage_when_that_comes_first():
    visits = order("anna", 200, service="oil", mileage=50_000), order("anna", 100, mileage=55_000)
    assert due(*visits) == ("oil", 0)  # 50 km a day: 10,000 km are 200 days


def test_the_earliest_of_services_and_vehicles():
    rows = [order("anna", 100, service="tyres", vehicle="A"), order("anna", 360, service="oil", vehicle="B")]
    assert due(*rows) == ("oil", 5)
    assert due(*rows, order("anna", 3, service="oil", vehicle="B")) == ("tyres", 82)
    assert due(*rows, order("anna", 3, service="oil", vehicle="A")) == ("oil", 5)


@pytest.mark.parametrize(
    "rows",
    [[], [order("anna", 3)], [order("anna", 3, service="wash")], [order("anna", 3, service="oil", paid=False)],
     [order("anna", -3, service="oil")], [order("anna", 3, -5, service="oil")]],
    ids=["no orders", "no service", "no norm", "unpaid", "future", "returned"],
)  # fmt: skip
def test_nothing_known_is_null(rows):
    assert due(*rows) == (None, None)


def test_no_services_at_all():
    assert analytics.due(people("a"), orders(), {}, as_of=TODAY).to_pylist() == [
        {"person_id": "a", "due_service": None, "until_service": None}
    ]


def test_the_profile_carries_them_as_of_another_day():
    table = orders(order("anna", 350, service="oil"), order("anna", 0, service="oil"))
    before = TODAY - timedelta(days=1)
    found = analytics.profile(people("anna"), table, as_of=TODAY, until=before, services=NORMS)
    assert (found["due_service"].to_pylist(), found["until_service"].to_pylist()) == (["oil"], [15])


def test_forecasts_on_demand():
    rows = [order(f"p{i}", 300 - 3 * i) for i in range(60)] + [order(f"p{i}", 40 + i) for i in range(30)]
    found = analytics.profile(
        people("p1", "p50", "nobody"), orders(*rows), as_of=TODAY,
        windows=[("expected_orders", 30.0), ("expected_orders", 90.0)], forecasts=analytics.FORECASTS, goal_days=30,
    )  # fmt: skip
    assert found["expected_orders(30d)"].null_count == 1
    for soon, later in list(zip(*(found[f"expected_orders({d}d)"].to_pylist() for d in (30, 90)), strict=True))[:2]:
        assert 0 <= soon <= later
    assert set(analytics.FORECASTS) <= set(found.column_names)
