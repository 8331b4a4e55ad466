"""Every formula against somebody else's: published tables, statsmodels 0.15 (figures pinned), scipy at run time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reactivate.experiment import bootstrap, compare, cuped, holm, needed_size, newcombe, rate_interval, sample_ratio
from reactivate.experiment.learning import SPREAD_SCALE, shrink
from reactivate.experiment.money import Moments, welch

NEWCOMBE = [
    # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10; contrasts (a) to (h).
    ((56, 70, 48, 80), 0.0524, 0.3339),
    ((9, 10, 3, 10), 0.1705, 0.8090),
    ((6, 7, 2, 7), 0.0582, 0.8062),
    ((5, 56, 0, 29), -0.0381, 0.1926),
    ((0, 10, 0, 20), -0.1611, 0.2775),
    ((0, 10, 0, 10), -0.2775, 0.2775),
    ((10, 10, 0, 20), 0.6791, 1.0000),
    ((10, 10, 0, 10), 0.6075, 1.0000),
]
P_VALUES = [
    # statsmodels.stats.proportion.proportions_ztest.
    ((56, 70, 48, 80), 0.00804508136819656),
    ((9, 10, 3, 10), 0.006169899320544151),
    ((5, 56, 0, 29), 0.09718656817057973),
    ((10, 10, 0, 20), 4.320463057827506e-08),
]


@pytest.mark.parametrize(("counts", "low", "high"), NEWCOMBE)
def test_all_eight_examples_of_newcombe(counts, low, high):
    found = newcombe(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(("counts", "p_value"), P_VALUES)
def test_p_of_rates_is_that_of_statsmodels(counts, p_value):
    assert newcombe(*counts).p_value == pytest.approx(p_value, rel=1e-9)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(1, 400), st.integers(0, 400))
def test_p_of_rates_is_pearsons(n1, x1, n0, x0):
    x1, x0 = min(x1, n1), min(x0, n0)
    if 0 < x1 + x0 < n1 + n0:
        table = [[x1, n1 - x1], [x0, n0 - x0]]
        theirs = stats.chi2_contingency(table, correction=False).pvalue
        assert newcombe(x1, n1, x0, n0).p_value == pytest.approx(theirs, rel=1e-7, abs=1e-12)


@given(st.integers(1, 500), st.integers(0, 500), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_that_of_scipy(n, x, level):
    x = min(x, n)
    theirs = stats.binomtest(x, n).proportion_ci(level, method="wilson")
    assert rate_interval(x, n, level) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_welch_is_that_of_statsmodels():
    # CompareMeans.tconfint_diff and ttest_ind with usevar="unequal".
    left = np.array([3.1, 2.2, 5.9, 4.4, 9.0, 0, 0, 1.5])
    found = welch(Moments.of(left), Moments.of(np.array([1.0, 0, 0, 2.5, 3.0])))
    assert (found.low, found.high) == pytest.approx((-0.825441652653139, 4.750441652653139))
    assert found.p_value == pytest.approx(0.14855285297261026)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_bootstrap_is_that_of_scipy(seed):
    draw = np.random.default_rng(seed)
    left, right = (np.round(draw.lognormal(3, 1, size)) * (draw.random(size) < 0.5) for size in (300, 120))
    theirs = stats.bootstrap((left, right), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=2000,
                             method="percentile", vectorized=True, rng=draw).confidence_interval  # fmt: skip
    ours = bootstrap(left, right)
    scale = theirs.high - theirs.low
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.12 * scale)


@given(st.lists(st.integers(80, 5000), min_size=2, max_size=5))
def test_split_check_is_scipys_chi_square(sizes):
    shares = {str(place): 1 + place for place in range(len(sizes))}
    expected = np.array(list(shares.values())) / sum(shares.values()) * sum(sizes)
    theirs = stats.chisquare(sizes, expected).pvalue
    assert sample_ratio(dict(zip(shares, sizes, strict=True)), shares) == pytest.approx(theirs, rel=1e-7, abs=1e-15)


def test_holm_is_that_of_statsmodels():
    # multipletests(..., method="holm").
    assert holm([0.01, 0.04, 0.03, 0.005, 0.2]) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.2])


def test_shrinking_is_the_posterior_by_numerical_integration():
    lifts, errors = np.array([0.03, 0.01, 0.06, 0.02]), np.array([0.01, 0.008, 0.02, 0.012])

    means = np.linspace(-0.1, 0.15, 301)
    spreads = np.concatenate([np.linspace(1e-6, 0.1, 301), np.linspace(0.1003, 1, 201)])
    width = np.sqrt(errors**2 + spreads[:, None, None] ** 2)
    likelihood = stats.norm.pdf(lifts, means[None, :, None], width).prod(axis=2)
    mass = likelihood * stats.halfcauchy.pdf(spreads, scale=SPREAD_SCALE)[:, None]
    mass *= np.gradient(spreads)[:, None]
    mass /= mass.sum()
    kept = spreads[:, None, None] ** 2 / (spreads[:, None, None] ** 2 + errors**2)
    each = means[None, :, None] + kept * (lifts - means[None, :, None])
    expected = (mass[:, :, None] * each).sum(axis=(0, 1))
    variance = (mass[:, :, None] * (kept * errors**2 + (each - expected) ** 2)).sum(axis=(0, 1))
    found = shrink(lifts, errors)
    assert found.lifts == pytest.approx(expected, abs=2e-4)
    assert found.errors == pytest.approx(np.sqrt(variance), rel=0.02)
    # statsmodels.stats.meta_analysis.combine_effects(..., method_re="chi2") puts the mean at 0.0247.
    assert found.mean == pytest.approx(0.0247, abs=0.002)


def test_cuped_is_regression_on_arm_and_covariate():
    """Deng and others 2013: as good as the regression that holds the covariate constant."""
    draw = np.random.default_rng(8)
    arm = (draw.random(4000) < 0.3).astype(np.int64)
    before = draw.gamma(2, 10, 4000)
    after = 0.7 * before + 1.5 * arm + draw.normal(0, 5, 4000)
    design = np.column_stack([np.ones(4000), arm, before])
    slope = np.linalg.lstsq(design, after, rcond=None)[0]
    values = cuped(after, arm, {"before": before}).values
    ours = welch(Moments.of(values[arm == 1]), Moments.of(values[arm == 0]))
    assert ours.difference == pytest.approx(slope[1], abs=1e-9)
    left = after - design @ slope
    error = np.sqrt(np.linalg.inv(design.T @ design)[1, 1] * (left @ left) / (4000 - 3))
    assert (ours.high - ours.low) / 2 == pytest.approx(1.96 * error, rel=0.01)


@pytest.mark.parametrize(("base", "lift", "held"), [(0.05, 0.02, 0.2), (0.113, 0.03, 0.1), (0.3, -0.05, 0.5)])
def test_power_is_what_simulation_gives(base, lift, held):
    n = needed_size(base, lift, held)
    n0 = round(n * held)
    draw = np.random.default_rng(1)
    came, alone = draw.binomial(n - n0, base + lift, 4000) / (n - n0), draw.binomial(n0, base, 4000) / n0
    error = np.sqrt(came * (1 - came) / (n - n0) + alone * (1 - alone) / n0)
    assert np.mean(np.abs(came - alone) > 1.96 * error) == pytest.approx(0.8, abs=0.03)


def test_an_outcome_without_variance_and_arms_of_one_stay_unsure():
    arm = np.array([0, 1, 1])
    found = compare(arm, ["held", "letter"], 0, {"spend": np.array([5.0, 5.0, 5.0])})[0].outcomes[0]
    assert (found.difference, found.low, found.p_value) == (0.0, None, None)
    assert found.bootstrap is None
