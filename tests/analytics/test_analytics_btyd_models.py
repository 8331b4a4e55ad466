"""Each model against its own definition: unseen rates integrated out number by number, no Gauss function in sight."""

import math
from itertools import pairwise

import numpy as np
import pytest
from analytics.test_analytics_btyd import cdnow, numbers
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta as beta_law
from scipy.stats import gamma as gamma_law

from reactivate.analytics.btyd import Patterns, fit, fit_gamma_gamma
from reactivate.analytics.btyd.betageometric import BG_NBD, MBG_NBD
from reactivate.analytics.btyd.gammagamma import GammaGamma
from reactivate.analytics.btyd.nbd import NBD
from reactivate.analytics.btyd.pareto import PARETO_NBD
from reactivate.analytics.btyd.search import Maximum

SEEN = [(0, 0.0, 20.0), (0, 0.0, 0.0), (1, 5.0, 30.0), (3, 29.0, 29.0), (7, 10.0, 50.0), (20, 38.0, 40.0)]
SHAPES = [(0.243, 4.414, 0.793, 2.426), (1.7, 9.0, 2.2, 5.0), (0.6, 12.0, 0.4, 0.9)]
EACH = pytest.mark.parametrize("seen", SEEN, ids=str)
SHAPE = pytest.mark.parametrize("values", SHAPES, ids=str)
MODELS = pytest.mark.parametrize("model", [NBD, BG_NBD, MBG_NBD, PARETO_NBD], ids=lambda model: model.name)


def arrays(*seen):
    x, last, age = zip(*seen, strict=True)
    return np.array(x), np.array(last), np.array(age)


def bought(r, alpha, x, until):
    """The chance density of x orders at given moments up to `until`, the rate being gamma(r, alpha): integrated."""
    law = gamma_law(r, scale=1 / alpha)
    edges = [0.0, *law.ppf([0.5, 0.999]), law.ppf(0.999) * 3 + (x + 5) / (until + 1)]
    steps = pairwise(edges)
    return sum(
        quad(lambda rate: law.pdf(rate) * rate**x * math.exp(-rate * until), *step, limit=200)[0] for step in steps
    )


def beta_mean(a, b, value):
    """Over the quantiles, where a density without bound at 0 or 1 does no harm."""
    law = beta_law(a, b)
    low = law.cdf(1e-12)
    edges = [low, *(mass for mass in (1e-3, 0.05, 0.5, 0.95) if mass > low), 1.0]
    inner = sum(quad(lambda u: value(law.ppf(u)), *step, limit=200)[0] for step in pairwise(edges))
    return inner + low * value(1e-12)


def stays_and_left(values, seen, after_first):
    """The two ways to have shown this pattern: still here, and gone after the last order."""
    (r, alpha, a, b), (x, last, age) = values, seen
    times = x + after_first
    here = beta_mean(a, b, lambda p: (1 - p) ** times) * bought(r, alpha, x, age)
    left = beta_mean(a, b, lambda p: p * (1 - p) ** (times - 1)) * bought(r, alpha, x, last) if times else 0.0
    return here, left


def pareto(values, seen):
    (r, alpha, s, beta), (x, last, age) = values, seen
    known = math.gamma(r + x) / math.gamma(r) * alpha**r
    here = known * (beta / (beta + age)) ** s * (alpha + age) ** -(r + x)
    leaving = lambda at: s / beta * (beta / (beta + at)) ** (s + 1) * (alpha + at) ** -(r + x)  # noqa: E731
    return here, known * quad(leaving, last, age, epsabs=0, limit=200)[0]


@EACH
@pytest.mark.parametrize("values", [shape[:2] for shape in SHAPES], ids=str)
def test_nbd_is_a_poisson_process_of_gamma_rates(values, seen):
    x, _, age = seen
    found = NBD.log_likelihood(np.array(values), *arrays(seen))[0]
    assert found == pytest.approx(math.log(bought(*values, x, age)), abs=1e-6)
    more = bought(*values, x + 1, age) / bought(*values, x, age)
    assert NBD.expected_orders(np.array(values), 12.0, *arrays(seen))[0] == pytest.approx(12 * more, rel=1e-6)
    assert NBD.chance_alive(np.array(values), *arrays(seen)) == [1]


@EACH
@SHAPE
@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
def test_beta_geometric_customers_leave_after_an_order(model, values, seen):
    here, left = stays_and_left(values, seen, model.leaves_after_first)
    at = (np.array(values), *arrays(seen))
    assert model.log_likelihood(*at)[0] == pytest.approx(math.log(here + left), abs=1e-5)
    assert model.chance_alive(*at)[0] == pytest.approx(here / (here + left), abs=1e-6)


@EACH
@SHAPE
@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
def test_beta_geometric_orders_to_come(model, values, seen):
    """Whoever is here and leaves with chance p after each order places (1 - exp(-rate p t)) / p orders in t."""
    (r, alpha, a, b), (x, _, age) = values, seen
    times, weeks = x + model.leaves_after_first, 13.0
    known = math.gamma(r + x) / math.gamma(r) * alpha**r
    of_p = lambda p: (  # noqa: E731
        (1 - p) ** times / p * (alpha + age) ** -(r + x) * -math.expm1(-(r + x) * math.log1p(p * weeks / (alpha + age)))
    )
    wanted = known * beta_mean(a, b, of_p) / sum(stays_and_left(values, seen, model.leaves_after_first))
    found = model.expected_orders(np.array(values), weeks, *arrays(seen))[0]
    assert found == pytest.approx(wanted, rel=1e-4)


