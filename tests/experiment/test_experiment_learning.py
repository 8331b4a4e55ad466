"""Peeking, shrinking and extra money."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.experiment import always_valid, gain, learned, newcombe, peek, second_life, shrink


class TestPeeking:
    def test_formula_by_hand(self):
        low, high = always_valid(0.02, 0.01, 0.02)
        half = np.sqrt(1e-4 * 5e-4 / 4e-4 * (2 * np.log(20) + np.log(5)))
        assert (low, high) == pytest.approx((0.02 - half, 0.02 + half))

    def test_daily_looks_at_nothing_rarely_find_something(self):
        """300 tests without any effect, 40 looks each: the ordinary interval cries wolf, ours does not."""
        draw = np.random.default_rng(17)
        false, naive = 0, 0
        for _ in range(300):
            treated, held = np.cumsum(draw.binomial(200, 0.1, 40)), np.cumsum(draw.binomial(50, 0.1, 40))
            looks = [(int(treated[i]), 200 * (i + 1), int(held[i]), 50 * (i + 1)) for i in range(40)]
            ours, usual = ([f(*look) for look in looks] for f in (lambda *x: peek(*x, 0.02), newcombe))
            false += any(found.low > 0 or found.high < 0 for found in ours)
            naive += any(found.low > 0 or found.high < 0 for found in usual)
        assert false / 300 <= 0.05
        assert naive / 300 > 0.15

    def test_a_real_effect_is_seen(self):
        assert peek(700, 5000, 400, 5000, 0.03).low > 0

    def test_first_day_is_not_certain_and_nobody_is_nothing(self):
        first = peek(0, 10, 0, 3, 0.02)
        assert first.low < -0.1 < 0.1 < first.high
        assert peek(0, 10, 0, 0, 0.02) == (None, None, None, None)
        with pytest.raises(ValueError, match="needs a standard error above zero"):
            always_valid(0.1, 0.0, 0.02)


class TestShrinking:
    def test_equal_lifts_become_their_mean(self):
        found = shrink(np.array([0.02, 0.021, 0.019]), np.array([0.01, 0.01, 0.01]))
        assert found.lifts == pytest.approx([0.02] * 3)
        assert found.errors == pytest.approx([0.01 / np.sqrt(3)] * 3)

    def test_the_noisy_one_moves_furthest(self):
        lifts, errors = np.array([0.0, 0.05, 0.10]), np.array([0.002, 0.002, 0.03])
        found = shrink(lifts, errors)
        moved = np.abs(found.lifts - lifts)
        assert moved[2] > 10 * max(moved[:2])
        assert (found.lifts >= 0).all()

    def test_shrunk_lifts_are_nearer_to_the_truth(self):
        draw = np.random.default_rng(4)
        plain, better = 0.0, 0.0
        for _ in range(200):
            truth = draw.normal(0.03, 0.01, 8)
            errors = draw.uniform(0.005, 0.03, 8)
            seen = draw.normal(truth, errors)
            plain += ((seen - truth) ** 2).sum()
            better += ((shrink(seen, errors).lifts - truth) ** 2).sum()
        assert better < 0.5 * plain

    def test_one_group_stays(self):
        found = shrink(np.array([0.02]), np.array([0.01]))
        assert (found.lifts.tolist(), found.errors.tolist()) == ([0.02], [0.01])


class TestLearned:
    def results(self, rows):
        names = ("segment", "offer", "treated", "treated_reached", "holdout", "holdout_reached")
        types = (pa.string(), pa.string(), *[pa.int64()] * 4)
        columns = list(zip(*rows, strict=True)) or [[]] * 6
        return pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names)

    def test_lift_low_end_and_warning(self):
        found = learned(
            self.results([("a", "ten", 4000, 480, 1000, 100), ("b", "ten", 300, 30, 100, 4), ("c", "ten", 50, 5, 0, 0)])
        ).to_pylist()
        assert found[0]["observed"] == pytest.approx(0.02)
        assert found[0]["lift_low"] < found[0]["lift"]
        assert found[1]["lift"] < found[1]["observed"]
        assert [row["few"] for row in found] == [False, True, True]
        assert found[2]["lift"] is None

    def test_nobody(self):
        assert learned(self.results([])).num_rows == 0


class TestGain:
    def arm(self, margins, costs, revenue=None):
        margin = np.array(margins, dtype=float)
        came = (margin > 0).astype(float)
        return {
            "margin": margin,
            "cost": np.array(costs, dtype=float),
            "came": came,
            "revenue": margin * 2.5 if revenue is None else revenue,
        }

    def test_by_hand(self):
        # Eight treated, four bought; four held out, one bought: two extra of eight.
        found = gain(self.arm([18] * 4 + [0] * 4, [21.01] * 4 + [0.01] * 4), self.arm([18, 0, 0, 0], [0] * 4))
        assert (found.people, found.margin, found.revenue, found.extra_customers) == (8, 36, 90, 2)
        assert found.cost == pytest.approx(84.08)
        assert found.profit == pytest.approx(36 - 84.08)
        assert found.cost_per_extra == pytest.approx(42.04)
        assert found.low < found.profit < found.high

    def test_nobody_extra_and_empty_arms(self):
        same = self.arm([18, 0], [0, 0])
        assert gain(same, same).cost_per_extra is None
        assert gain(same, self.arm([], [])) is None

    def test_second_life(self):
        assert second_life(np.array([0, 1, 3, 0]), 3) == [0.5, 0.25, 0.25]
        assert second_life(np.array([])) == []
