"""The sums of E: the worked spice shop to the cent, and the roads that must meet."""

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactivate import economics
from reactivate.economics import ProfitTerms


def spice(base, came):
    """Basket 45, margin 40 % = 18; coupon 20 and saffron 1 = 21; letter 0.01; nothing brought forward, all used."""
    return ProfitTerms(lift=came - base, base_rate=base, margin=18, offer_cost=21, contact_cost=0.01)


class TestSpiceShop:
    @pytest.mark.parametrize(
        ("base", "profit", "later", "orders"),
        [(0.02, -0.97, 5.4, 0.3), (0.11, -2.59, 28.8, 1.6), (0.176, -3.78, 157.4, 8.7)],
    )
    def test_twenty_percent_came_back_and_money_is_lost(self, base, profit, later, orders):
        terms = spice(base, 0.20)
        assert round(economics.expected_profit(terms), 2) == profit
        assert round(economics.needed_later_margin(terms), 1) == later
        assert round(economics.needed_later_margin(terms) / 18, 1) == orders

    def test_more_than_half_of_the_coupons_change_nothing(self):
        assert round(economics.wasted_share(spice(0.11, 0.20)), 2) == 0.55

    def test_no_lift_would_do(self):
        assert economics.break_even_lift(spice(0.02, 0.20)) is None

    def test_pays_back_with_the_first_later_order_when_three_in_ten_return(self):
        flat = economics.Assumptions(yearly_rate=0)
        assert economics.payback_orders(spice(0.02, 0.20), 0.30, 60, assumptions=flat) == 1
        assert economics.payback_orders(spice(0.02, 0.20), 0.29, 60, assumptions=flat) == 2

    def test_largest_coupon(self):
        # 0.18 x 18 - 0.01 = 3.23 must pay for 0.20 coupons.
        assert economics.largest_offer(spice(0.02, 0.20)) == pytest.approx(16.15)

    def test_budget_counts_expected_and_most(self):
        assert economics.expected_cost(spice(0.02, 0.20)) == pytest.approx(0.01 + 0.20 * 21)
        assert economics.most_cost(spice(0.02, 0.20)) == pytest.approx(21.01)


def terms(**over):
    share, money = st.floats(0.001, 0.9), st.floats(0.01, 500)
    parts = {
        "lift": st.floats(0.001, 0.5),
        "base_rate": share,
        "margin": money,
        "offer_cost": money,
        "contact_cost": st.floats(0, 5),
        "later_margin": st.floats(0, 500),
        "extra_use": share,
        "base_use": share,
        "brought_forward": st.floats(0, 0.9),
        "permission_cost": st.floats(0, 1),
    }
    return st.builds(ProfitTerms, **{**parts, **over})


class TestRoadsMeet:
    @given(terms())
    def test_profit_is_zero_at_the_break_even_lift(self, case):
        lift = economics.break_even_lift(case)
        if lift is None:
            assert economics.expected_profit(attrs.evolve(case, lift=1.0)) <= 0
        else:
            at_zero = economics.expected_profit(attrs.evolve(case, lift=lift))
            assert at_zero == pytest.approx(0, abs=1e-9 * (1 + lift) * 1e4)

    @given(terms())
    def test_profit_is_zero_at_the_largest_offer(self, case):
        offer = economics.largest_offer(case)
        assert economics.expected_profit(attrs.evolve(case, offer_cost=offer)) == pytest.approx(0, abs=1e-6)

    @given(terms())
    def test_profit_is_zero_at_the_needed_later_margin(self, case):
        later = economics.needed_later_margin(case)
        at_zero = economics.expected_profit(attrs.evolve(case, later_margin=later))
        assert at_zero == pytest.approx(0, abs=1e-6) or (later == 0 and at_zero > 0)

    @given(terms())
    def test_formula_as_written_down(self, t):
        e = (
            t.lift * (t.margin - t.extra_use * t.offer_cost)
            - t.base_rate * t.base_use * t.offer_cost
            - t.contact_cost
            - t.permission_cost
            + t.lift * (1 - t.brought_forward) * t.later_margin
            - t.lift * t.brought_forward * t.margin
        )
        assert economics.expected_profit(t) == pytest.approx(float(e), abs=1e-9)

    @given(terms(later_margin=st.just(0.0)), st.floats(0.05, 0.99), st.floats(5, 400))
    def test_payback_is_the_first_number_of_orders_that_pays(self, case, rate, gap):
        found = economics.payback_orders(case, rate, gap)

        def profit(orders):
            later = economics.later_margin(float(case.margin), rate, gap, orders=orders)
            return economics.expected_profit(attrs.evolve(case, later_margin=later))

        if found is None:
            assert profit(10_000) < 1e-6
        else:
            assert profit(int(found)) >= -1e-6
            assert found == 0 or profit(int(found) - 1) < 1e-6


class TestLaterOrders:
    def test_yearly_limit_of_gupta_and_lehmann(self):
        forever = economics.Assumptions(second_life_days=365_000)
        assert economics.later_margin(100, 0.6, 365, assumptions=forever) == pytest.approx(100 * 0.6 / (1 + 0.15 - 0.6))

    def test_by_hand(self):
        flat = economics.Assumptions(yearly_rate=0, second_life_days=100)
        assert economics.later_margin(10, 0.5, 30, assumptions=flat) == pytest.approx(10 * (0.5 + 0.25 + 0.125))
        assert economics.later_margin(10, 0.5, 30, orders=1, assumptions=flat) == pytest.approx(5)
        assert economics.later_margin(10, 1.0, 30, assumptions=flat) == pytest.approx(30)

    def test_nothing_known_counts_on_nothing(self):
        assert economics.later_margin(10, np.nan, 30) == 0
        assert economics.later_margin(np.array([10, 10]), 0.5, np.array([np.nan, 0])).tolist() == [0, 0]

    def test_chance_of_later_orders(self):
        assert economics.reach(2, 0.3) == pytest.approx(0.09)


class TestOrdinaryMess:
    def test_arrays_and_unknowns(self):
        found = economics.expected_profit(ProfitTerms(lift=[0.1, np.nan], base_rate=0.1, margin=[10, 10]))
        assert found[0] == pytest.approx(1.0)
        assert np.isnan(found[1])

    def test_negative_margin_has_no_break_even(self):
        assert economics.break_even_lift(ProfitTerms(lift=0.1, base_rate=0.1, margin=-5)) is None

    def test_a_harmful_contact_wastes_every_offer(self):
        assert economics.wasted_share(ProfitTerms(lift=-0.01, base_rate=0.1, margin=5, offer_cost=1)) == 1

    def test_nobody_uses_it(self):
        assert economics.wasted_share(ProfitTerms(lift=0, base_rate=0, margin=5)) is None
        assert economics.largest_offer(ProfitTerms(lift=0, base_rate=0, margin=5)) is None
