"""What an order day is worth when no model can be fitted: own means lean on the base by how much sums scatter."""

import numpy as np
import pytest
from analytics.order_builders import TODAY, order, orders, people

from reactivate.analytics.btyd import fit_gamma_gamma
from reactivate.analytics.history import read_history
from reactivate.analytics.ordersums import DaySums, credible_mean, day_sums, expected_sum, kept_share, orders_per_day


def history(*rows, who=("a", "b", "c")):
    found = read_history(people(*who), orders(*rows), TODAY)
    return found.where(found.is_order)


def drawn(persons=400, days=4, between=20.0, within=10.0, seed=5):
    """Means of persons scatter by `between`, sums of a person by `within`; and the true means."""
    dice = np.random.default_rng(seed)
    count = dice.integers(1, 2 * days, persons)
    true = 100 + between * dice.standard_normal(persons)
    sums = [true[i] + within * dice.standard_normal(n) for i, n in enumerate(count)]
    mean = np.array([one.mean() for one in sums])
    return DaySums(count, mean, np.array([((one - one.mean()) ** 2).sum() for one in sums])), true


def test_sums_of_a_day_are_taken_together():
    found = day_sums(history(order("a", 5, 10), order("a", 5, 20), order("a", 3, 50), order("b", 1)), first_day=True)
    assert found.days.tolist() == [2, 1, 0]
    assert found.mean.tolist() == [40.0, 100.0, 0.0]
    assert found.squares.tolist() == [200.0, 0.0, 0.0]
    again = day_sums(history(order("a", 5, 10), order("a", 5, 20), order("a", 3, 50), order("b", 1)), first_day=False)
    assert (again.days.tolist(), again.mean.tolist()) == ([1, 0, 0], [50.0, 0.0, 0.0])


def test_the_weight_is_what_the_scatter_says():
    """Variances 400 between and 100 within: an own mean of n days counts n / (n + 1/4)."""
    seen, _ = drawn(persons=20_000)
    found = credible_mean(seen)
    one = np.flatnonzero(seen.days == 1)
    slope = np.polyfit(seen.mean[one], found[one], 1)[0]
    assert slope == pytest.approx(1 / 1.25, abs=0.02)


def test_it_is_nearer_to_the_truth_than_the_own_mean_and_than_the_base():
    seen, true = drawn(between=10.0, within=30.0)
    miss = {
        name: float(np.mean((guess - true) ** 2))
        for name, guess in {"ours": credible_mean(seen), "own": seen.mean, "base": np.full(400, 100.0)}.items()
    }
    assert miss["ours"] < 0.8 * miss["base"] < miss["own"]


def test_means_that_differ_by_chance_alone_are_the_base():
    seen, _ = drawn(between=0.0, within=30.0, seed=8)
    found = credible_mean(seen)
    assert np.ptp(found) < 0.15 * np.ptp(seen.mean)


@pytest.mark.parametrize(
    ("days", "mean", "squares", "wanted"),
    [
        ([0, 0], [0, 0], [0, 0], [np.nan, np.nan]),
        ([1, 0], [60.0, 0], [0, 0], [60.0, 60.0]),
        ([1, 1, 0], [40.0, 80.0, 0], [0, 0, 0], [60 - 20 / 6, 60 + 20 / 6, 60]),  # five days of the base
        ([3, 3, 0], [40.0, 80.0, 0], [0, 0, 0], [40.0, 80.0, 60.0]),  # nobody ever varies: the own mean is sure
        ([2, 2, 0], [60.0, 60.0, 0], [50, 50, 0], [60.0, 60.0, 60.0]),
    ],
)
def test_edges(days, mean, squares, wanted):
    found = credible_mean(DaySums(np.array(days), np.array(mean, float), np.array(squares, float)))
    assert found == pytest.approx(np.array(wanted), nan_ok=True, abs=1e-6)


def test_it_stands_in_when_gamma_gamma_cannot_be_fitted():
    bought = history(order("a", 9, 1000), order("b", 8, 20), order("b", 5, 22), order("b", 2, 18))
    fitted = fit_gamma_gamma(np.array([2]), np.array([20.0]))
    assert fitted.maximum.trouble
    found = expected_sum(bought, fitted)
    assert 20 < found[1] < found[2] < found[0] < 1000


def test_orders_of_a_day_and_what_is_kept_lean_on_the_base():
    rows = [order("a", 5, 10), order("a", 5, 10, order_id="x"), order("b", 4, 10), order("b", 3, -10)]
    found = read_history(people("a", "b", "c"), orders(*rows), TODAY)
    a, b, c = orders_per_day(found.where(found.is_order))
    assert c == pytest.approx(1.5)
    assert 2 > a > c > b > 1
    a, b, c = kept_share(found)
    assert c == pytest.approx(1 - 10 / 30)
    assert a > c > b > 0
