"""`goal: worth`: what a goal is worth that is no order."""

import pytest
from spec_tools import CAMPAIGN, loaded

GOAL = "goal: {event: ordered, within: 45d, follow: 90d}"


def with_goal(text):
    return CAMPAIGN.replace(GOAL, f"goal: {text}")


def test_an_answer_may_have_a_worth(tmp_path):
    found = loaded(tmp_path, with_goal("{event: answered_why, within: 45d, worth: 5 UAH}"))
    assert [item for item in found.diagnostics if item.severity == "error"] == []
    assert not found.campaign.goal.is_order
    assert found.campaign.goal.worth.amount == 5


@pytest.mark.parametrize(
    ("goal", "code", "said"),
    [
        ("{event: ordered, within: 45d, worth: 5 UAH}", "R325", "an order is worth its margin"),
        ("{event: answered_why or ordered, within: 45d, worth: 5 UAH}", "R325", "an order is worth its margin"),
        ("{event: answered_why, within: 45d, worth: 0 UAH}", "R219", "pays for no message"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_out(tmp_path, goal, code, said):
    found = [item for item in loaded(tmp_path, with_goal(goal)).diagnostics if item.code == code]
    assert len(found) == 1
    assert said in found[0].message
    assert found[0].hint


def test_another_currency_is_refused(tmp_path):
    found = loaded(tmp_path, with_goal("{event: answered_why, within: 45d, worth: 5 USD}"))
    faults = [item for item in found.diagnostics if item.severity == "error"]
    assert len(faults) == 1
    assert "5 USD" in faults[0].message
