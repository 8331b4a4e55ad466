"""A goal that is no order: its price in the plan, its worth in the sums, and what one success cost in the report."""

from types import SimpleNamespace

import pytest

from reactivate.report.plan_text import as_text
from reactivate.report.success_text import success_text
from reactivate.stages.planning import plan_of
from reactivate.stages.success import measured

from .learning_shop import SIZE, TODAY, campaign, learning_shop, on


def plan_with(folder, goal, assumed=", assumed_lift: 8pp"):
    """The plan of a campaign that asks why, by a letter for a quarter and a gift that costs 1."""
    learning_shop(folder)
    business = folder / "business.yml"
    question = 'questions:\n  why: {text: "Why?", pick: one, from: {a: "A", b: "B"}}\nchannels:'
    business.write_text(business.read_text().replace("channels:", question).replace("0.01 USD", "0.25 USD"))
    letter = folder / "templates" / "come_back.md"
    letter.write_text(letter.read_text().replace("Hello", "Hello {{ ask_link }}"))
    path = campaign(folder, "asked")
    text = path.read_text().replace("goal: {event: ordered, within: 14d, follow: 60d}", f"goal: {goal}")
    text = text.replace("    by: email\n", "    by: email\n    ask: why\n").replace(", assumed_lift: 8pp", assumed)
    path.write_text(text)
    return on(path, TODAY, lambda shop: plan_of(shop)[0])


def gift(plan):
    return next(row for row in plan["success"]["rows"] if (row["segment"], row["offer"]) == ("rest", "gift"))


def test_without_a_worth_the_price_is_told_and_nobody_is_refused(tmp_path):
    plan = plan_with(tmp_path, "{event: answered_why, within: 14d}")
    row = gift(plan)
    assert row["cost_per_extra"] == pytest.approx(0.25 / 0.04 + 1)
    assert row["needed_worth"] == pytest.approx(8.15)
    assert row["said"].endswith("write `worth` under `goal` and it is judged by that")
    assert plan["offers"][0]["refused"] == []
    assert plan["entrants"]["people"] == SIZE
    assert "Cost of a success (answered_why)" in as_text(plan)


def test_a_worth_below_the_price_refuses(tmp_path):
    plan = plan_with(tmp_path, "{event: answered_why, within: 14d, worth: 3 USD}")
    assert gift(plan)["said"].endswith("and it is worth 3.00: it does not pay")
    assert plan["offers"][0]["allowed"] == 0


def test_a_worth_above_the_price_lets_people_in_by_it(tmp_path):
    plan = plan_with(tmp_path, "{event: answered_why, within: 14d, worth: 100 USD}")
    assert plan["offers"][0]["allowed"] == SIZE
    assert plan["allocation"]["expected_profit"] == pytest.approx(SIZE * (0.04 * 99 - 0.25 - 0.002 * 18), rel=0.001)
    assert "worth 100.00 USD each" in as_text(plan)


def test_without_a_lift_the_price_is_told_for_two(tmp_path):
    row = gift(plan_with(tmp_path, "{event: answered_why, within: 14d}", assumed=""))
    assert "26.00 USD if 1pp come because of it, 6.00 USD if 5pp" in row["said"]
    assert row["cost_per_extra"] is None


def test_an_order_has_no_such_lines():
    assert list(success_text({"success": None})) == []


def brought(lift, worth=None, spent=100.0, event="answered_why"):
    goal = SimpleNamespace(is_order=event == "ordered", worth=worth)
    shop = SimpleNamespace(campaign=SimpleNamespace(goal=goal))
    money = {"contact_cost": spent, "offer_cost": 0.0, "staff_bonus": None, "currency": "USD"}
    return measured(shop, {"treated": 1000, "treated_reached": 50} | lift, money)


def test_the_interval_of_the_price_is_that_of_the_lift_turned_round():
    found = brought({"difference": 0.04, "low": 0.02, "high": 0.05})
    assert (found["per_reached"], found["per_extra"]) == (2.0, 2.5)
    assert (found["per_extra_low"], found["per_extra_high"]) == (2.0, 5.0)
    assert found["said"] == "2.00 USD per success, 2.50 USD per success that came because of it (2.00 to 5.00)"


def test_while_no_lift_is_possible_the_price_has_no_end():
    found = brought({"difference": 0.01, "low": -0.01, "high": 0.05}, event="ordered")
    assert found["per_extra_high"] is None
    assert found["said"].endswith("10.00 USD per customer who came because of it (2.00 to no end)")


def test_nobody_more_has_no_price_and_no_comparison_no_sentence_about_it():
    assert "has no price" in brought({"difference": -0.01, "low": -0.02, "high": 0.0})["said"]
    unknown = brought({"difference": None, "low": None, "high": None})
    assert unknown["said"] == "what one more success costs is not known: there is no comparison"
    assert brought({"difference": 0.01, "low": 0.0, "high": 0.1}, spent=0.0)["said"] == "nothing has been spent yet"


def test_what_extra_successes_are_worth_has_an_interval():
    found = brought({"difference": 0.04, "low": 0.02, "high": 0.05}, worth=SimpleNamespace(amount=5))
    assert (found["profit"], found["profit_low"], found["profit_high"]) == (100.0, 0.0, 150.0)
    assert found["said"].endswith("worth 5.00 each, that is +100.00 USD in all (+0.00 to +150.00)")
