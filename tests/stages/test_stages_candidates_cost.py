"""Expected cost of contacts: per segment, by the chance of each step, and what those inside have still ahead."""

from datetime import timedelta

import pyarrow.compute as pc
import pytest

from reactivate.stages import candidates_cost
from reactivate.stages.candidates_cost import contacts_of
from reactivate.stages.planning import plan_of

from .spice_shop import CAMPAIGN, TODAY, opened, spice_shop
from .test_stages_offers_codes import passed

SEGMENTS = CAMPAIGN[: CAMPAIGN.index("journey:")].replace(
    "holdout: 20%\n", "holdout: 20%\nsegments: {dear: avg_order >= 60 USD}\n"
)
DIVIDED = (
    SEGMENTS
    + """\
journey:
  dear:
    - {send: smell_it_again, by: email, offer: best}
    - wait: 3d
    - {send: four_days_left, by: email}
    - {send: what_kept_you_away, by: email, ask: why}
  rest:
    - {send: hello, by: email, template: smell_it_again, offer: best}
"""
)
SECOND = CAMPAIGN + "  - wait: 3d\n  - send: four_days_left\n    by: email\n    if: smell_it_again.clicked\n"


def candidates_in(path, **when):
    campaign = opened(path, **when)
    with campaign.ledger:
        found, drafted = plan_of(campaign)
    return found, drafted.candidates


def test_each_segment_costs_what_its_own_journey_costs(tmp_path):
    _, table = candidates_in(spice_shop(tmp_path, campaign=DIVIDED))
    cost = {(row["segment"], round(row["contact_cost"], 2)) for row in table.to_pylist()}
    assert cost == {("dear", 0.03), ("rest", 0.01)}
    assert set(table["contact_source"].to_pylist()) == {"assumption"}


def test_a_step_that_few_come_to_costs_little_once_that_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(candidates_cost, "ENOUGH_PASSES", 5)
    path = spice_shop(tmp_path, campaign=SECOND.replace("enter: weekly", "enter: weekly\ncool_off: 1d"))
    passed(path)
    passed(path, day=TODAY + timedelta(days=4))
    _, table = candidates_in(path, day=TODAY + timedelta(days=8))
    # Nobody has clicked, so nobody got the second letter.
    assert set(table["contact_cost"].to_pylist()) == {0.01}
    assert set(table["contact_source"].to_pylist()) == {"measured"}


def test_a_new_step_counts_as_reached(tmp_path, monkeypatch):
    monkeypatch.setattr(candidates_cost, "ENOUGH_PASSES", 5)
    path = spice_shop(tmp_path)
    passed(path)
    path.write_text(SECOND)
    _, table = candidates_in(path, day=TODAY + timedelta(days=8))
    assert set(table["contact_cost"].to_pylist()) == {0.02}


def test_money_that_those_inside_still_need_is_no_longer_there(tmp_path):
    path = spice_shop(tmp_path, campaign=SECOND)
    _, _, budget = passed(path)
    cap, reserved, spent = map(float, budget["2026-11"])
    campaign = opened(path, day=TODAY + timedelta(days=1))
    with campaign.ledger as ledger:
        inside = pc.sum(pc.equal(ledger.passes("spice_letter")["arm"], "treated")).as_py()
        assert inside > 30
        assert contacts_of(campaign).ahead() == pytest.approx(0.01 * inside)
        found, _ = plan_of(campaign)
    left = next(row["most"] for row in found["allocation"]["limits"] if row["limit"] == "budget")
    assert left == pytest.approx(cap - reserved - spent - 0.01 * inside)
