import json
import random
import re
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from analytics.order_builders import TODAY, order, orders, people
from click.testing import CliRunner

from reactivate.analytics.baserates import base_rates
from reactivate.analytics.describe import describe
from reactivate.analytics.forecast import forecast
from reactivate.analytics.intervals import wilson
from reactivate.cli.profile import command
from reactivate.report.forecast_html import page as forecast_page
from reactivate.report.profile_html import page

PROMISED = [
    "customer_id",
    "orders",
    "first_order_on",
    "last_order_on",
    "since_last_order_days",
    "rhythm_days",
    "overdue_days",
    "revenue",
    "avg_order",
    "r",
    "f",
    "m",
    "rfm",
    "stage",
    "chance_alive",
    "expected_orders_90d",
    "expected_value",
]


def shop(customers=300, seed=4):
    """Rows of a shop whose customers come at their own pace and leave at some moment: (id, day, sum)."""
    dice, rows = random.Random(seed), []
    for i in range(customers):
        day, pace, stays = dice.randrange(400), dice.gammavariate(1.2, 40) + 3, dice.random() * 0.4
        usual = 30 / dice.gammavariate(3, 1)
        while day < 540:
            rows.append((f"c{i:04}", date(2025, 1, 1) + timedelta(days=day), round(dice.gammavariate(4, usual), 2)))
            day += int(dice.expovariate(1 / pace)) + 1
            if dice.random() < stays:
                break
    return rows


def shop_orders(rows):
    return orders(*(order(who, (TODAY - day).days, amount) for who, day, amount in rows))


ROWS = shop()
PEOPLE = people(*sorted({who for who, *_ in ROWS}), "nobody")
ORDERS = shop_orders(ROWS)


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("id;date;sum\n" + "".join(f"{who};{day};{amount}\n" for who, day, amount in ROWS))
    return path


def run(*arguments, code=0):
    found = CliRunner().invoke(command, [str(item) for item in arguments])
    assert found.exit_code == code, found.output + repr(found.exception)
    return found


def test_the_file_has_one_row_per_customer_and_the_promised_columns(csv, tmp_path):
    out = tmp_path / "profiles.parquet"
    found = run(csv, "--customer", "id", "--at", "date", "--amount", "sum", "--as-of", "2026-06-30", "--out", out)
    table = pq.read_table(out)
    assert set(PROMISED) <= set(table.column_names)
    assert table["customer_id"].to_pylist() == sorted({who for who, *_ in ROWS})
    assert table.schema.field("r").type == pa.int8()
    assert "customers who order within 90 days" in found.stdout
    assert f"{len(ROWS):,} orders up to 2026-06-30" in found.stdout


def test_json_is_all_that_stdout_holds(csv, tmp_path):
    stats = tmp_path / "stats.json"
    found = run(csv, "--customer", "id", "--at", "date", "--amount", "sum", "--format", "json", "--stats", stats)
    printed = json.loads(found.stdout)
    assert printed == json.loads(stats.read_text())
    assert printed["as_of"] == max(day for _, day, _ in ROWS).isoformat()
    model = printed["models"]["MBG/NBD"]
    for parameter in model["parameters"].values():
        assert parameter["low"] < parameter["value"] < parameter["high"]
    assert {"truth", "ours", "history", "naive"} == set(printed["holdout"]["returning_customers"])
    assert set(printed["models"]) == {"used", "MBG/NBD", "BG/NBD", "Gamma-Gamma"}


def test_csv_out_joins_lists(csv, tmp_path):
    out = tmp_path / "p.csv"
    run(csv, "--customer", "id", "--at", "date", "--amount", "sum", "--out", out)
    assert len(out.read_text().splitlines()) == 1 + len({who for who, *_ in ROWS})


def test_faults_reach_the_printer_as_diagnostics(csv, tmp_path):
    from reactivate.errors import DataError

    found = CliRunner().invoke(command, [str(csv), "--customer", "idd", "--at", "date", "--amount", "sum"])
    assert isinstance(found.exception, DataError)
    empty = tmp_path / "empty.csv"
    empty.write_text("id,date,sum\n,,\n")
    found = CliRunner().invoke(command, [str(empty), "--customer", "id", "--at", "date", "--amount", "sum"])
    assert "R656" in str(found.exception)
    assert run(csv, "--customer", "id", "--at", "date", "--amount", "sum", "--as-of", "soon", code=2)


