"""One campaign teaches the next: measured lifts take the place of assumptions, and the plan says so."""

from datetime import timedelta

import pytest

from reactivate.report.plan_text import as_text
from reactivate.stages.measure import measure
from reactivate.stages.planning import plan_of

from .learning_shop import SIZE, TODAY, campaign, go, learning_shop, on, they_buy, with_number

TRUTH = {
    ("regular", "treated"): 0.32,
    ("regular", "holdout"): 0.12,
    ("rest", "treated"): 0.09,
    ("rest", "holdout"): 0.06,
}


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """The first campaign ran and its window is over."""
    folder = learning_shop(tmp_path_factory.mktemp("learning"))
    spring = campaign(folder, "spring")
    assert on(spring, TODAY, go).entered == SIZE
    passes = on(spring, TODAY, lambda shop: with_number(shop, shop.ledger.passes("spring", state=None)))
    they_buy(folder, passes, TODAY, TRUTH)
    on(spring, TODAY + timedelta(days=15), go)
    return folder, spring


def lifts(plan):
    return {(row["segment"], row["offer"]): row for row in plan["lifts"]}


def test_before_anything_is_measured_the_plan_says_assumed_and_halved(tmp_path):
    path = campaign(learning_shop(tmp_path), "spring")
    found = on(path, TODAY, lambda shop: plan_of(shop)[0])
    row = lifts(found)["regular", "gift"]
    assert (row["lift"], row["source"], row["measured"]) == (0.04, "assumption", None)
    assert row["said"] == "lift assumed +8.0pp, halved to +4.0pp: nothing measured yet"


def test_the_next_plan_counts_on_what_the_holdout_said(taught):
    folder, _ = taught
    path = campaign(folder, "autumn")
    found = on(path, TODAY + timedelta(days=90), lambda shop: plan_of(shop)[0])
    row = lifts(found)["regular", "gift"]
    assert row["source"] == "measured"
    assert row["treated"] + row["holdout"] == SIZE / 2
    assert abs(row["lift"] - 0.20) < 0.08
    assert abs(row["lift"] - row["mean"]) < abs(row["observed"] - row["mean"])
    assert row["said"].startswith(f"lift measured {100 * row['lift']:+.1f}pp ± ")
    text = as_text(found)
    assert "Lift counted on" in text
    assert "regular, gift: lift measured +" in text
    assert f"n={row['treated']:,} treated and {row['holdout']:,} left alone" in text


def test_the_sums_rest_on_the_measured_lift_and_base_rate(taught):
    folder, _ = taught
    path = campaign(folder, "autumn")
    drafted = on(path, TODAY + timedelta(days=90), lambda shop: plan_of(shop)[1])
    offered = drafted.candidates.to_pylist()
    regular = next(row for row in offered if (row["segment"], row["offer"]) == ("regular", "gift"))
    told = lifts({"lifts": drafted.lifts.told(drafted.candidates["segment"])})["regular", "gift"]
    assert (regular["lift"], regular["lift_source"]) == (told["lift"], "measured")
    assert regular["lift_low"] == pytest.approx(told["low"])
    assert regular["base_source"] == "measured"
    assert 0.06 < regular["base_rate"] < 0.18


def test_an_unsure_measurement_does_not_replace_the_assumption(taught):
    folder, _ = taught
    path = campaign(folder, "winter", assumed="1pp")
    found = on(path, TODAY + timedelta(days=90), lambda shop: plan_of(shop)[0])
    row = lifts(found)["rest", "gift"]
    assert (row["source"], row["lift"]) == ("assumption", 0.005)
    assert row["measured"] is not None
    assert "not sure enough to replace the assumption" in row["said"]


def test_whose_time_is_not_over_teaches_nothing(taught):
    _, spring = taught
    assert on(spring, TODAY + timedelta(days=10), lambda shop: shop.ledger.taught().num_rows) == 0
    rows = on(spring, TODAY + timedelta(days=20), lambda shop: shop.ledger.taught().to_pylist())
    assert sum(row["people"] for row in rows) == SIZE
    assert {row["goal"] for row in rows} == {"goal/ordered"}


def test_another_goal_learns_nothing_from_it(taught):
    folder, _ = taught
    path = campaign(folder, "topics")
    path.write_text(path.read_text().replace("event: ordered", "event: booked or ordered"))
    (folder / "business.yml").write_text(
        (folder / "business.yml")
        .read_text()
        .replace("    paid: [paid]\n", "    paid: [paid]\n    events: {booked: w}\n")
    )
    found = on(path, TODAY + timedelta(days=90), lambda shop: plan_of(shop)[0])
    assert lifts(found)["regular", "gift"]["measured"] is None


def test_a_report_of_the_first_campaign(taught):
    _, spring = taught
    found = on(spring, TODAY + timedelta(days=70), measure)
    assert found["lift"]["treated"] + found["lift"]["holdout"] == SIZE
