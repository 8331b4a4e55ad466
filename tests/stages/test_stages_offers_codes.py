"""Codes and money of offers through a run: reserved on entering, in the letters, settled when the pass ends."""

import json
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from email import policy
from email.parser import BytesParser

import pyarrow.compute as pc
import pytest
from attrs import evolve

from reactivate.cli.main import main
from reactivate.cli.progress import Progress
from reactivate.errors import GuardStop
from reactivate.stages.approval import from_json
from reactivate.stages.codes import at_most
from reactivate.stages.measure import measure
from reactivate.stages.planning import plan_of
from reactivate.stages.run import run

from .spice_shop import BUSINESS, CAMPAIGN, TODAY, everybody_buys, opened, spice_shop

RICH = BUSINESS.replace("margin: 40%", "margin: 90%")
DAY = re.compile(r"until (.*)\.")
CODE = re.compile(r"SPICE-\d{4}")


def passed(path, **when):
    """One confirmed run; the ledger's passes, and the codes in all letters so far."""
    campaign = opened(path, **when)
    with campaign.ledger as ledger:
        found, drafted = plan_of(campaign)
        run(campaign, from_json(found["ceilings"]), Progress(), drafted)
        passes = ledger.passes("spice_letter", state=None)
        codes, budget = ledger.money.codes("spice_letter", "coupon"), ledger.money.budget("spice_letter")
        assert not any(ledger.check().values())
    return passes, codes, budget


def letters(path):
    files = sorted((path.parent / "out").glob("*.eml"))
    return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]


def text(letter):
    return letter.get_body(("plain",)).get_content()


def codes_in(path):
    return [found.group() for letter in letters(path) if (found := CODE.search(text(letter)))]


def with_coupon(passes):
    mine = passes.filter(pc.is_in(passes["offer"], pc.unique(passes["offer"].filter(_coded(passes)))))
    return mine.filter(pc.equal(mine["arm"], "treated")).num_rows


def _coded(passes):
    return pc.or_(pc.equal(passes["offer"], "coupon"), pc.equal(passes["offer"], "both"))


