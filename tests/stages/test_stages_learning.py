"""One campaign teaches the next: measured lifts take the place of assumptions, and the plan says so."""

from datetime import timedelta

import pyarrow.compute as pc
import pytest

from reactivate.cli.main import main
from reactivate.experiment import newcombe
from reactivate.journey import Responses
from reactivate.ledger import Ledger
from reactivate.ledger.register import Campaigns
from reactivate.report import simulation_text
from reactivate.report.plan_text import as_text
from reactivate.stages.measure import measure
from reactivate.stages.planning import plan_of
from reactivate.stages.simulation import play
from reactivate.stages.split_check import split_of
from reactivate.stages.start import start_of

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
    assert on(spring, TODAY + timedelta(days=10), lambda shop: shop.ledger.campaigns.taught().num_rows) == 0
    rows = on(spring, TODAY + timedelta(days=20), lambda shop: shop.ledger.campaigns.taught().to_pylist())
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


def test_the_final_reading_has_intervals_money_and_what_stands_beside(taught):
    _, spring = taught
    found = on(spring, TODAY + timedelta(days=70), measure)
    lift_, told = found["lift"], found["money"]
    assert (found["reading"]["kind"], lift_["method"], found["split"]["good"]) == ("final", "newcombe", True)
    expected = newcombe(lift_["treated_reached"], lift_["treated"], lift_["holdout_reached"], lift_["holdout"])
    assert (lift_["difference"], lift_["low"], lift_["high"], lift_["p_value"]) == pytest.approx(expected)
    assert [(row["by"], row["name"]) for row in found["parts"]["rows"][:2]] == [
        ("segment", "regular"),
        ("segment", "rest"),
    ]
    row = found["parts"]["rows"][0]
    assert row["adjusted"]["low"] < row["low"] < row["high"] < row["adjusted"]["high"]
    profit = told["per_person"][-1]
    gain = told["gain"]
    assert [one["outcome"] for one in told["per_person"]] == ["revenue", "margin", "profit"]
    assert gain["profit"] == pytest.approx(profit["difference"] * lift_["treated"])
    assert gain["extra_customers"] == pytest.approx(lift_["difference"] * lift_["treated"])
    assert gain["cost_per_extra"] == pytest.approx(gain["cost"] / gain["extra_customers"])
    assert told["contact_cost"] + told["offer_cost"] == pytest.approx(gain["cost"], abs=0.01)
    assert profit["bootstrap"]["low"] < profit["difference"] < profit["bootstrap"]["high"]
    assert found["attribution"]["reached"] == lift_["treated_reached"]
    assert found["second_life"]["treated"]["people"] == lift_["treated_reached"]


def test_while_it_runs_the_wide_interval_stands_there_and_no_p(taught):
    _, spring = taught
    found = on(spring, TODAY + timedelta(days=9), measure)
    lift_ = found["lift"]
    assert (found["reading"]["kind"], found["reading"]["over"], lift_["method"]) == ("running", 0, "always_valid")
    usual = newcombe(lift_["treated_reached"], lift_["treated"], lift_["holdout_reached"], lift_["holdout"])
    assert lift_["p_value"] is None
    assert lift_["low"] < usual.low < usual.high < lift_["high"]
    assert lift_["said"].startswith("so far ")
    assert "stays true however often one looks" in lift_["said"]
    told = found["money"]
    assert {row["method"] for row in told["per_person"]} == {"always_valid"}
    for row in told["per_person"]:
        assert (row["p_value"], row["bootstrap"]) == (None, None)
        assert row["low"] < row["difference"] < row["high"]
    assert told["gain"]["low"] == pytest.approx(told["per_person"][-1]["low"] * lift_["treated"])
    final = on(spring, TODAY + timedelta(days=70), measure)["money"]["gain"]
    assert told["gain"]["high"] - told["gain"]["low"] > final["high"] - final["low"]


