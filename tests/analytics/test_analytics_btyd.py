"""The models against the values their authors printed, against closed forms, and against simulated customers."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from analytics.order_builders import TODAY, order, orders, people

from reactivate.analytics.arrays import day_number
from reactivate.analytics.btyd import (
    BG_NBD,
    MBG_NBD,
    PARETO_NBD,
    Patterns,
    count_patterns,
    fit,
    fit_gamma_gamma,
    patterns,
)
from reactivate.analytics.btyd.model import chance_of_order

HERE = Path(__file__).parent / "data"
CDNOW = Path(__file__).parents[2].parent / "shared/data/cdnow"
MODELS = pytest.mark.parametrize("model", [BG_NBD, MBG_NBD, PARETO_NBD], ids=lambda model: model.name)
TYPICAL = {"BG/NBD": (0.243, 4.414, 0.793, 2.426), "MBG/NBD": (0.525, 6.183, 0.891, 1.614),
           "Pareto/NBD": (0.553, 10.578, 0.606, 11.669)}  # fmt: skip


def numbers(name):
    with (HERE / name).open() as file:
        rows = list(csv.reader(file))[1:]
    return np.array(rows, np.int64).T


def cdnow():
    repeats, last, age, customers = numbers("cdnow_patterns.csv")
    return Patterns(repeats, last / 7, age / 7, customers, np.arange(len(repeats)))


def cdnow_orders(file):
    import duckdb

    days = duckdb.sql(
        f"""select dense_rank() over (order by customer_id) - 1 as who, date, sum(dollar_value) as spent
            from '{CDNOW / file}' where date <= '1997-09-30' group by customer_id, date order by 1, 2"""
    ).fetchnumpy()
    return days["who"].astype(np.int64), days["date"].astype("M8[D]").astype(np.int64), days["spent"].astype(float)


# Printed in Fader, Hardie and Lee (2005), Marketing Science 24(2); MBG/NBD: BTYDplus on the same data.
PRINTED = [
    (BG_NBD, (0.243, 4.414, 0.793, 2.426), -9582.4),
    (MBG_NBD, (0.525, 6.183, 0.891, 1.614), -9582.1),
    (PARETO_NBD, (0.553, 10.578, 0.606, 11.669), -9595.0),
]


@pytest.mark.parametrize(("model", "values", "log_likelihood"), PRINTED, ids=["BG/NBD", "MBG/NBD", "Pareto/NBD"])
def test_reproduces_the_published_fit_to_the_printed_digits(model, values, log_likelihood):
    found = fit(model, cdnow())
    assert found.trouble is None
    assert found.customers == 2357
    assert tuple(round(value, 3) for value in found.parameters.values()) == values
    assert round(found.maximum.log_likelihood, 1) == log_likelihood
    for value, (low, high) in zip(values, found.maximum.intervals, strict=True):
        assert low < value < high


def test_reproduces_the_published_gamma_gamma():
    repeats, cents = numbers("cdnow_repeat_sums.csv")
    found = fit_gamma_gamma(repeats, cents / 100 / repeats)
    p, q, gamma = found.maximum.values
    assert (round(p, 2), round(q, 2), round(gamma, 2)) == (6.25, 3.74, 15.44)
    assert found.maximum.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert found.customers == 946
    nothing_known = found.expected_sum(np.array([0]), np.array([np.nan]))
    assert nothing_known[0] == pytest.approx(p * gamma / (q - 1))
    assert round(nothing_known[0], 2) == 35.17


@pytest.mark.shared
@pytest.mark.skipif(not CDNOW.exists(), reason="needs ../shared/data/cdnow")
def test_cdnow_from_its_rows():
    who, day, _ = cdnow_orders("sample.parquet")
    seen = count_patterns(who, day, int(who.max()) + 1, day_number(date(1997, 9, 30)))
    assert np.array_equal(seen.repeats, cdnow().repeats)
    assert np.array_equal(seen.customers, cdnow().customers)
    assert int(seen.customers @ seen.repeats) == 2457


@pytest.mark.shared
@pytest.mark.skipif(not CDNOW.exists(), reason="needs ../shared/data/cdnow")
def test_the_whole_master_file():
    who, day, _ = cdnow_orders("master.parquet")
    found = fit(BG_NBD, count_patterns(who, day, int(who.max()) + 1, day_number(date(1997, 9, 30))))
    assert [round(value, 4) for value in found.parameters.values()] == [0.2516, 4.7889, 0.7234, 2.1611]
    assert round(found.maximum.log_likelihood, 2) == -95368.44


def test_a_worked_example_of_the_authors():
    """Fader and Hardie, "Implementing the BG/NBD model in Excel": x = 2, t_x = 30.43, T = 38.86, t = 39."""
    seen = np.array([2]), np.array([30.43]), np.array([38.86])
    values = np.array([0.24259, 4.41360, 0.79293, 2.42590])
    assert BG_NBD.expected_orders(values, 39.0, *seen)[0] == pytest.approx(1.226, abs=5e-4)


def test_a_worked_example_of_the_btyd_package():
    """BTYD vignette, customer 1516: x = 26, t_x = 30.86, T = 31; 25.46 orders in 52 weeks, 0.9979 alive."""
    seen = np.array([26]), np.array([30.8571]), np.array([31.0])
    values = np.array([0.5534, 10.5802, 0.6061, 11.6562])
    assert PARETO_NBD.expected_orders(values, 52.0, *seen)[0] == pytest.approx(25.46, abs=0.01)
    assert PARETO_NBD.chance_alive(values, *seen)[0] == pytest.approx(0.9979, abs=1e-4)


def test_one_time_buyers_are_not_alive_for_certain():
    once = np.array([0]), np.array([0.0]), np.array([60.0])
    assert BG_NBD.chance_alive(np.array(TYPICAL["BG/NBD"]), *once)[0] == 1  # the trap
    assert 0 < MBG_NBD.chance_alive(np.array(TYPICAL["MBG/NBD"]), *once)[0] < 0.5


@pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.name)
def test_chance_of_an_order_has_a_closed_form(model):
    r, alpha, *_ = values = np.array(TYPICAL[model.name])
    x, last, age = np.array([0, 1, 5, 40]), np.array([0.0, 3.0, 30.0, 38.0]), np.array([39.0, 20.0, 31.0, 38.0])
    closed = model.chance_alive(values, x, last, age) * (1 - ((alpha + age) / (alpha + age + 13)) ** (r + x))
    assert chance_of_order(model, values, 13.0, x, last, age) == pytest.approx(closed)


@MODELS
def test_forecasts_are_sane_for_every_pattern(model):
    x, last, age = (grid.ravel() for grid in np.meshgrid([0, 1, 7, 300, 20_000], [0.0, 1.0, 52.0], [0.0, 53.0, 400.0]))
    fits = (last <= age) & ((x > 0) == (last > 0))
    seen = x[fits], last[fits], age[fits]
    values = np.array(TYPICAL[model.name])
    alive, chance = model.chance_alive(values, *seen), chance_of_order(model, values, 13.0, *seen)
    soon, later = (model.expected_orders(values, weeks, *seen) for weeks in (13.0, 52.0))
    assert np.all((alive >= 0) & (alive <= 1))
    assert np.all((chance >= 0) & (chance <= alive + 1e-9))
    assert np.all(chance <= soon + 1e-9)
    assert np.all(soon <= later + 1e-9)
    assert np.all(np.isfinite(later))


@MODELS
def test_longer_silence_is_never_more_alive(model):
    age = np.linspace(30, 300, 50)
    alive = model.chance_alive(np.array(TYPICAL[model.name]), np.full(50, 4), np.full(50, 30.0), age)
    assert np.all(np.diff(alive) < 0)


@MODELS
def test_a_parameter_at_the_pole_of_the_formula_is_no_trouble(model):
    values = np.array(TYPICAL[model.name])
    around = []
    for third in (0.999, 1.0, 1.001):
        values[2] = third
        around.append(model.expected_orders(values, 13.0, np.array([3]), np.array([10.0]), np.array([20.0]))[0])
    assert around[0] > around[1] > around[2]


def simulated(model, customers, dice, weeks=(20.0, 60.0), after=26.0):
    """Order weeks of customers who follow the model: (patterns, orders in `after` weeks) by plain simulation."""
    r, alpha, third, fourth = TYPICAL[model.name]
    rates = dice.gamma(r, 1 / alpha, customers)
    rows = []
    for rate in rates:
        end = dice.uniform(*weeks)
        life = dice.exponential(1 / dice.gamma(third, 1 / fourth)) if model is PARETO_NBD else np.inf
        leave = 0.0 if model is PARETO_NBD else dice.beta(third, fourth)
        times, now = [], 0.0
        alive = not (model is MBG_NBD and dice.random() < leave)
        while alive:
            now += dice.exponential(1 / rate)
            if now > min(end + after, life):
                break
            times.append(now)
            alive = dice.random() >= leave
        before = [t for t in times if t <= end]
        rows.append((len(before), before[-1] if before else 0.0, end, len(times) - len(before)))
    x, last, age, future = np.array(rows).T
    return Patterns(x.astype(int), last, age, np.ones(customers, int), np.arange(customers)), future


@MODELS
def test_finds_the_parameters_that_made_the_customers(model):
    seen, future = simulated(model, 6000, np.random.default_rng(11))
    found = fit(model, seen)
    assert found.trouble is None
    truth = np.array(TYPICAL[model.name])
    wide = np.array(found.maximum.intervals)
    assert np.sum((wide[:, 0] < truth) & (truth < wide[:, 1])) >= 3
    exact = model.expected_orders(truth, 26.0, seen.repeats, seen.last_weeks, seen.age_weeks)
    assert exact.sum() == pytest.approx(future.sum(), rel=0.06)
    often = seen.repeats > 2
    assert exact[often].sum() == pytest.approx(future[often].sum(), rel=0.15)
    chance = chance_of_order(model, truth, 26.0, seen.repeats, seen.last_weeks, seen.age_weeks)
    assert chance.mean() == pytest.approx((future > 0).mean(), abs=0.02)


def test_too_few_repeaters_say_so():
    found = fit(MBG_NBD, patterns(people("a", "b"), orders(order("a", 9), order("a", 3), order("b", 4)), TODAY))
    assert found.trouble == "only 1 customer came again"
    assert found.customers == 2
    assert (
        fit_gamma_gamma(np.array([2]), np.array([5.0])).maximum.trouble == "only 1 customer came again and left a sum"
    )


def test_orders_without_any_difference_say_so():
    rows = [order(f"p{i}", 10 * k) for i in range(30) for k in range(10)]
    found = fit(MBG_NBD, patterns(people(*(f"p{i}" for i in range(30))), orders(*rows), TODAY))
    assert found.trouble is not None
    assert found.maximum.intervals is None


def test_patterns_count_customers_and_spread_back():
    seen = patterns(
        people("a", "none", "b", "c"), orders(order("a", 9), order("a", 2), order("b", 9), order("c", 9)), TODAY
    )
    assert seen.repeats.tolist() == [0, 1]
    assert seen.customers.tolist() == [2, 1]
    assert (seen.last_weeks * 7).tolist() == [0, 7]
    assert seen.spread(np.array([0.1, 0.2])).to_pylist() == [0.2, None, 0.1, 0.1]
    assert patterns(people("a"), orders(), TODAY).spread(np.array([])).to_pylist() == [None]
