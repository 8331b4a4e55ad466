"""One person in place of one number for all: his order value moved towards his group, his chance spread over it."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.economics import (
    OfferSums,
    ProfitTerms,
    Success,
    candidates,
    cost_per_extra,
    credible_means,
    expected_profit,
    needed_worth,
    spread_over,
)
from reactivate.economics.words import NO_MARGIN


def people(draw, size=4000):
    """Two groups of buyers with usual orders of their own, none to five orders each: truth, counts, sums, squares."""
    group = draw.integers(0, 2, size)
    usual = np.where(group == 0, 50, 100) * np.exp(draw.normal(0, 0.4, size))
    count = draw.integers(0, 6, size)
    orders = [usual[i] * np.exp(draw.normal(0, 0.5, count[i]) - 0.125) for i in range(size)]
    total, squares = (np.array([each.sum() for each in part]) for part in (orders, [each**2 for each in orders]))
    return usual, count.astype(float), total, squares, group


class TestOrderValue:
    def test_formula_by_hand(self):
        # One group, two people: orders 10, 14 and 30. Within variance 8; k = 8 / between.
        count, total = np.array([2.0, 1.0]), np.array([24.0, 30.0])
        squares = np.array([296.0, 900.0])
        found = credible_means(count, total, squares, np.zeros(2, dtype=np.int64))
        between = ((2 * 36 + 1 * 144) - (2 - 1) * 8) / (3 - 5 / 3)
        weight = count / (count + 8 / between)
        middle = (weight @ np.array([12.0, 30.0])) / weight.sum()
        assert found.orders == pytest.approx(8 / between)
        assert found.values == pytest.approx(weight * np.array([12.0, 30.0]) + (1 - weight) * middle)

    def test_is_nearer_the_truth_than_the_own_mean(self):
        usual, count, total, squares, group = people(np.random.default_rng(1))
        found = credible_means(count, total, squares, group)
        has = count > 0
        own = total[has] / count[has]
        ours = np.sqrt(np.mean((found.values[has] - usual[has]) ** 2))
        assert ours < 0.8 * np.sqrt(np.mean((own - usual[has]) ** 2))

    def test_few_orders_count_less_and_none_is_the_group(self):
        _, count, total, squares, group = people(np.random.default_rng(1))
        found = credible_means(count, total, squares, group)
        weights = [found.weight[count == n].mean() for n in range(6)]
        assert weights == pytest.approx([n / (n + found.orders) for n in range(6)])
        nobody = found.values[(count == 0) & (group == 1)]
        assert np.ptp(nobody) == 0
        assert 90 < nobody[0] < 125

    def test_nobody_ordered_twice(self):
        found = credible_means(np.array([1.0, 1.0, 0.0]), np.array([5.0, 7.0, 0.0]), np.array([25.0, 49.0, 0.0]),
                               np.zeros(3, dtype=np.int64))  # fmt: skip
        assert (found.values.tolist(), found.orders) == ([5.0, 7.0, 6.0], None)

    def test_a_group_without_orders_is_not_known(self):
        found = credible_means(np.array([2.0, 0.0]), np.array([10.0, 0.0]), np.array([52.0, 0.0]), np.array([0, 1]))
        assert found.values[0] == 5.0
        assert np.isnan(found.values[1])

    def test_nobody_at_all(self):
        none = np.array([])
        assert len(credible_means(none, none, none, none.astype(np.int64)).values) == 0


class TestBaseRate:
    def test_the_mean_of_each_group_is_the_rate_that_was_measured(self):
        draw = np.random.default_rng(2)
        group = np.repeat([0, 1], [3000, 500])
        chance, rate = draw.beta(1, 9, 3500), np.where(group == 0, 0.05, 0.4)
        found = spread_over(rate, chance, group)
        assert found[group == 0].mean() == pytest.approx(0.05)
        assert found[group == 1].mean() == pytest.approx(0.4)
        assert (np.argsort(found[:3000]) == np.argsort(chance[:3000])).all()

    def test_who_has_no_forecast_keeps_the_rate(self):
        found = spread_over(np.full(3, 0.1), np.array([np.nan, 0.2, 0.4]), np.zeros(3, dtype=np.int64))
        assert found[0] == 0.1
        assert found[1:].mean() == pytest.approx(0.1)

    @pytest.mark.parametrize("rate", [0.0, 1.0, np.nan])
    def test_a_rate_of_nobody_or_all_or_unknown_stays(self, rate):
        found = spread_over(np.full(2, rate), np.array([0.2, 0.4]), np.zeros(2, dtype=np.int64))
        assert found == pytest.approx(np.full(2, rate), nan_ok=True)

    def test_certain_forecasts_do_not_break_it(self):
        found = spread_over(np.full(4, 0.3), np.array([0.0, 1.0, 0.5, 0.5]), np.zeros(4, dtype=np.int64))
        assert found.mean() == pytest.approx(0.3)


class TestGoalThatIsNoOrder:
    terms = ProfitTerms(lift=0.04, base_rate=0.02, margin=5, offer_cost=1, contact_cost=0.2, permission_cost=0.01)

    def test_cost_and_needed_worth_by_hand(self):
        assert cost_per_extra(self.terms) == pytest.approx((0.2 + 0.02) / 0.04 + 1)
        assert needed_worth(self.terms) == pytest.approx((0.2 + 0.02 + 0.01) / 0.04 + 1)

    def test_at_the_needed_worth_nothing_is_won_or_lost(self):
        even = ProfitTerms(lift=0.04, base_rate=0.02, margin=needed_worth(self.terms), offer_cost=1, contact_cost=0.2,
                           permission_cost=0.01)  # fmt: skip
        assert expected_profit(even) == pytest.approx(0)

    @pytest.mark.parametrize("lift", [0.0, -0.01, np.nan])
    def test_without_a_lift_there_is_no_price(self, lift):
        terms = ProfitTerms(lift=lift, base_rate=0.02, margin=5, contact_cost=0.2)
        assert cost_per_extra(terms) is needed_worth(terms) is None

    def test_an_unknown_base_rate_does_not_matter_where_nothing_is_given(self):
        plain = ProfitTerms(lift=0.04, base_rate=np.nan, margin=5, contact_cost=0.1)
        assert expected_profit(plain) == pytest.approx(0.04 * 5 - 0.1)
        given = ProfitTerms(lift=0.04, base_rate=np.nan, margin=5, contact_cost=0.1, offer_cost=1)
        assert expected_profit(given) is None

    def test_refusals_speak_of_a_success(self):
        table = pa.table({"person_id": ["p"], "base_rate": [0.0], "margin": [2.0], "order_value": [2.0]})
        gift = {"gift": OfferSums(lift=0.1, cost=3.0, word="gift")}
        found = candidates(table, gift, success=Success("success", "worth")).to_pylist()[1]
        assert found["verdict"].startswith("each extra success loses ")
        assert "worth 2.00" in found["verdict"]

    def test_without_a_worth_nothing_is_refused_and_the_price_is_told(self):
        table = pa.table({"person_id": ["p"], "base_rate": [0.0], "contact_cost": [0.5],
                          "margin": pa.array([None], pa.float64()), "permission_margin": [10.0]})  # fmt: skip
        gift = {"gift": OfferSums(lift=0.1, cost=3.0, word="gift")}
        row = candidates(table, gift, success=Success("success", "worth", valued=False)).to_pylist()[1]
        assert (row["verdict"], row["expected_profit"]) == (None, None)
        assert row["cost_per_extra"] == pytest.approx(0.5 / 0.05 + 3)
        # A fifth of the successes is only brought forward, as long as nobody says that the goal is no order.
        assert row["needed_worth"] == pytest.approx(((0.5 + 0.002 * 10) / 0.05 + 3) / 0.8)
        assert candidates(table, gift).to_pylist()[1]["verdict"] == NO_MARGIN
