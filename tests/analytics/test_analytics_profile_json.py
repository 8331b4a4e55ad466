"""The page about the JSON names every key that is written, and none that is not."""

import re
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
from analytics.order_builders import TODAY, order, orders, people

from reactivate.analytics.describe import describe

PAGE = (Path(__file__).parents[2] / "docs/reference/profile-json.md").read_text(encoding="utf-8")
DAYS = [(f"c{i}", 5 + 7 * i + 30 * k) for i in range(40) for k in range(1 + i % 4)]
STATS = describe(
    people(*(f"c{i}" for i in range(40))), orders(*(order(who, ago) for who, ago in DAYS)), as_of=TODAY
).stats
BY_THE_COMMAND = {"rows", "set_aside", "currency"}


def named():
    return {word for cell in re.findall(r"`([^`]+)`", PAGE) for word in re.split(r"\W+", cell)}


def test_every_key_of_the_profile_is_told():
    top = set(STATS) | BY_THE_COMMAND
    inner = {key for name in ("base_rates", "forecast", "holdout") for key in STATS[name]}
    inner |= {key for model in STATS["models"].values() if isinstance(model, dict) for key in model}
    assert (top | inner) - named() == set()


def test_the_two_formats_are_versioned():
    assert STATS["format"] == "reactivate.profile/1"
    assert "reactivate.forecast/1" in PAGE


def test_naive_rules_count_people_and_orders_of_the_last_window():
    ahead = STATS["forecast"]
    lately = [who for who, ago in DAYS if ago < 90]
    assert ahead["orders"]["naive"] == len(lately)
    assert ahead["returning_customers"]["naive"] == len(set(lately))
    assert STATS["holdout"]["as_of"] == (TODAY - timedelta(days=90)).isoformat()


def test_a_higher_discount_is_worth_less(tmp_path):
    from click.testing import CliRunner

    from reactivate.cli.profile import command

    path = tmp_path / "o.csv"
    path.write_text("id,date,sum\n" + "".join(f"{who},{TODAY - timedelta(days=ago)},100\n" for who, ago in DAYS))
    worth = []
    for discount in ("0%", "50%"):
        arguments = [str(path), "--customer", "id", "--at", "date", "--amount", "sum", "--discount", discount]
        found = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path / "p.parquet")])
        assert found.exit_code == 0, found.output
        worth.append(sum(pq.read_table(tmp_path / "p.parquet")["expected_value"].to_pylist()))
    assert worth[1] < worth[0]
