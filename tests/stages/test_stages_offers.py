"""A plan with offers: bundles, refusals in words, limits that hold, guards of the business, unknown lifts."""

from pathlib import Path

import pytest

from reactivate.errors import GuardStop
from reactivate.report.plan_text import as_text
from reactivate.stages.gates import refuse
from reactivate.stages.planning import plan_of

from .spice_shop import BUSINESS, CAMPAIGN, opened, spice_shop

SPEC = Path(__file__).parents[2].parent / "shared" / "design" / "specs" / "3-spice-shop.yml"


def plan(folder, **files):
    campaign = opened(spice_shop(folder, **files))
    with campaign.ledger:
        found, _ = plan_of(campaign)
    return found


def offers(found):
    return {row["name"]: row for row in found["offers"]}


def limits(found):
    return {row["limit"]: row for row in found["allocation"]["limits"]}


def left_out(found):
    return {row["reason"]: row["people"] for row in found["left_out"]}


def with_limits(text):
    return CAMPAIGN.replace("{people: 400 per week, budget: 3000 USD per month, payback: 1 order}", text)


UNKNOWN = CAMPAIGN.replace(", assumed_lift: 2pp", "").replace(", assumed_lift: 8pp", "")
UNKNOWN = UNKNOWN.replace(", assumed_lift: 4pp", "").replace(", assumed_lift: 9pp", "")


def test_a_coupon_that_loses_money_is_refused_in_words_and_saffron_is_given(tmp_path):
    found = plan(tmp_path)
    coupon, saffron, both = (offers(found)[name] for name in ("coupon", "saffron", "both"))
    assert coupon["people"] == both["people"] == 0
    assert coupon["refused"][0] == {
        "people": 43,
        "example": "breaks even at a lift of 10.5 points, 4.0 are counted on (assumed 8.0, halved)",
    }
    assert coupon["refused"][1]["example"].startswith("each extra order loses 0.11: margin 12.80, later orders 12.06")
    assert both["gives"] == "20 + 0.3 g of saffron"
    assert both["offer_cost"] == coupon["offer_cost"] + saffron["offer_cost"]
    assert saffron["people"] == 49
    assert saffron["at_most"] == saffron["treated"] * 1.0
    assert saffron["expected_profit"] == pytest.approx(33.18, abs=0.01)
    assert found["figures"]["expected_profit"] == found["allocation"]["expected_profit"]


def test_samples_show_the_offer_and_no_working_code(tmp_path):
    dear = BUSINESS.replace("margin: 40%", "margin: 90%")
    texts = [row["text"] for row in plan(tmp_path, business=dear)["samples"]]
    assert any("0.3 g of saffron" in text for text in texts)
    assert not any("SPICE-" in text or "cannot be made" in text for text in texts)


def test_the_plan_shows_where_each_term_comes_from(tmp_path):
    found = plan(tmp_path)
    later = found["allocation"]["later_orders"]
    assert (later["rate"], later["gap_days"], later["orders"], later["silence_days"]) == (0.5, 60.0, 60, 86)
    assert later["chance_of_payback"] == 0.5
    named = {row["name"]: row["value"] for row in found["allocation"]["assumptions"]}
    assert named["brought_forward"] == 0.2
    assert any(remark.startswith("R724 offer 'saffron': 84%") for remark in found["remarks"])


def test_everybody_enters_or_has_a_reason(tmp_path):
    found = plan(tmp_path, campaign=with_limits("{people: 10 per week, budget: 1 USD}"))
    assert found["entrants"]["people"] + sum(left_out(found).values()) == found["audience"]["people"]


def test_the_best_enter_within_the_people_limit_and_its_price_is_told(tmp_path):
    found = plan(tmp_path, campaign=with_limits("{people: 10 per week}"))
    assert found["entrants"]["people"] == 10
    assert left_out(found) == {"over_limit": 40}
    people = limits(found)["people"]
    assert people["used"] == people["most"] == 10
    assert people["price"] > 0
    assert people["last_in"]["expected_profit"] >= people["price"] - 1e-4