@EACH
@SHAPE
def test_pareto_customers_leave_at_an_unseen_moment(values, seen):
    here, left = pareto(values, seen)
    at = (np.array(values), *arrays(seen))
    assert PARETO_NBD.log_likelihood(*at)[0] == pytest.approx(math.log(here + left), abs=1e-8)
    assert PARETO_NBD.chance_alive(*at)[0] == pytest.approx(here / (here + left), abs=1e-8)


@EACH
@SHAPE
def test_pareto_orders_to_come(values, seen):
    """The rate of somebody with one order more, as long as he has not left."""
    (r, alpha, s, beta), (x, _, age) = values, seen
    rate = math.gamma(r + x + 1) / math.gamma(r) * alpha**r * (alpha + age) ** -(r + x + 1)
    stays = quad(lambda later: (beta / (beta + age + later)) ** s, 0, 13.0)[0]
    wanted = rate * stays / sum(pareto(values, seen))
    assert PARETO_NBD.expected_orders(np.array(values), 13.0, *arrays(seen))[0] == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("x", [1, 3, 40])
@pytest.mark.parametrize("values", [(6.25, 3.74, 15.44), (0.8, 2.1, 30.0)], ids=str)
def test_gamma_gamma_is_a_gamma_mean_of_gamma_scales(values, x):
    p, q, gamma = values
    mean = 35.0
    prior = gamma_law(q, scale=1 / gamma)
    shown = lambda v: prior.pdf(v) * gamma_law(p * x, scale=1 / (v * x)).pdf(mean)  # noqa: E731
    edges = [1e-9, *prior.ppf([0.2, 0.6, 0.95, 0.9999]), prior.ppf(0.9999) * 4]
    whole, worth = (
        sum(quad(f, *step, limit=300)[0] for step in pairwise(edges)) for f in (shown, lambda v: shown(v) * p / v)
    )
    model = GammaGamma(Maximum(np.array(values), None, 0.0, None), 1)
    assert model.expected_sum(np.array([x]), np.array([mean]))[0] == pytest.approx(worth / whole, rel=1e-5)


def test_gamma_gamma_finds_the_top_of_its_own_definition():
    repeats, cents = numbers("cdnow_repeat_sums.csv")
    x, m = repeats, cents / 100 / repeats
    found = fit_gamma_gamma(x, m).maximum

    def log_likelihood(p, q, gamma):
        parts = [
            math.lgamma(p * n + q) - math.lgamma(p * n) - math.lgamma(q) + q * math.log(gamma)
            + (p * n - 1) * math.log(mean) + p * n * math.log(n) - (p * n + q) * math.log(gamma + n * mean)
            for n, mean in zip(x.tolist(), m.tolist(), strict=True)
        ]  # fmt: skip
        return math.fsum(parts)

    top = log_likelihood(*found.values)
    assert found.log_likelihood == pytest.approx(top, abs=1e-6)
    for at in range(3):
        for factor in (0.97, 1.03):
            aside = found.values.copy()
            aside[at] *= factor
            assert log_likelihood(*aside) < top


@MODELS
def test_the_slope_at_the_top_is_none_by_finite_differences(model):
    seen = cdnow()
    values = fit(model, seen).maximum.values
    total = lambda logs: float(  # noqa: E731
        seen.customers @ model.log_likelihood(np.exp(logs), seen.repeats, seen.last_weeks, seen.age_weeks)
    )
    for step in np.eye(len(values)) * 1e-4:
        slope = (total(np.log(values) + step) - total(np.log(values) - step)) / 2e-4
        assert abs(slope) < 0.05  # of a log-likelihood of 9,600


@MODELS
@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_customers_means_nothing(model, random):
    seen = cdnow()
    place = list(range(len(seen.repeats)))
    random.shuffle(place)
    values = np.array((0.6, 9.0, 0.7, 2.2)[: len(model.parameters)])
    columns = seen.repeats, seen.last_weeks, seen.age_weeks
    mixed = [column[place] for column in columns]
    for measure in (model.log_likelihood, model.chance_alive):
        assert np.array_equal(measure(values, *mixed), measure(values, *columns)[place])
    ahead = model.expected_orders(values, 13.0, *columns)
    assert np.array_equal(model.expected_orders(values, 13.0, *mixed), ahead[place])


@MODELS
def test_counted_patterns_fit_as_single_customers_do(model):
    seen = cdnow()
    few = slice(None, None, 9)
    rows = np.repeat(np.arange(len(seen.repeats))[few], seen.customers[few])
    one_each = np.ones(len(rows), np.int64)
    columns = seen.repeats, seen.last_weeks, seen.age_weeks
    counted = Patterns(*(column[few] for column in columns), seen.customers[few], rows)
    single = Patterns(*(column[rows] for column in columns), one_each, rows)
    assert fit(model, counted).maximum.values == pytest.approx(fit(model, single).maximum.values, rel=1e-4)
