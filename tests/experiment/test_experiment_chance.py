"""The chance that a test shows its lift, against a count by hand and against draws of lots."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from reactivate.experiment import cannot_tell, chance_to_see, counted_size, needed_size, newcombe
from reactivate.experiment.power import held_out


def by_hand(people, base, lift, share):
    """Every outcome of both arms, judged by the interval that `lift` prints."""
    alone = held_out(people, share)
    treated = people - alone
    chance = 0.0
    for x in range(treated + 1):
        for y in range(alone + 1):
            found = newcombe(x, treated, y, alone)
            if found.low > 0 if lift > 0 else found.high < 0:
                chance += binom.pmf(x, treated, base + lift) * binom.pmf(y, alone, base)
    return chance


class TestAgainstACountByHand:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(2, 40), st.integers(0, 10), st.integers(0, 10), st.sampled_from([0.1, 0.3, 0.5, 0.9]))
    def test_every_size_and_rate(self, people, base, treated, share):
        base, lift = base / 10, (treated - base) / 10
        if lift:
            assert chance_to_see(people, base, lift, share) == pytest.approx(
                by_hand(people, base, lift, share), abs=1e-9
            )

    def test_draws_of_lots_come_to_the_same(self):
        draw = np.random.default_rng(5)
        seen = [newcombe(draw.binomial(5006, 0.07), 5006, draw.binomial(1251, 0.05), 1251).low > 0 for _ in range(4000)]
        assert chance_to_see(6257, 0.05, 0.02, 0.2) == pytest.approx(np.mean(seen), abs=0.025)

    def test_too_many_to_count_is_not_known(self):
        assert chance_to_see(30_000_000, 0.05, 0.02, 0.1) is None
        assert counted_size(0.05, 0.00001, 0.1) is None
        assert chance_to_see(1, 0.05, 0.02, 0.1) is None


@pytest.mark.parametrize(
    ("base", "lift", "share"),
    [(0.05, 0.02, 0.2), (0.0, 0.02, 0.1), (0.02, 0.18, 0.1), (0.5, -0.4, 0.1), (1.0, -0.1, 0.5)],
)
def test_the_counted_size_is_where_the_chance_crosses(base, lift, share):
    size = counted_size(base, lift, share)
    assert chance_to_see(size, base, lift, share) >= 0.8 > chance_to_see(size - 1, base, lift, share)


def test_the_formula_promises_too_much_of_a_small_holdout():
    assert [
        round(chance_to_see(needed_size(0.05, 0.02, share), 0.05, 0.02, share), 2) for share in (0.1, 0.2, 0.5)
    ] == [
        0.72,
        0.74,
        0.80,
    ]


class TestCannotTell:
    def test_says_so_where_nine_people_left_alone_would_show_nothing(self):
        assert cannot_tell(100, 0.02, 0.1, 0.18) == (
            "this test cannot tell: 10 of 100 people left alone are too few; "
            "18.0 points are expected, and 1% of such tests would show them"
        )

    def test_is_silent_where_most_tests_would_show_it(self):
        assert cannot_tell(10_740, 0.05, 0.1, 0.02) is None


class TestCommand:
    def power(self, call, *arguments):
        code, out, err = call("power", *arguments, "--format", "json")
        assert code == 0, err
        return json.loads(out)

    def test_both_sizes_stand_side_by_side(self, call):
        found = self.power(call, "--base", "5%", "--lift", "2pp", "--holdout", "20%", "--people", "4000")
        assert (found["needed"], found["needed_counted"], found["needed_counted_holdout"]) == (6257, 7155, 1431)
        assert found["needed_chance"] == pytest.approx(chance_to_see(6257, 0.05, 0.02, 0.2))
        assert found["people_chance"] == pytest.approx(chance_to_see(4000, 0.05, 0.02, 0.2))
        assert "Counted exactly, 74% of tests of that size would show it" in found["said"][1]

    def test_nobody_is_told_to_leave_nobody_alone(self, call):
        found = self.power(call, "--base", "0%", "--lift", "100pp")
        assert (found["needed_treated"], found["needed_holdout"]) == (1, 1)

    def test_a_loss_that_most_tests_show_is_not_called_hopeless(self, call):
        said = " ".join(self.power(call, "--base", "5%", "--lift=-3pp", "--people", "3000")["said"])
        assert "would show -3.0pp" in said
        assert "cannot tell" not in said