def test_the_budget_holds_in_expected_sums(tmp_path):
    found = plan(tmp_path, campaign=with_limits("{people: 400 per week, budget: 2 USD}"))
    assert 1.5 < found["allocation"]["expected_cost"] <= 2
    assert limits(found)["budget"]["price"] > 0
    assert found["allocation"]["gap"] < 0.05
    text = as_text(found)
    assert "one more USD brings" in text
    assert f"the last one in is {limits(found)['budget']['last_in']['person_id']}" in text
    assert "brought_forward" in text


def test_a_budget_that_pays_for_nobody_is_named(tmp_path):
    found = plan(tmp_path, campaign=with_limits("{people: 400 per week, budget: 0 USD}"))
    assert found["entrants"]["people"] == 0
    assert any(remark.startswith("R728 `budget` lets nobody in: 0.00 is left") for remark in found["remarks"])


def test_a_pool_is_shared_by_an_offer_and_the_bundle_it_is_part_of(tmp_path):
    dear = BUSINESS.replace("margin: 40%", "margin: 90%")
    found = plan(tmp_path, business=dear, campaign=with_limits("{people: 400 per week}"), codes=7)
    given = offers(found)["coupon"]["people"] + offers(found)["both"]["people"]
    assert given == 7
    assert limits(found)["pool.coupon"]["used"] == 7
    assert any(remark.startswith("R723 offer 'coupon': 7 codes for") for remark in found["remarks"])


def test_without_a_lift_nobody_is_refused_and_the_plan_says_undecided(tmp_path):
    found = plan(tmp_path, campaign=UNKNOWN)
    assert found["allocation"]["undecided"] == found["entrants"]["people"] == 50
    assert {row["offer"] for row in (opened_offer(found))} == {"none"}
    assert "undecided: no lift measured or assumed" in offers(found)["saffron"]["said"]
    assert offers(found)["saffron"]["break_even_lift"] > 0


def opened_offer(found):
    return [{"offer": offer} for row in found["allocation"]["segments"] for offer in row["offers"]]


def test_without_a_lift_the_budget_still_holds(tmp_path):
    campaign = UNKNOWN.replace("3000 USD per month", "0.12 USD per month")
    found = plan(tmp_path, campaign=campaign)
    assert found["entrants"]["people"] == 12
    assert left_out(found) == {"over_limit": 38}


def test_a_guard_of_the_business_refuses_more(tmp_path):
    stricter = BUSINESS + "guards:\n  - {use: waste, at_most: 40%}\n"
    found = plan(tmp_path, business=stricter)
    assert offers(found)["saffron"]["people"] == 0
    assert "of the offers used change nothing" in offers(found)["saffron"]["refused"][0]["example"]
    assert not any("guards is read" in remark for remark in found["remarks"])


def test_a_share_is_taken_of_the_least_order(tmp_path):
    share = CAMPAIGN.replace("value: 20 USD", "value: 50%")
    without = share.replace("min_order: 40 USD", "min_order: 1 USD")
    assert offers(plan(tmp_path / "a", campaign=share))["coupon"]["offer_cost"] == pytest.approx(34.5, abs=0.5)
    low = offers(plan(tmp_path / "b", campaign=without))["coupon"]
    high = offers(plan(tmp_path / "c", campaign=without.replace("1 USD, valid", "100 USD, valid")))["coupon"]
    assert low["offer_cost"] < high["offer_cost"]
    assert high["offer_cost"] == 50.0


def test_a_bundle_is_good_for_what_its_parts_are_good_for(tmp_path):
    share = CAMPAIGN.replace("value: 20 USD", "value: 50%").replace("min_order: 40 USD", "min_order: 100 USD")
    found = offers(plan(tmp_path, campaign=share))
    assert (found["coupon"]["offer_cost"], found["both"]["offer_cost"]) == (50.0, 51.0)


def test_limits_that_contradict_each_other_are_named(tmp_path):
    segments = "segments: {quick: 50%, slow: 50%}\n"
    limit = "{people: 400 per week, budget: 10 USD, at_most: {quick: 30%, slow: 30%}}"
    campaign = with_limits(limit).replace("holdout: 20%\n", "holdout: 20%\n" + segments)
    with pytest.raises(GuardStop, match="contradict"):
        plan(tmp_path, campaign=campaign)


