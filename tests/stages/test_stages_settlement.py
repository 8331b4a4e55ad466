"""Offers settled by the codes that come back, money free again at the exit, and a stop when the codes eat the budget."""

from datetime import timedelta
from decimal import Decimal

import pyarrow.compute as pc
import pytest

from reactivate.report.plan_text import as_text
from reactivate.stages.allocation import budget_left
from reactivate.stages.measure import measure
from reactivate.stages.planning import plan_of
from reactivate.stages.settlement import paid

from .spice_shop import CAMPAIGN, TODAY, everybody_buys, opened, spice_shop
from .test_stages_offers_codes import RICH, codes_in, passed, with_coupon

COST = {"coupon": 20, "saffron": 1, "both": 21, "none": 0}
AGAIN = CAMPAIGN.replace("weekly", "once") + "  - wait: 7d\n  - send: four_days_left\n    by: email\n    offer: best\n"


def redeem(path, codes, day):
    shop = opened(path, day=day)
    with shop.ledger as ledger:
        assert all(ledger.money.redeem_code(code) for code in codes)


def cost_of(passes, wanted):
    treated = passes.filter(pc.equal(passes["arm"], "treated"))
    return sum(COST[offer] for offer in treated["offer"].to_pylist() if wanted(offer))


class TestTillThatTellsCodes:
    @pytest.fixture
    def ran(self, tmp_path):
        """Everybody came back; two of them used their codes."""
        path = spice_shop(tmp_path, business=RICH, campaign=CAMPAIGN.replace("weekly", "once"))
        passes, _, _ = passed(path)
        used = sorted(codes_in(path))[:2]
        everybody_buys(path, TODAY + timedelta(days=1))
        redeem(path, used, TODAY + timedelta(days=1))
        return path, passes

    def test_only_codes_that_came_back_are_spent_and_open_ones_stay_reserved(self, ran):
        path, passes = ran
        _, _, budget = passed(path, day=TODAY + timedelta(days=2))
        _, reserved, spent = budget["2026-11"]
        gifts = cost_of(passes, lambda offer: offer == "saffron")
        letters = Decimal("0.01") * pc.sum(pc.equal(passes["arm"], "treated")).as_py()
        assert reserved > 0
        assert Decimal(40) <= spent - letters - gifts <= Decimal(42)

    def test_when_codes_run_out_the_rest_is_free(self, ran):
        path, _ = ran
        passed(path, day=TODAY + timedelta(days=2))
        _, _, budget = passed(path, day=TODAY + timedelta(days=16))
        assert budget["2026-11"][1] == 0

    def test_the_report_counts_what_came_back_and_no_more(self, ran):
        path, passes = ran
        passed(path, day=TODAY + timedelta(days=2))
        shop = opened(path, day=TODAY + timedelta(days=16))
        with shop.ledger:
            found = measure(shop)
            assert sum(paid(shop, shop.ledger.passes("spice_letter", state=None)).values()) == pytest.approx(
                found["money"]["offer_cost"], abs=0.01
            )
        gifts = cost_of(passes, lambda offer: offer == "saffron")
        assert 40 <= found["money"]["offer_cost"] - gifts <= 42

    def test_the_next_campaign_counts_on_how_many_used_it(self, ran):
        path, _ = ran
        passed(path, day=TODAY + timedelta(days=2))
        autumn = path.with_name("autumn.yml")
        autumn.write_text(path.read_text().replace("spice_letter", "autumn").replace("since_last_order <= 365d",
                                                                                       "orders >= 1"))  # fmt: skip
        shop = opened(autumn, day=TODAY + timedelta(days=120))
        with shop.ledger:
            plan, drafted = plan_of(shop)
        told = {row["offer"]: row for row in plan["uses"]}
        assert 0.0 < told["coupon" if "coupon" in told else "both"]["mean"] < 0.5
        rows = drafted.candidates.to_pylist()
        learned = next(row for row in rows if row["offer"] in told)
        assert learned["use_source"] == "measured"
        assert learned["extra_use"] == learned["base_use"] == told[learned["offer"]]["rate"] < 1
        assert next(row for row in rows if row["offer"] == "saffron")["use_source"] == "constant"
        assert "of those who come: " in as_text(plan)


def test_a_till_that_is_silent_leaves_what_the_guard_supposes(tmp_path):
    path = spice_shop(tmp_path, business=RICH)
    passes, _, _ = passed(path)
    everybody_buys(path, TODAY + timedelta(days=1))
    _, _, budget = passed(path, day=TODAY + timedelta(days=2))
    assert with_coupon(passes) > 0
    assert budget["2026-11"][2] > cost_of(passes, lambda offer: True)


def test_codes_that_eat_the_budget_stop_the_next_letter(tmp_path):
    # Few are held out, so that enough codes go out however the lots fall.
    tight = AGAIN.replace("3000 USD per month", "200 USD").replace("holdout: 20%", "holdout: 2%")
    path = spice_shop(tmp_path, business=RICH, campaign=tight)
    _, (_, given), budget = passed(path)
    assert given > 0
    codes = codes_in(path)
    cap, _, spent = budget["all"]
    assert spent < cap
    # More come back than the guard expected of them.
    redeem(path, codes, TODAY + timedelta(days=2))
    shop = opened(path, day=TODAY + timedelta(days=2))
    with shop.ledger:
        assert 20 * len(codes) > cap
        assert budget_left(shop, shop.campaign.limits.budget) == 0
    before = len(codes_in(path))
    passed(path, day=TODAY + timedelta(days=8))
    assert len(codes_in(path)) == before
    shop = opened(path, day=TODAY + timedelta(days=8))
    with shop.ledger as ledger:
        later = ledger.touches("spice_letter")
        later = later.filter(pc.equal(later["step"], "four_days_left"))
        stopped = later.filter(pc.equal(later["reason"], "budget"))
        assert stopped.num_rows >= len(codes)
        assert set(stopped["state"].to_pylist()) == {"skipped"}


def test_money_for_contacts_and_offers_is_free_again_at_the_exit(tmp_path):
    dear = RICH.replace("cost: 0.01 USD", "cost: 0.50 USD")
    path = spice_shop(tmp_path, business=dear, campaign=AGAIN.replace("3000 USD per month", "3000 USD"))
    passes, _, budget = passed(path)
    treated = pc.sum(pc.equal(passes["arm"], "treated")).as_py()
    cap, reserved, spent = budget["all"]
    shop = opened(path)
    with shop.ledger:
        # Both letters of those inside are spoken for: the first is spent, the second lies ahead.
        ahead = budget_left(shop, shop.campaign.limits.budget)
    assert float(spent) == pytest.approx(0.5 * treated)
    assert ahead == pytest.approx(float(cap - reserved - spent) - 0.5 * treated)
    assert reserved > 0
    # Nobody orders; the journey is over, then the goal no longer counts.
    passed(path, day=TODAY + timedelta(days=8))
    passed(path, day=TODAY + timedelta(days=30))
    shop = opened(path, day=TODAY + timedelta(days=30))
    with shop.ledger as ledger:
        cap, reserved, spent = ledger.money.budget("spice_letter")["all"]
        left = budget_left(shop, shop.campaign.limits.budget)
    assert reserved == 0
    assert left == pytest.approx(float(cap - spent))
    assert float(spent) == pytest.approx(0.5 * 2 * treated)
