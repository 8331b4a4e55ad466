"""The account-wide holdout: never written to by any campaign, and compared with everybody else."""

from datetime import timedelta

import pyarrow.compute as pc
import pytest

from reactivate.report.html import render
from reactivate.stages.measure import measure

from .learning_shop import SIZE, TODAY, campaign, go, learning_shop, on, they_buy, with_number

CHANCE = {
    (segment, arm): 0.5 if arm == "treated" else 0.1
    for segment in ("regular", "rest")
    for arm in ("treated", "holdout")
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = learning_shop(tmp_path_factory.mktemp("everything"))
    business = folder / "business.yml"
    business.write_text(business.read_text().replace("cool_off: 0d", "cool_off: 0d\nholdout_all: 20%"))
    return folder


def test_nobody_of_it_enters_any_campaign_and_the_report_compares(shop):
    spring, autumn = campaign(shop, "spring"), campaign(shop, "autumn")
    assert on(spring, TODAY, measure)["all_campaigns"] is None
    on(spring, TODAY, go)
    passes = on(spring, TODAY, lambda opened: with_number(opened, opened.ledger.passes("spring", state=None)))
    they_buy(shop, passes, TODAY, CHANCE)
    on(autumn, TODAY + timedelta(days=75), go)
    entered = [
        set(on(autumn, TODAY + timedelta(days=76), lambda opened, name=name: opened.ledger.passes(name, state=None))
            ["person_id"].to_pylist()) for name in ("spring", "autumn")
    ]  # fmt: skip
    # The same people are left out of both: nobody enters the second who was kept from the first.
    assert entered[1] <= entered[0]
    report = on(autumn, TODAY + timedelta(days=76), measure)
    found = report["all_campaigns"]
    assert found["people"] == len(entered[0])
    assert found["people"] + found["held_out"] == SIZE
    assert found["split"]["good"]
    assert (found["ordered"], found["held_out_ordered"]) == (pc.count(pc.drop_null(_goals(spring))).as_py(), 0)
    assert found["low"] > 0
    assert found["margin_per_person"]["low"] > 0
    assert "All campaigns together" in render(report)


def _goals(path):
    return on(
        path,
        TODAY + timedelta(days=15),
        lambda opened: (go(opened), opened.ledger.passes("spring", state=None))[1]["goal_at"],
    )