def test_a_segment_gets_its_part_of_the_budget_at_most(tmp_path):
    segments = "segments: {quick: 50%, slow: 50%}\n"
    limit = "{people: 400 per week, budget: 3 USD, at_most: {quick: 10%}}"
    campaign = with_limits(limit).replace("holdout: 20%\n", "holdout: 20%\n" + segments)
    found = plan(tmp_path, campaign=campaign)
    money = {row["segment"]: row["expected_cost"] for row in found["allocation"]["segments"]}
    assert money["quick"] <= 0.30
    assert money["quick"] + money["slow"] <= 3
    assert limits(found)["at_most.quick"]["most"] == pytest.approx(0.3)


def named(offer, more=""):
    campaign = CAMPAIGN.replace("    offer: best", f"    offer: {offer}")
    return campaign.replace("of: [coupon", more + "of: [coupon")


def test_an_offer_given_to_all_that_loses_money_refuses_the_plan(tmp_path):
    found = plan(tmp_path, campaign=named("coupon"))
    (stop,) = found["refusals"]
    assert stop["code"] == "R726"
    assert "offer 'coupon' is given to all who come to its step" in stop["message"]
    with pytest.raises(GuardStop, match="R726"):
        refuse(found)
    assert "REFUSED: offer 'coupon'" in as_text(found)


def test_an_offer_given_to_all_that_pays_goes_to_everybody(tmp_path):
    found = plan(tmp_path, campaign=named("saffron"))
    assert found["refusals"] == []
    assert offers(found)["saffron"]["people"] == found["entrants"]["people"] > 40


def test_whom_the_if_of_a_named_offer_leaves_out_goes_without(tmp_path):
    campaign = named("saffron").replace("cost: 1 USD,", "cost: 1 USD, if: orders >= 10,")
    found = plan(tmp_path, campaign=campaign)
    given = found["allocation"]["segments"][0]["offers"]
    assert given["saffron"] > 10
    assert given["none"] > 10


def test_fewer_codes_than_people_refuse_the_plan_unless_the_best_go_first(tmp_path):
    dear = BUSINESS.replace("margin: 40%", "margin: 90%")
    unknown = UNKNOWN.replace("    offer: best", "    offer: coupon")
    found = plan(tmp_path, business=dear, campaign=unknown, codes=7)
    assert [stop["code"] for stop in found["refusals"]] == ["R727"]


def without_offers(campaign):
    start, end = campaign.index("offers:"), campaign.index("limits:")
    return (campaign[:start] + campaign[end:]).replace("    offer: best\n", "")


def test_a_letter_of_which_nothing_is_expected_is_judged_by_nobody(tmp_path):
    campaign = without_offers(CAMPAIGN).replace(", assumed_lift: 2pp", "").replace(", budget: 3000 USD per month", "")
    found = plan(tmp_path, campaign=campaign)
    assert found["allocation"] is None
    assert found["offers"] == []
    assert found["entrants"]["people"] == 50


def test_a_plain_letter_is_judged_by_the_lift_that_is_hoped_for(tmp_path):
    dear = BUSINESS.replace("cost: 0.01 USD", "cost: 5 USD")
    found = plan(tmp_path, campaign=without_offers(CAMPAIGN), business=dear)
    assert found["offers"] == []
    # Nobody enters but by the lot that explores, because the hoped-for lift may be wrong.
    by_lot = (found["exploration"] or {"people": 0})["people"]
    assert found["entrants"]["people"] == by_lot
    assert left_out(found)["loses_money"] == 50 - by_lot
    cheap = plan(tmp_path / "cheap", campaign=without_offers(CAMPAIGN))
    assert cheap["entrants"]["people"] == 50
    assert cheap["allocation"]["expected_profit"] > 0


@pytest.mark.shared
@pytest.mark.skipif(not SPEC.exists(), reason="the shared specifications are not here")
def test_the_spice_shop_of_the_specification_can_be_planned(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_HOST", "mail.example")
    business = (SPEC.parent / "business" / "spices.yml").read_text()
    found = plan(tmp_path, campaign=SPEC.read_text(), business=business)
    assert set(offers(found)) == {"coupon", "saffron", "both"}
    assert offers(found)["coupon"]["break_even_lift"] > 0
    assert "each extra order loses" in str(offers(found)["coupon"]["refused"])
    assert found["allocation"]["expected_profit"] > 0
    assert [step["step"] for step in found["steps"]] == ["smell_it_again", "four_days_left", "what_kept_you_away"]
