"""What the engine's profile knows beside orders: contacts, answers, reactions; and that it has every documented name."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, order, orders

from reactivate.analytics import COLUMNS, Service
from reactivate.contracts.contract import MOMENT, TEXTS
from reactivate.host.protocols import Context
from reactivate.host.registry import Registry
from reactivate.stages.profile import Column, Heard, profiles

ZONE = ZoneInfo("Europe/Kyiv")
PEOPLE = pa.table(
    {
        "person_id": ["anna", "boris", "vera"],
        "city": ["Київ", None, "Lviv"],
        "country": ["UA", "UA", None],
        "language": ["uk", None, None],
        "tags": pa.array([["vip"], [], []], TEXTS),
    }
)
ORDERS = orders(
    order("anna", 100, 500, category="brakes", service="brakes", vehicle="AA1", mileage=50_000),
    order("anna", 50, 500, category="oil", service="oil", vehicle="AA1", mileage=52_000),
    order("anna", 40, -100),
    order("boris", 20, 50),
)


def at(day):
    return datetime(2026, 6, day, 12, tzinfo=UTC)


def happened(*rows, columns=("person_id", "at")):
    schema = pa.schema([(name, MOMENT if name == "at" else pa.string()) for name in columns])
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema=schema)


HEARD = Heard(
    answers=happened(
        ("anna", "nps", "9", at(3)),
        ("anna", "nps", "4", at(1)),
        ("anna", "why", "price", at(3)),
        ("boris", "topics_asked", "oil,tyres", at(2)),
        columns=("person_id", "question", "value", "at"),
    ),
    touched=happened(("anna", at(1)), ("anna", at(20)), ("boris", at(5))),
    clicked=happened(("anna", at(21))),
    tagged=happened(("boris", "outdated"), columns=("person_id", "tag")),
    inside=happened(("anna", "spring"), columns=("person_id", "campaign")),
    questions={"nps": False, "why": False, "topics_asked": True},
    marks=frozenset({"nps"}),
    reacted=happened(("anna", "sms"), ("anna", "email"), ("anna", "sms"), ("boris", "sms"), ("boris", "email"),
                     columns=("person_id", "channel")),
)  # fmt: skip


def standard(name):
    found = Registry().get("segmenter", name)
    context = Context(name, None, ZONE, "UAH", lambda: at(30))
    return Column(name, found.create(found.settings(), context), found)


@pytest.fixture(scope="module")
def made():
    table = profiles(
        PEOPLE,
        ORDERS,
        as_of=TODAY,
        zone=ZONE,
        windows=[("touches", 20.0), ("returns", 30.0), ("expected_orders", 90.0)],
        margin={"default": 0.2},
        columns=[standard("rfm"), standard("stage")],
        heard=HEARD,
        forecasts=("chance_alive", "chance_order", "expected_value"),
        services={"brakes": Service(every_days=365, km=10_000), "oil": Service(every_days=90)},
    )
    return {row["person_id"]: row for row in table.to_pylist()}


def test_contacts_and_clicks(made):
    assert [made[who]["touches"] for who in made] == [2, 1, 0]
    assert (made["anna"]["touches(20d)"], made["anna"]["clicks"]) == (1, 1)
    assert (made["anna"]["since_last_touch"], made["anna"]["since_last_click"]) == (10, 9)
    assert made["vera"]["since_last_touch"] is None
    assert (made["anna"]["inside"], made["boris"]["tags"]) == (["spring"], ["outdated"])


def test_the_favourite_channel_is_the_one_that_was_answered(made):
    assert made["anna"]["favourite_channel"] == "sms"
    assert made["boris"]["favourite_channel"] == "email"  # as often as sms: the first in the alphabet
    assert made["vera"]["favourite_channel"] is None


def test_answers_are_the_latest_ones(made):
    assert (made["anna"]["nps"], made["anna"]["why"], made["anna"]["since_nps"]) == (9, "price", 27)
    assert made["boris"]["topics_asked"] == ["oil", "tyres"]
    assert made["vera"]["why"] is None


def test_services_are_due_by_days_or_by_mileage(made):
    # 2,000 km in 50 days: 10,000 km last 250 days, sooner than a year; oil is due after 90 days all the same.
    assert (made["anna"]["due_service"], made["anna"]["until_service"]) == ("oil", 40)
    assert made["boris"]["due_service"] is None


def test_every_documented_name_is_there(made):
    """But for the words that a business must ask for, and the shelf, which needs order lines."""
    asked = {"value", "topics", "recommended", "novelties", "expected_orders"}
    assert {column.name for column in COLUMNS} - asked <= set(made["anna"])
    assert "expected_orders(90d)" in made["anna"]
    assert (made["anna"]["returns"], made["anna"]["returns(30d)"], made["anna"]["returns_share"]) == (1, 0, 0.1)
