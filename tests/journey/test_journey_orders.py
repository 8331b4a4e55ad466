"""A response model in a simulation: one fate per person, contacted or not."""

import numpy as np
import pyarrow.compute as pc
import pytest
from journey.journey_kit import KYIV, START, Rules, nodes, passes

from reactivate.contracts.values import Duration
from reactivate.errors import SpecError
from reactivate.journey import Responses, simulate
from reactivate.journey.fates import Fates
from reactivate.journey.orders import Orders

TABLE = nodes({"send": "hello", "by": ("email",)}, {"wait": "7d"}, {"send": "again", "by": ("email",)})
DAY, NEVER = np.timedelta64(1, "D"), np.timedelta64("NaT", "us")


def played(fates, people=None, answers=None):
    people = passes(4) if people is None else people
    profiles = people.select(["person_id"])
    found = simulate(
        {"": TABLE}, people, profiles, Rules(), Responses.parse(answers or {}), start=START, days=30, zone=KYIV,
        goal=("ordered",), within=Duration(28, "d"), fates=fates,
    )  # fmt: skip
    return found.passes["goal_at"].to_pylist()


def spans(*days):
    return np.array([NEVER if day is None else (day * DAY).astype("timedelta64[us]") for day in days])


def test_orders_come_by_themselves_or_because_of_the_first_contact():
    goals = played(Fates(spans(3, None, None, 20), spans(None, 2, None, None)))
    assert [None if goal is None else (goal - START).days for goal in goals] == [3, 2, None, 20]


def test_the_holdout_orders_only_by_itself():
    people = passes(4)
    people = people.set_column(people.schema.get_field_index("arm"), "arm", [["holdout"] * 4])
    assert played(Fates(spans(3, None, None, None), spans(None, 2, 2, 2)), people)[1:] == [None, None, None]


def test_a_letter_that_bounces_brings_nobody():
    answers = {"steps": {"hello": {"bounced": "100%"}}}
    assert played(Fates(spans(*[None] * 4), spans(2, 2, 2, 2)), answers=answers) == [None] * 4


def test_lifts_are_looked_up_from_the_narrowest_word():
    told = {
        "base": {"regular": "12%", "rest": "3%"},
        "lift": {"regular": {"coupon": "4pp"}, "rest": "2pp", "gift": "1pp"},
    }
    orders = Responses.parse({"orders": told}).orders
    assert (orders.base_of("regular"), orders.base_of("rest"), orders.base_of("new")) == (0.12, 0.03, 0.0)
    assert orders.lift_of("regular", "coupon") == 0.04
    assert (orders.lift_of("rest", "coupon"), orders.lift_of("regular", "gift")) == (0.02, 0.01)
    assert orders.lift_of("regular", "none") == 0.0
    assert Responses.parse({"orders": {"base": "5%", "lift": "2pp"}}).orders.lift_of("x", "y") == 0.02


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ("5%", "orders: expected keys and values"),
        ({"lift": "2pp"}, "orders: base is missing"),
        ({"base": "5"}, "orders.base: expected a share such as 5%, got '5'"),
        ({"base": "5%", "lift": "2%"}, "orders.lift: expected points such as 2pp, got '2%'"),
        ({"base": "5%", "basket": "many"}, "orders.basket: expected a sum such as 45"),
        ({"base": "5%", "delay": "soon"}, "orders.delay: expected a duration"),
        ({"base": "5%", "baskets": "45"}, "orders: unknown key 'baskets'"),
    ],
)
def test_faults_are_named_with_their_place(orders, words):
    with pytest.raises(SpecError) as stop:
        Responses.parse({"orders": orders})
    assert words in str(stop.value)


def test_nobody_named_orders_nothing():
    assert Orders(base={}, lift={}).base_of("x") == 0.0
    assert pc.sum(pc.is_valid(passes(3)["goal_at"])).as_py() == 0