def test_one_order_in_all_is_described(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("id,date,sum\n1,2026-03-04,5\n")
    found = run(path, "--customer", "id", "--at", "date", "--amount", "sum", "--format", "json")
    assert json.loads(found.stdout)["stage"] == {"new": 1}
    assert "R651" in found.stderr


def test_forecasts_are_null_without_orders_and_shares_otherwise():
    made = forecast(PEOPLE, ORDERS, as_of=TODAY)
    assert made.warnings == ()
    rows = made.table.to_pylist()
    assert rows[-1] == {"person_id": "nobody", "chance_alive": None, "chance_order": None, "expected_orders": None,
                        "expected_value": None}  # fmt: skip
    for row in rows[:-1]:
        assert 0 <= row["chance_order"] <= row["chance_alive"] <= 1
        assert row["expected_orders"] >= row["chance_order"] - 1e-9
        assert row["expected_value"] >= 0


def test_expected_orders_count_orders_not_days():
    twice = pa.concat_tables([ORDERS, ORDERS])
    once, doubled = (
        pc.sum(forecast(PEOPLE, table, as_of=TODAY).table["expected_orders"]).as_py() for table in (ORDERS, twice)
    )
    assert doubled == pytest.approx(2 * once)


def test_a_year_is_worth_less_at_a_higher_discount():
    none, some = (
        pc.sum(forecast(PEOPLE, ORDERS, as_of=TODAY, yearly_discount=rate).table["expected_value"]).as_py()
        for rate in (0.0, 0.5)
    )
    assert some < none < some * 1.5


def test_returned_sums_are_worth_nothing():
    kept = forecast(PEOPLE, ORDERS, as_of=TODAY).table["expected_value"].to_pylist()
    who = PEOPLE[0].as_py()
    back = [
        order(who, (TODAY - day).days, -amount, order_id=f"r{i}") for i, (w, day, amount) in enumerate(ROWS) if w == who
    ]
    made = forecast(PEOPLE, pa.concat_tables([ORDERS, orders(*back)]), as_of=TODAY).table["expected_value"].to_pylist()
    assert made[0] < kept[0] * 0.6
    assert made[1] > kept[1] * 0.98


def test_history_stands_in_when_no_model_can_be_fitted():
    few = orders(*(order(f"p{i}", 200 - i) for i in range(20)), order("p0", 50), order("p1", 30))
    made = forecast(people(*(f"p{i}" for i in range(20))), few, as_of=TODAY)
    assert [item.code for item in made.warnings] == ["R651", "R651"]
    assert made.table["chance_alive"].null_count == 20
    assert made.table["chance_order"].null_count == 0
    assert 0 < made.table["expected_orders"].to_pylist()[5] < 1


def test_nobody_leaving_is_said_not_hidden():
    dice = np.random.default_rng(1)
    steady = [
        (f"s{i}", date(2026, 1, 1) + timedelta(days=d))
        for i, rate in enumerate(dice.gamma(1.0, 4.0, 300))
        for d in dice.integers(0, 180, 1 + dice.poisson(rate)).tolist()
    ]
    made = forecast(people(*{who for who, _ in steady}), shop_orders([(w, d, 5.0) for w, d in steady]), as_of=TODAY)
    assert made.model.model.name == "NBD"
    assert made.warnings[0].code == "R652"
    assert set(made.table["chance_alive"].to_pylist()) == {1.0}


def test_base_rates_count_by_silence_and_orders():
    table = orders(
        order("back", 200),
        order("back", 10),
        order("gone", 200),
        order("twice", 120),
        order("twice", 100),
        order("new", 5),
    )
    rates = base_rates(people("back", "gone", "twice", "new"), table, as_of=TODAY, within_days=90)
    assert rates.silent_90 == (2, 1)
    cells = {
        (cell["silent_from_days"], cell["orders_from"]): (cell["people"], cell["came"])
        for cell in rates.table().to_pylist()
    }
    assert cells == {(90, 1): (2, 1), (0, 2): (1, 0)}
    assert rates.chance(np.array([400]), np.array([1]))[0] < 1


def test_wilson_by_hand():
    low, high = wilson(np.array([0, 5, 10, 0]), np.array([10, 10, 10, 0]))
    assert low == pytest.approx([0, 0.2366, 0.7225, 0], abs=1e-4)
    assert high == pytest.approx([0.2775, 0.7634, 1, 1], abs=1e-4)


def test_the_backtest_knows_nothing_of_the_future():
    made = describe(PEOPLE, ORDERS, as_of=TODAY).stats["holdout"]
    before = ORDERS.filter(pc.less_equal(ORDERS["ordered_on"], TODAY - timedelta(days=90)))
    alone = forecast(PEOPLE, before, as_of=TODAY - timedelta(days=90)).table
    assert made["returning_customers"]["ours"] == pytest.approx(pc.sum(alone["chance_order"]).as_py())
    came = {who for who, day, _ in ROWS if (TODAY - day).days < 90}
    known = {who for who, day, _ in ROWS if (TODAY - day).days >= 90}
    assert made["returning_customers"]["truth"] == len(came & known)
    assert sum(group["customers"] for group in made["calibration"]) == len(known)


def test_permuting_orders_changes_no_forecast():
    shuffled = ORDERS.take(pa.array(np.random.default_rng(3).permutation(len(ORDERS))))
    one, two = (describe(PEOPLE, table, as_of=TODAY).table for table in (ORDERS, shuffled))
    assert one.equals(two)


def test_the_page_holds_its_pictures_and_nothing_from_elsewhere(csv, tmp_path):
    out = tmp_path / "profile.html"
    run(csv, "--customer", "id", "--at", "date", "--amount", "sum", "--report", out)
    text = out.read_text()
    assert text.count("<svg") == 4
    assert "<script" not in text
    assert "src=" not in text
    assert "MBG/NBD: alpha" in text


def test_the_page_of_nobody_is_a_page():
    text = page(describe(people("anna"), orders(), as_of=TODAY).stats)
    assert "on 2026-06-30" in text
    assert 'title="not known"' in text
    assert "came back by themselves" not in text


def test_every_figure_of_the_pages_stands_in_the_json():
    made = describe(PEOPLE, ORDERS, as_of=TODAY).stats
    checks = {"format": "reactivate.forecast/1", "checks": [made["holdout"]]}
    for text, whole, least in ((page(made), made, 100), (forecast_page(checks), checks, 14)):
        shown = re.findall(r'<data value="([^"]+)" data-at="([^"]+)">', text)
        assert len(shown) >= least
        for value, path in shown:
            found = whole
            for key in path.split("."):
                found = found[int(key)] if isinstance(found, list) else found[key]
            assert repr(found) == value


def test_base_rates_are_named_as_spans():
    made = describe(PEOPLE, ORDERS, as_of=TODAY).stats
    text = page(made)
    assert "0 to 29 days silent" in text
    assert "1 order<" in text
    assert "365 and more days silent" in text