def test_a_split_that_is_not_as_drawn_claims_nothing_and_teaches_nothing(taught, monkeypatch, capsys):
    folder, spring = taught
    # As if a clean-up had deleted half of those left alone: the start said 30 %.
    monkeypatch.setattr(Ledger, "passes", without_half_of_the_holdout(Ledger.passes))
    found = on(spring, TODAY + timedelta(days=70), measure)
    assert found["split"]["good"] is False
    assert (found["lift"]["difference"], found["lift"]["low"], found["money"]["gain"]) == (None, None, None)
    assert found["lift"]["said"] == "no result: the holdout is not as drawn, find out why (R731)"
    with pytest.raises(SystemExit) as left:
        main(["report", str(spring), "--as-of", str(TODAY + timedelta(days=70)), "--out", str(folder / "r.html")])
    assert left.value.code == 6
    assert "error R731: the holdout of this campaign is not as drawn" in capsys.readouterr().err


def without_half_of_the_holdout(real):
    def passes(ledger, *args, **more):
        found = real(ledger, *args, **more)
        odd = pc.equal(pc.bit_wise_and(found["pass_id"], 1), 1)
        return found.filter(pc.invert(pc.and_(odd, pc.equal(found["arm"], "holdout"))))

    return passes


def test_an_askew_campaign_teaches_nothing(taught, monkeypatch):
    folder, _ = taught
    real = Campaigns.baseline
    monkeypatch.setattr(Campaigns, "baseline", lambda ledger, name: {
        key: ((0.5, size) if key[0] == "holdout" else (value, size)) for key, (value, size) in real(ledger, name).items()
    })  # fmt: skip
    path = campaign(folder, "autumn")
    found = on(path, TODAY + timedelta(days=90), lambda shop: plan_of(shop)[0])
    assert lifts(found)["regular", "gift"]["source"] == "assumption"
    assert "nothing is learned from spring: its holdout is not as drawn (R731)" in found["remarks"]


def test_a_changed_file_moves_no_window_of_those_inside(taught):
    _, spring = taught
    text = spring.read_text()
    try:
        spring.write_text(text.replace("within: 14d, follow: 60d", "within: 3d, follow: 3d"))
        found = on(spring, TODAY + timedelta(days=9), measure)
        assert found["reading"]["kind"] == "running"
        start = on(spring, TODAY + timedelta(days=9), lambda shop: start_of(shop.ledger, shop.campaign))
        assert (str(start.window(1).within), str(start.window(1).follow), str(start.now.within)) == ("14d", "60d", "3d")
    finally:
        spring.write_text(text)


def test_the_lot_of_an_entry_is_checked_before_anybody_enters():
    assert split_of([({"treated": 880, "holdout": 120}, 0.1)]).good
    bad = split_of([({"treated": 950, "holdout": 50}, 0.1)])
    assert not bad.good
    assert bad.said.startswith("not as drawn: 50 households left alone, 100 expected")
    assert split_of([]).p_value is split_of([({"treated": 10}, 0.0)]).p_value is None
    # Two lots with other shares are judged together.
    one = split_of([({"treated": 900, "holdout": 100}, 0.1), ({"treated": 500, "holdout": 500}, 0.5)])
    assert one.p_value == pytest.approx(1.0)


def test_a_response_model_drives_the_simulation_and_its_truth_is_told(taught):
    folder, _ = taught
    path = campaign(folder, "autumn")
    told = {"seed": 3, "orders": {"base": {"regular": "12%", "rest": "4%"}, "lift": {"regular": "15pp", "rest": "3pp"}}}
    found = on(path, TODAY + timedelta(days=90), lambda shop: play(shop, Responses.parse(told), 30))
    effect = found["effect"]
    entered = effect["treated"] + effect["holdout"]
    assert entered > 800
    assert 0.05 < effect["truth"] < 0.13
    assert effect["low"] <= effect["truth"] <= effect["high"]
    assert effect["revenue_per_treated"] > effect["revenue_per_holdout"] > 0
    assert "true lift" in simulation_text.as_text(found)
    nothing = on(path, TODAY + timedelta(days=90), lambda shop: play(shop, Responses.parse({"seed": 3}), 30))
    assert "effect" not in nothing
