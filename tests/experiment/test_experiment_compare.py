"""Welch, bootstrap, CUPED, Holm and arms against a control."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reactivate.experiment import compare, cuped, family_level, holm
from reactivate.experiment.money import Moments, bootstrap, welch

NUMBERS = st.lists(st.floats(-1000, 1000).map(lambda x: round(x, 2)), min_size=2, max_size=40)


class TestWelch:
    @given(NUMBERS, NUMBERS)
    def test_agrees_with_scipy(self, left, right):
        left, right = np.array(left), np.array(right)
        if min(left.var(), right.var()) < 1e-6:
            return
        ours = welch(Moments.of(left), Moments.of(right))
        theirs = stats.ttest_ind(left, right, equal_var=False)
        low, high = theirs.confidence_interval()
        assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-6, abs=1e-12)
        assert (ours.low, ours.high) == pytest.approx((low, high), rel=1e-6, abs=1e-9)

    def test_arms_of_one_and_nobody_and_nothing_that_varies(self):
        one, two, none = (Moments.of(np.array(x, dtype=float)) for x in ([5], [1, 3], []))
        assert welch(one, two) == (3.0, None, None, None)
        assert welch(none, two) == (None, None, None, None)
        flat = Moments.of(np.array([2.0, 2.0]))
        assert welch(flat, flat) == (0.0, None, None, None)


class TestBootstrap:
    def test_close_to_welch_where_welch_is_right(self):
        draw = np.random.default_rng(3)
        left, right = draw.normal(10, 3, 4000), draw.normal(9.5, 3, 1000)
        ours, theirs = bootstrap(left, right), welch(Moments.of(left), Moments.of(right))
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)

    def test_same_seed_same_answer(self):
        left, right = np.arange(50.0), np.arange(20.0)
        assert bootstrap(left, right, seed=1) == bootstrap(left, right, seed=1)
        assert bootstrap(left, right, seed=1) != bootstrap(left, right, seed=2)

    def test_many_different_values_mean_fewer_draws(self):
        values = np.arange(60_000.0)
        assert bootstrap(values, values).draws == 166
        assert bootstrap(np.array([]), values) is None


class TestCuped:
    def test_smaller_variance_same_mean(self):
        draw = np.random.default_rng(5)
        before = draw.gamma(2, 10, 5000)
        arm = (draw.random(5000) < 0.2).astype(np.int64)
        after = before * 0.8 + 2.0 * arm + draw.normal(0, 4, 5000)
        found = cuped(after, arm, {"before": before})
        assert found.variance_reduction == pytest.approx(
            np.corrcoef(before[arm == 0], after[arm == 0])[0, 1] ** 2, abs=0.02
        )
        assert found.values.mean() == pytest.approx(after.mean())
        plain = welch(Moments.of(after[arm == 1]), Moments.of(after[arm == 0]))
        better = welch(Moments.of(found.values[arm == 1]), Moments.of(found.values[arm == 0]))
        assert better.high - better.low < 0.6 * (plain.high - plain.low)
        assert better.low < 2.0 < better.high

    def test_missing_and_constant_covariates(self):
        arm, outcome = np.array([0, 0, 1, 1]), np.array([1.0, 2, 3, 5])
        assert cuped(outcome, arm, {"same": np.full(4, 7.0)}) is None
        assert cuped(outcome, arm, {"unknown": np.full(4, np.nan)}) is None
        assert cuped(outcome, arm, {"some": np.array([1, np.nan, 2, 4.0])}).used == ("some",)


class TestHolm:
    def test_published_example(self):
        # Four p values: 0.01, 0.04, 0.03, 0.005 give 0.03, 0.06, 0.06, 0.02.
        assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    def test_unknown_ones_are_not_counted(self):
        assert holm([None, 0.04, None]) == [None, 0.04, None]
        assert holm([]) == []

    def test_level_of_a_family(self):
        assert family_level(5) == pytest.approx(0.99)
        assert family_level(0) == pytest.approx(0.95)


class TestCompare:
    def test_arms_in_order_without_the_control(self):
        arm = np.array([0, 1, 2] * 50)
        visit = np.array([0.0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0] * 10)
        spend = np.where(visit > 0, 9.5, 0) + arm
        found = compare(arm, ["b", "none", "a"], 1, {"visit": visit, "spend": spend})
        assert [(item.arm, item.n) for item in found] == [("b", 50), ("a", 50)]
        visits, money = found[0].outcomes
        assert (visits.method, money.method) == ("newcombe", "welch")
        assert visits.difference == pytest.approx(visits.treated - visits.control)
        assert (visits.bootstrap, money.bootstrap.draws) == (None, 10_000)
        assert visits.adjusted.comparisons == 4
        assert visits.adjusted.low < visits.low < visits.high < visits.adjusted.high
        assert visits.adjusted.p_value >= visits.p_value

    def test_people_without_a_value_count_in_no_mean(self):
        arm = np.array([0, 0, 0, 1, 1, 1])
        found = compare(arm, ["control", "letter"], 0, {"spend": np.array([1.0, 2, np.nan, 4, 5, 9])})[0]
        assert (found.n, found.outcomes[0].n, found.outcomes[0].control_n, found.outcomes[0].control) == (3, 3, 2, 1.5)

    def test_arms_of_one_and_outcomes_nobody_has(self):
        arm = np.array([0, 1])
        found = compare(arm, ["control", "letter"], 0, {"x": np.array([1.5, 2.5]), "y": np.full(2, np.nan)})
        assert found[0].outcomes[0].difference == 1.0
        assert found[0].outcomes[0].p_value is None
        assert found[0].outcomes[1].difference is None
        assert found[0].outcomes[0].adjusted.p_value is None
