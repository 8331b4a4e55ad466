"""Peeking, shrinking and extra money."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.experiment import always_valid, gain, learned, newcombe, peek, pooled, second_life, shrink, tuning


def false_alarms(looks, tests):
    """Share of tests without any effect in which some look shows one: by `peek`, by the ordinary interval."""
    ours = sum(any(crossed(peek(*look, 0.03)) for look in looks(number)) for number in range(tests))
    usual = sum(any(crossed(newcombe(*look)) for look in looks(number)) for number in range(tests))
    return ours / tests, usual / tests


def crossed(found):
    return found.low > 0 or found.high < 0


def people_come(number):
    """Forty weeks; each week 200 more are written to and 50 left alone, one in ten comes at once."""
    draw = np.random.default_rng([1, number])
    treated, held = np.cumsum(draw.binomial(200, 0.1, 40)), np.cumsum(draw.binomial(50, 0.1, 40))
    return [(int(treated[i]), 200 * (i + 1), int(held[i]), 50 * (i + 1)) for i in range(40)]


def orders_come(number):
    """One campaign of 4,000; those who come by themselves do so on one of 28 days, busier on some by a common season."""
    draw = np.random.default_rng([2, number])
    days = draw.dirichlet(np.full(28, 5.0))
    parts = [np.cumsum(draw.multinomial(draw.binomial(size, 0.1), days)) for size in (3200, 800)]
    return [(int(x1), 3200, int(x0), 800) for x1, x0 in zip(*parts, strict=True)]


class TestPeeking:
    def test_formula_by_hand(self):
        low, high = always_valid(0.02, 100.0, 9.0, 3.0)
        half = np.sqrt(12 * (np.log(4) + 2 * np.log(20))) / 100
        assert (low, high) == pytest.approx((0.02 - half, 0.02 + half))

    def test_equals_johari_where_people_come_one_by_one(self):
        # Eq. 9 of Johari and others: V (V + t2) / t2 (2 ln(1 / alpha) + ln((V + t2) / V)), V of the difference.
        rate, weight, lift = 0.1, 160.0, 0.03
        v, t2 = rate * (1 - rate) / weight, lift**2
        half = np.sqrt(v * (v + t2) / t2 * (2 * np.log(20) + np.log((v + t2) / v)))
        found = always_valid(0.0, weight, weight * rate * (1 - rate), tuning(lift, rate))
        assert found == pytest.approx((-half, half))

    @pytest.mark.parametrize("looks", [people_come, orders_come])
    def test_looks_at_nothing_rarely_find_something(self, looks):
        ours, usual = false_alarms(looks, 300)
        assert ours <= 0.05
        assert usual > 0.15

    def test_a_real_effect_is_seen(self):
        assert peek(700, 5000, 400, 5000, 0.03).low > 0

    def test_first_day_is_not_certain_and_nobody_is_nothing(self):
        first = peek(0, 10, 0, 3, 0.02)
        assert first.low < -0.1 < 0.1 < first.high
        assert peek(0, 10, 0, 0, 0.02) == (None, None, None, None)
        with pytest.raises(ValueError, match="needs people in both arms"):
            always_valid(0.1, 0.0, 1.0, 1.0)
        with pytest.raises(ValueError, match="other than zero"):
            tuning(0.0)


class TestShrinking:
    def test_equal_lifts_become_their_mean(self):
        found = shrink(np.array([0.02, 0.021, 0.019]), np.array([0.01, 0.01, 0.01]))
        assert found.lifts == pytest.approx([0.02] * 3, abs=5e-4)
        # Between what is known when all are the same and what one alone would say.
        assert (found.errors > 0.01 / np.sqrt(3)).all()
        assert (found.errors < 0.01).all()

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


class TestPooled:
    def test_lots_with_other_shares_are_averaged_not_thrown_together(self):
        # Two lots without any effect; thrown together, the larger holdout of the slow month would look like an effect.
        rows = [("a", "ten", 900, 180, 100, 20), ("a", "ten", 500, 25, 500, 25)]
        found = pooled(TestLearned().results(rows)).to_pylist()
        assert found[0]["observed"] == pytest.approx(0.0)
        assert (found[0]["treated"], found[0]["holdout"]) == (1400, 600)
        assert abs(205 / 1400 - 45 / 600) > 0.05

    def test_weights_by_hand(self):
        # n1 n0 / (n1 + n0) is 90 and 250, the differences are 0.02 and 0.03.
        rows = [("a", "ten", 900, 108, 100, 10), ("a", "ten", 500, 40, 500, 25)]
        found = pooled(TestLearned().results(rows)).to_pylist()[0]
        assert found["observed"] == pytest.approx((90 * 0.02 + 250 * 0.03) / 340)

    def test_one_lot_is_itself_and_an_empty_arm_nothing(self):
        rows = [("a", "ten", 900, 108, 100, 10), ("b", "ten", 10, 1, 0, 0)]
        found = pooled(TestLearned().results(rows)).to_pylist()
        assert found[0]["observed"] == pytest.approx(0.02)
        assert (found[1]["observed"], found[1]["error"]) == (None, None)


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

    def test_a_staff_bonus_is_taken_off_the_profit_beside_the_cost(self):
        treated, control = self.arm([18] * 4 + [0] * 4, [1.0] * 8), self.arm([18, 0, 0, 0], [0] * 4)
        plain = gain(treated, control)
        treated["staff_bonus"], control["staff_bonus"] = np.array([0.9] * 4 + [0.0] * 4), np.zeros(4)
        found = gain(treated, control)
        assert plain.staff_bonus is None
        assert (found.staff_bonus, found.cost) == (pytest.approx(3.6), plain.cost)
        assert found.profit == pytest.approx(plain.profit - 3.6)
        assert found.low < found.profit < found.high
        assert found.cost_per_extra == pytest.approx((8 + 3.6) / 2)

    def test_nobody_extra_and_empty_arms(self):
        same = self.arm([18, 0], [0, 0])
        assert gain(same, same).cost_per_extra is None
        assert gain(same, self.arm([], [])) is None

    def test_second_life(self):
        assert second_life(np.array([0, 1, 3, 0]), 3) == [0.5, 0.25, 0.25]
        assert second_life(np.array([])) == []
