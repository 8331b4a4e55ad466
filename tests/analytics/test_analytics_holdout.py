import json
import random
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, order, orders, people
from click.testing import CliRunner

from reactivate.analytics.forecast import forecast
from reactivate.analytics.holdout import Holdout, corrected, holdout, with_correction
from reactivate.cli.forecast import command

OPTIONS = ["--customer", "id", "--at", "date", "--amount", "sum"]


def rows(customers=300, seed=4):
    dice, found = random.Random(seed), []
    for i in range(customers):
        day, pace, stays = dice.randrange(400), dice.gammavariate(1.2, 40) + 3, dice.random() * 0.4
        while day < 540:
            found.append((f"c{i:04}", date(2025, 1, 1) + timedelta(days=day), round(dice.gammavariate(4, 9), 2)))
            day += int(dice.expovariate(1 / pace)) + 1
            if dice.random() < stays:
                break
    return found


ROWS = rows()
PEOPLE = people(*sorted({who for who, *_ in ROWS}))
ORDERS = orders(*(order(who, (TODAY - day).days, amount) for who, day, amount in ROWS))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("id,date,sum\n" + "".join(f"{who},{day},{amount}\n" for who, day, amount in ROWS))
    return path


def test_truth_and_naive_rule_by_hand():
    table = orders(
        order("a", 200), order("a", 100), order("a", 10), order("b", 150), order("c", 20), order("c", 95, -5)
    )
    made = holdout(people("a", "b", "c", "nobody"), table, until=TODAY, within_days=90)
    assert made.as_of == TODAY - timedelta(days=90)
    assert made.customers == 2  # c had only returned something by then
    assert made.came.tolist() == [True, False]
    assert made.orders.tolist() == [1, 0]
    assert made.before.tolist() == [2, 1]
    assert made.chance["naive"].tolist() == [1.0, 1.0]
    assert made.totals()["orders"]["truth"] == 1
    assert made.errors()["naive"]["brier"] == 0.5


def test_the_forecast_knows_nothing_of_the_days_held_out():
    made = holdout(PEOPLE, ORDERS, until=TODAY)
    then = TODAY - timedelta(days=90)
    alone = forecast(PEOPLE, ORDERS.filter(pa.compute.less_equal(ORDERS["ordered_on"], then)), as_of=then)
    assert made.totals()["orders"]["model"] == pytest.approx(pa.compute.sum(alone.table["expected_orders"]).as_py())


def test_groups_hold_everybody_once():
    made = holdout(PEOPLE, ORDERS, until=TODAY)
    for groups in (made.by_frequency(), made.calibration(), made.calibration("history")):
        assert sum(group["customers"] for group in groups) == made.customers
    assert sum(group["returned"] for group in made.by_frequency()) == int(made.came.sum())
    forecasts = [group["forecast"] for group in made.calibration()]
    assert forecasts == sorted(forecasts)


def test_the_model_beats_the_naive_rule_on_customers_who_follow_it():
    errors = holdout(PEOPLE, ORDERS, until=TODAY).errors()
    assert errors["model"]["brier"] < errors["naive"]["brier"]


def test_the_command_prints_all_ways_and_a_verdict(file, tmp_path):
    page, stats = tmp_path / "f.html", tmp_path / "f.json"
    found = CliRunner().invoke(
        command, [str(file), *OPTIONS, "--holdout", "60d", "--times", "2", "--report", str(page), "--stats", str(stats)]
    )
    assert found.exit_code == 0, found.output
    assert "truth  model  corrected  history  naive" in found.stdout
    assert "Customer by customer the model is nearer" in found.stdout
    made = json.loads(stats.read_text())
    assert [check["within_days"] for check in made["checks"]] == [60, 60]
    assert made["format"] == "reactivate.forecast/1"
    text = page.read_text()
    assert text.count("<svg") == 4
    assert "<script" not in text


def test_a_file_too_short_to_look_back_says_so(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("id,date,sum\n1,2026-03-04,5\n")
    found = CliRunner().invoke(command, [str(path), *OPTIONS, "--report", str(tmp_path / "f.html")])
    assert found.exit_code == 0, found.output
    assert "nobody had ordered by then" in found.stdout


@pytest.mark.parametrize("text", ["90", "0d", "36h", "soon"])
def test_a_window_is_whole_days(file, text):
    found = CliRunner().invoke(command, [str(file), *OPTIONS, "--holdout", text])
    assert found.exit_code == 2
    assert "such as" in found.output


def test_half_of_the_last_miss_is_carried_on():
    earlier = holdout(PEOPLE, ORDERS, until=TODAY - timedelta(days=90))
    made = with_correction(holdout(PEOPLE, ORDERS, until=TODAY), earlier)
    assert list(made.chance) == ["model", "corrected", "history", "naive"]
    sums = earlier.totals()["orders"]
    factor = (sums["truth"] / sums["model"]) ** 0.5
    assert made.expected["corrected"] == pytest.approx(factor * made.expected["model"])
    assert made.totals()["orders"]["corrected"] == pytest.approx(factor * made.totals()["orders"]["model"])


def test_a_corrected_chance_stays_one_and_keeps_the_ranks():
    class Missed(Holdout):
        missed = property(lambda _: {"returning_customers": 4.0, "orders": 0.25})

    earlier = Missed(*[None] * 8)
    chance, expected = corrected([0.0, 0.19, 0.5, 1.0], [0.0, 0.3, 2.0, 9.0], earlier)
    assert chance == pytest.approx([0.0, 1 - 0.81**2, 0.75, 1.0])
    assert expected == pytest.approx([0.0, 0.15, 1.0, 4.5])


def test_nothing_of_the_days_forecast_enters_the_correction():
    then = TODAY - timedelta(days=90)
    before = ORDERS.filter(pa.compute.less_equal(ORDERS["ordered_on"], then))
    known, all_of_it = (
        with_correction(holdout(PEOPLE, ORDERS, until=TODAY), holdout(PEOPLE, table, until=then))
        for table in (before, ORDERS)
    )
    assert np.array_equal(known.chance["corrected"], all_of_it.chance["corrected"])


def test_without_a_model_or_a_miss_nothing_is_corrected():
    few = orders(order("a", 200), order("a", 100), order("b", 150))
    made = holdout(people("a", "b"), few, until=TODAY)
    assert with_correction(made, made) is made
    assert holdout(people("a"), orders(), until=TODAY).missed == {"returning_customers": 1.0, "orders": 1.0}
