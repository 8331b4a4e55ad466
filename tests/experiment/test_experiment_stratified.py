"""A stratified lot compared stratum by stratum: interval, p, and what strata are for."""

import numpy as np
import pytest

from reactivate.experiment import Moments, newcombe, peek, peek_means, peek_strata, stratified

THREE = [(40, 100, 10, 50), (12, 200, 5, 90), (30, 60, 8, 25)]


class TestStratified:
    def test_one_stratum_is_newcombe(self):
        assert stratified([(40, 100, 10, 50)]) == pytest.approx(newcombe(40, 100, 10, 50))

    def test_p_is_that_of_cochran_mantel_haenszel(self):
        # statsmodels 0.15, StratifiedTable(...).test_null_odds(correction=False)
        assert stratified(THREE).p_value == pytest.approx(0.009702391404593724, abs=1e-12)

    def test_difference_is_the_weighted_mean_by_hand(self):
        weights = [n1 * n0 / (n1 + n0) for _, n1, _, n0 in THREE]
        gaps = [x1 / n1 - x0 / n0 for x1, n1, x0, n0 in THREE]
        expected = sum(w * gap for w, gap in zip(weights, gaps, strict=True)) / sum(weights)
        found = stratified(THREE)
        assert found.difference == pytest.approx(expected)
        assert found.low < found.difference < found.high

    def test_a_stratum_with_an_empty_arm_says_nothing(self):
        assert stratified([*THREE, (5, 9, 0, 0)]) == stratified(THREE)
        assert stratified([(5, 9, 0, 0)]).difference is None

    def test_strata_in_which_nobody_came_keep_a_width(self):
        found = stratified([(0, 80, 0, 20), (0, 40, 0, 10)])
        assert (found.difference, found.p_value) == (0, 1.0)
        assert found.low < 0 < found.high

    def test_unlike_strata_make_the_interval_shorter(self):
        # Nearly everybody of one stratum comes, hardly anybody of the other.
        rows = [(450, 500, 435, 500), (30, 500, 15, 500)]
        together = newcombe(480, 1000, 450, 1000)
        found = stratified(rows)
        assert found.difference == pytest.approx(together.difference)
        assert found.high - found.low < 0.8 * (together.high - together.low)
        assert found.p_value < 0.05 < together.p_value

    def test_covers_the_truth_under_stratified_lots(self):
        draw = np.random.default_rng(11)
        rates, sizes, lift, hits, tests = np.array([0.03, 0.2, 0.6]), np.array([400, 150, 60]), 0.02, 0, 2000
        for _ in range(tests):
            held = sizes // 5
            x1, x0 = draw.binomial(sizes - held, rates + lift), draw.binomial(held, rates)
            found = stratified(list(zip(x1, sizes - held, x0, held, strict=True)))
            hits += found.low <= lift <= found.high
        assert 0.935 <= hits / tests <= 0.975


class TestPeeking:
    def test_strata_read_while_they_run_are_wider_than_at_the_end(self):
        wide, usual = peek_strata(THREE, 0.05), stratified(THREE)
        assert wide.difference == pytest.approx(usual.difference)
        assert wide.low < usual.low < usual.high < wide.high
        assert wide.p_value is None

    def test_one_stratum_is_near_the_simple_interval(self):
        one, simple = peek_strata([(70, 1000, 12, 250)], 0.02), peek(70, 1000, 12, 250, 0.02)
        assert one.low == pytest.approx(simple.low, abs=0.01)

    def test_looking_each_day_at_money_rarely_finds_what_is_not_there(self):
        draw = np.random.default_rng(4)
        alarms = usual = 0
        for _ in range(200):
            treated, held = (_spent(draw, size) for size in (1600, 400))
            looks = [(treated * (treated_day <= day), held * (held_day <= day))
                     for treated_day, held_day in [(draw.integers(1, 29, 1600), draw.integers(1, 29, 400))]
                     for day in range(4, 29)]  # fmt: skip
            found = [peek_means(Moments.of(one), Moments.of(two), 20.0, 320.0) for one, two in looks]
            alarms += any(look.low is not None and (look.low > 0 or look.high < 0) for look in found)
            usual += any(abs(_t(one, two)) > 1.96 for one, two in looks)
        assert alarms / 200 <= 0.05
        assert usual / 200 > 0.12

    def test_an_interval_of_money_needs_both_arms_to_vary(self):
        flat = peek_means(Moments.of(np.array([5.0, 0.0])), Moments.of(np.zeros(9)), 20.0, 10.0)
        assert flat == (2.5, None, None, None)


def _spent(draw, size):
    """One in ten buys, for a skewed sum."""
    return np.where(draw.random(size) < 0.1, 40 * np.exp(draw.normal(0, 0.6, size)), 0.0)


def _t(one, two):
    noise = one.var() / len(one) + two.var() / len(two)
    return (one.mean() - two.mean()) / np.sqrt(noise) if noise else 0.0