def test_each_has_a_code_of_his_own_and_never_a_second(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    passes, (free, given), _ = passed(path)
    wanted = with_coupon(passes)
    assert 0 < wanted < 50
    assert given == wanted
    assert free == 100 - wanted
    assert len(codes_in(path)) == len(set(codes_in(path))) == wanted
    before = codes_in(path)
    _, again, _ = passed(path, day=TODAY + timedelta(days=1))
    assert again == (free, given)
    assert codes_in(path) == before


def test_a_pool_too_small_is_given_to_those_who_bring_most(tmp_path):
    path = spice_shop(tmp_path, business=RICH, codes=7)
    passes, (free, given), _ = passed(path)
    assert pc.sum(_coded(passes)).as_py() == 7
    assert given == with_coupon(passes) == len(set(codes_in(path)))
    assert free == 7 - given


def test_made_codes_suffice_for_everybody(tmp_path):
    campaign = CAMPAIGN.replace("pool: data/coupons.csv", "pool: generate")
    path = spice_shop(tmp_path, business=RICH, campaign=campaign)
    passes, (_, given), _ = passed(path)
    assert given == with_coupon(passes) > 0


def test_the_offer_is_booked_on_entering_and_settled_when_the_goal_is_decided(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    passes, _, budget = passed(path)
    cap, reserved, spent = budget["2026-11"]
    assert cap == Decimal(3000)
    assert 0 < reserved < cap
    assert spent == pytest.approx(Decimal("0.01") * len(letters(path)))
    everybody_buys(path, TODAY + timedelta(days=1))
    _, _, budget = passed(path, day=TODAY + timedelta(days=2))
    treated = passes.filter(pc.equal(passes["arm"], "treated"))
    cost = sum({"coupon": 20, "saffron": 1, "both": 21, "none": 0}[offer] for offer in treated["offer"].to_pylist())
    assert cost > 40
    assert budget["2026-11"] == (cap, 0, spent + cost)


def test_dearer_offers_than_approved_let_nobody_in(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    campaign = opened(path)
    with campaign.ledger as ledger:
        found, drafted = plan_of(campaign)
        assert at_most(drafted) == pytest.approx(found["cost"]["offers_at_most"])
        cheaper = from_json(found["ceilings"])
        cheaper = evolve(cheaper, ceilings=evolve(cheaper.ceilings, offers=at_most(drafted) - 1))
        with pytest.raises(GuardStop, match="R705"):
            run(campaign, cheaper, Progress(), drafted)
        assert ledger.passes("spice_letter", state=None).num_rows == 0


def test_a_second_letter_has_the_same_code_and_the_same_last_day(tmp_path):
    again = CAMPAIGN + "  - wait: 7d\n  - send: four_days_left\n    by: email\n    offer: best\n"
    path = spice_shop(tmp_path, business=RICH, campaign=again.replace("weekly", "once"))
    passed(path)
    first = Counter(codes_in(path))
    assert set(first.values()) == {1}
    passed(path, day=TODAY + timedelta(days=8))
    assert Counter(codes_in(path)) == dict.fromkeys(first, 2)
    days = {DAY.search(text(letter)).group(1) for letter in letters(path) if CODE.search(text(letter))}
    assert len(days) == 1
    assert "18" in days.pop()


def test_the_report_counts_what_offers_cost(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    passes, _, _ = passed(path)
    everybody_buys(path, TODAY + timedelta(days=1))
    passed(path, day=TODAY + timedelta(days=2))
    later = opened(path, day=TODAY + timedelta(days=2))
    with later.ledger:
        money = measure(later)["money"]
    treated = passes.filter(pc.equal(passes["arm"], "treated"))["offer"].to_pylist()
    assert money["offer_cost"] == sum({"coupon": 20, "saffron": 1, "both": 21, "none": 0}[offer] for offer in treated)


def test_an_offer_nobody_used_is_given_back_when_the_goal_no_longer_counts(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    _, _, before = passed(path)
    _, _, during = passed(path, day=TODAY + timedelta(days=2))
    assert during == before
    _, _, after = passed(path, day=TODAY + timedelta(days=16))
    spent = Decimal("0.01") * len(letters(path))
    assert after["2026-11"][2] == spent


def test_what_is_booked_leaves_less_for_the_next_week(tmp_path):
    campaign = CAMPAIGN.replace("3000 USD per month", "60 USD per month").replace("400 per week", "15 per week")
    path = spice_shop(tmp_path, business=RICH, campaign=campaign)
    _, _, first = passed(path)
    later = opened(path, day=TODAY + timedelta(days=7))
    with later.ledger:
        found, _ = plan_of(later)
    left = next(row["most"] for row in found["allocation"]["limits"] if row["limit"] == "budget")
    cap, reserved, spent = first["2026-11"]
    assert left == pytest.approx(float(cap - reserved - spent))
    assert left < 60


def test_a_code_told_by_the_till_is_redeemed_and_finds_its_person(tmp_path, capsys):
    path = spice_shop(tmp_path, business=RICH)
    passed(path)
    first, second = sorted(codes_in(path))[:2]
    till = tmp_path / "till.csv"
    lines = [f"1,redeemed,2026-11-05T10:00,{first.lower()}", f"2,redeemed,2026-11-05T11:00,{first}"]
    lines += [f"3,redeemed,2026-11-06T11:00, {second} ", "4,redeemed,2026-11-06T12:00,NO-SUCH"]
    till.write_text("\n".join(["event_id,kind,at,value", *lines]) + "\n")
    with pytest.raises(SystemExit) as leave:
        main(["events", str(path), str(till), "--format", "json"])
    assert leave.value.code == 0
    assert json.loads(capsys.readouterr().out)["unknown_people"] == 1
    later = opened(path, day=TODAY + timedelta(days=3))
    with later.ledger as ledger:
        assert ledger.figures()["coupons"]["redeemed"] == 2
        told = [row for row in ledger.events().to_pylist() if row["kind"] == "redeemed" and row["person_id"]]
        assert len({row["person_id"] for row in told}) == 2
        used = {row["person_id"] for row in told}
        assert used.isdisjoint(ledger.money.open_offers(later.moment.now)["person_id"].to_pylist())


def test_a_till_that_names_no_code_is_told_so(tmp_path, capsys):
    path = spice_shop(tmp_path, business=RICH)
    passed(path)
    till = tmp_path / "till.csv"
    till.write_text("event_id,kind,at,value\n1,redeemed,2026-11-05T10:00,\n")
    with pytest.raises(SystemExit) as leave:
        main(["events", str(path), str(till)])
    assert leave.value.code == 5
    assert "a redeemed code is told in `value`" in capsys.readouterr().err


SECOND = CAMPAIGN.replace("campaign: spice_letter", "campaign: second_letter").replace(
    "  - orders >= 2\n", "  - orders >= 1\n"
)


def other_run(path, **when):
    """One confirmed run of a second campaign of the same shop; its passes with what they hold."""
    campaign = opened(path, **when)
    with campaign.ledger as ledger:
        found, drafted = plan_of(campaign)
        run(campaign, from_json(found["ceilings"]), Progress(), drafted)
        return found, ledger.passes(campaign.campaign.name, state=None)


class TestTwoCampaignsOnOnePool:
    def second(self, path, campaign=SECOND):
        other = path.with_name("second.yml")
        other.write_text(campaign.replace("cool_off: 180d", "cool_off: 0d"))
        return other

    def test_no_code_is_given_twice(self, tmp_path):
        path = spice_shop(tmp_path, business=RICH + "cool_off: 0d\n", codes=30)
        passed(path)
        mine = set(codes_in(path))
        # A month later the first offers have run out and people have left; the second campaign writes to the same.
        found, _ = other_run(self.second(path), day=TODAY + timedelta(days=30))
        pool = next(row for row in found["allocation"]["limits"] if row["limit"] == "pool.coupon")
        assert pool["most"] == 30 - len(mine)
        every = codes_in(path)
        assert len(every) > len(mine)
        assert len(every) == len(set(every))

    def test_two_offers_of_one_campaign_share_their_file(self, tmp_path):
        more = "  again: {use: codes, pool: data/coupons.csv, value: 10 USD, valid: 14d, assumed_lift: 8pp}\n  both:"
        path = spice_shop(tmp_path, business=RICH, campaign=CAMPAIGN.replace("  both:", more), codes=7)
        passed(path)
        assert len(codes_in(path)) == len(set(codes_in(path))) <= 7

    def test_nobody_has_two_open_offers(self, tmp_path):
        path = spice_shop(tmp_path, business=RICH + "cool_off: 0d\n")
        passes, _, _ = passed(path)
        found, others = other_run(self.second(path), day=TODAY + timedelta(days=2))
        holds = passes.filter(pc.and_(pc.equal(passes["arm"], "treated"), _coded(passes)))
        again = others.filter(pc.is_in(others["person_id"], value_set=holds["person_id"].combine_chunks()))
        assert again.num_rows > 0
        assert set(again["offer"].to_pylist()) == {"none"}
        said = [row["example"] for offer in found["offers"] for row in offer["refused"]]
        assert "has an open offer already: of spice_letter" in said
