"""What can be known without data: contradictions and rules that swallow others."""

import pytest
from hypothesis import HealthCheck, given, settings
from rules.random_rules import simple_rules, small_rows
from rules.rules_kit import OWN

from reactivate.rules.check import read
from reactivate.rules.interpret import value
from reactivate.rules.logic import never, swallows


def rule(text):
    found = read(text, OWN, currency="RUB")[0]
    assert found is not None
    return found


NEVER = [
    "orders >= 5 and orders < 2",
    "orders > 2 and orders <= 2",
    "orders = 1 and orders = 2",
    "orders = 1 and orders != 1",
    "3 < orders and 2 > orders",
    "revenue > 500 RUB and revenue < 500.00 RUB",
    "last_order_on > 2026-01-01 and last_order_on < 2025-01-01",
    "rhythm > 48h and rhythm < 1d",
    "rfm = lost and rfm = hibernating",
    "rfm in (lost, new) and rfm not in (Lost, NEW)",
    "city = Омск and not city = ОМСК",
    "can_sms and not can_sms",
    "tags has a and not tags has A",
    "rhythm is missing and rhythm > 2d",
    "overdue > 1d and not overdue is not missing",
    "orders > r and not orders > r",
    "(orders > 5 or can_sms) and orders < 3 and not can_sms",
    "not (orders < 5 or orders >= 5)",
]
PERHAPS = [
    "orders >= 5 and orders <= 5",
    "tags has a and tags has b",
    "orders > 5 or orders < 2",
    "rfm = lost or rfm = hibernating",
    "orders is missing or orders > 2",
    "orders > r and not orders < r",
    "orders(90d) > 5 and orders < 9",
    "not rfm = lost and not rfm = new",
    "rhythm is not missing and rhythm > 2d",
]


@pytest.mark.parametrize("text", NEVER)
def test_nobody_can_meet_it(text):
    found, said = read(text, OWN, currency="RUB")
    assert never([found])
    assert [(item.code, item.severity) for item in said if item.code != "R417"] == [("R429", "warning")]


@pytest.mark.parametrize("text", PERHAPS)
def test_somebody_might(text):
    found, said = read(text, OWN, currency="RUB")
    assert not never([found])
    assert not [item for item in said if item.code == "R429"]


def test_a_fixed_set_that_is_used_up():
    every = " and ".join(
        f"rfm != {word}"
        for word in ["champions", "loyal", "promising", "new", "at_risk", "cant_lose", "hibernating", "lost"]
    )
    assert never([rule(every)])


def test_lists_contradict_across_their_rules():
    assert never([rule("orders > 3"), rule("can_sms"), rule("orders = 1")])
    assert not never([rule("orders > 3"), rule("can_sms")])
    assert not never([])


SWALLOWED = [
    ("orders >= 2", "orders >= 5"),
    ("orders >= 2", "orders = 2 and can_sms"),
    ("orders >= 2 or can_sms", "can_sms"),
    ("rfm in (lost, new)", "rfm = new"),
    ("rfm != lost", "rfm = new"),
    ("orders is not missing", "orders > 100"),
    ("avg_order >= 100 RUB or tags has vip", "tags has VIP and orders > 3"),
    ("orders > r", "orders > r and can_sms"),
    ("orders >= 1", "orders = 3 or orders = 4"),
]


@pytest.mark.parametrize(("wide", "narrow"), SWALLOWED)
def test_the_first_swallows_the_second(wide, narrow):
    assert swallows(rule(wide), rule(narrow))
    assert not swallows(rule(narrow), rule(wide))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orders >= 5", "orders >= 2"),
        ("can_sms", "not can_sms"),
        ("not can_sms", "orders > 1"),
        ("rfm = new", "rfm = lost"),
    ],
)
def test_neither_swallows(one, other):
    assert not swallows(rule(one), rule(other))


def test_too_many_alternatives_are_left_alone():
    long = " and ".join(f"(orders = {n} or orders = {n + 1})" for n in range(12))
    assert not never([rule(long)])
    assert not swallows(rule("orders > 100"), rule(long))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(one=simple_rules, other=simple_rules, people=small_rows)
def test_what_is_said_is_so(one, other, people):
    first, second = rule(one), rule(other)
    if never([first, second]):
        assert not [row for row in people if value(first.root, row) and value(second.root, row)]
    if swallows(first, second):
        assert not [row for row in people if value(second.root, row) and value(first.root, row) is not True]
