"""The check of the split where few were assigned: exact, so that a fair lot is stopped once in a thousand times."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, multinomial

from reactivate.experiment import STOP_BELOW, exact_split, sample_ratio
from reactivate.stages.split_check import split_of


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.floats(0.01, 0.99), st.data())
def test_one_lot_is_the_binomial_test(people, share, data):
    held = data.draw(st.integers(0, people))
    assert exact_split([(people, share)], held) == pytest.approx(binomtest(held, people, share).pvalue, abs=1e-9)


def test_lots_of_different_shares_are_added_up():
    chances = [sum(binom.pmf(one, 5, 0.1) * binom.pmf(held - one, 7, 0.5) for one in range(6)) for held in range(13)]
    for held, chance in enumerate(chances):
        wanted = sum(other for other in chances if other <= chance * (1 + 1e-7))
        assert exact_split([(5, 0.1), (7, 0.5)], held) == pytest.approx(wanted)


@pytest.mark.parametrize("people", [1, 2, 3, 4, 7, 10, 40, 200, 3000])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_a_fair_lot_is_stopped_at_most_once_in_a_thousand_times(people, share):
    held = np.arange(people + 1)
    chances = binom.pmf(held, people, share)
    likely = held[chances > 1e-7]
    stopped = [not split_of([({"treated": people - one, "holdout": one}, share)]).good for one in likely.tolist()]
    assert chances[likely][np.array(stopped)].sum() <= STOP_BELOW


def test_two_households_left_alone_are_bad_luck_and_ten_are_not():
    assert split_of([({"treated": 0, "holdout": 2}, 0.1)]).p_value == pytest.approx(0.01)
    assert not split_of([({"treated": 0, "holdout": 10}, 0.1)]).good


class TestSampleRatio:
    def test_few_in_two_arms_are_counted(self):
        found = sample_ratio({"letter": 3, "held": 2}, {"letter": 90, "held": 10})
        assert found == pytest.approx(binomtest(2, 5, 0.1).pvalue)

    def test_few_in_three_arms_are_drawn(self):
        shares, seen = (0.8, 0.1, 0.1), (2, 3, 1)
        expected = 6 * np.array(shares)
        lots = [(a, b, 6 - a - b) for a in range(7) for b in range(7 - a)]
        far = {lot: ((np.array(lot) - expected) ** 2 / expected).sum() for lot in lots}
        exact = sum(multinomial.pmf(lot, 6, shares) for lot in lots if far[lot] >= far[seen] - 1e-9)
        counts, told = ({"letter": a, "sms": b, "held": c} for a, b, c in (seen, shares))
        assert sample_ratio(counts, told) == pytest.approx(exact, rel=0.1)

    def test_a_lot_that_cannot_be_is_never(self):
        assert sample_ratio({"letter": 0, "held": 40_000}, {"letter": 0.9999, "held": 0.0001}) < 1e-9
