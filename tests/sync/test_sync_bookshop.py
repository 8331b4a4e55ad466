"""The bookshop sample is what its seed makes, and as dirty as the case it follows."""

import csv
import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "configs" / "bookshop"


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("bookshop_generate", FOLDER / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.generate


@pytest.fixture(scope="module")
def sample():
    rows = {}
    for name in ("orders", "call_centre", "consents", "refusals", "truth"):
        with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    return rows


def test_committed_data_is_what_the_seed_makes(generate, tmp_path):
    generate(tmp_path)
    for path in sorted((FOLDER / "data").glob("*.csv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_it_is_small():
    assert sum(path.stat().st_size for path in (FOLDER / "data").iterdir()) < 1_500_000


def test_four_thousand_cards_are_so_many_people(sample):
    assert len(sample["truth"]) == len({(row["source"], row["record_id"]) for row in sample["truth"]}) == 4000
    assert len({row["person"] for row in sample["truth"]}) == 3720
    cards = {(row["ФИО клиента"], row["Эл.почта"], row["Телефон"]) for row in sample["orders"]} - {("", "", "")}
    calls = {tuple(row.values()) for row in sample["call_centre"]}
    assert len(cards) + len(calls) == 4000


def test_junk_and_families_are_there(sample):
    names = Counter(row["ФИО клиента"] for row in sample["orders"])
    assert names["Клиент"] + names["Имя не указано"] > 10
    phones = {}
    for row in sample["orders"]:
        digits = "".join(filter(str.isdigit, row["Телефон"]))[-9:]
        phones.setdefault(digits, set()).add(row["ФИО клиента"])
    assert sum(len(held) > 1 for digits, held in phones.items() if len(digits) == 9) > 100


def test_most_consents_are_proven_and_some_are_not(sample):
    proven = [row for row in sample["consents"] if row["given_on"] and row["proof"]]
    assert 0.95 < len(proven) / len(sample["consents"]) < 1
    assert {row["channel"] for row in proven} == {"email", "sms", "call"}


def test_another_seed_is_another_shop_of_the_same_size(generate, tmp_path):
    made = generate(tmp_path / "a", people=186, records=200, seed=1)
    again = generate(tmp_path / "b", people=186, records=200, seed=1)
    other = generate(tmp_path / "c", people=186, records=200, seed=2)
    assert made == again
    assert made["truth"] == other["truth"] == 200
    read = {name: (tmp_path / name / "orders.csv").read_bytes() for name in "abc"}
    assert read["a"] == read["b"] != read["c"]
