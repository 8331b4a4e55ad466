"""The quality gates: our own generator at two sizes, and febrl3. Figures at larger sizes: `make bench`."""

import importlib
import random
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from reactivate import matching, normalise
from reactivate.cli.match import command
from reactivate.contracts.schemas import RECORDS
from reactivate.matching.clusters import components

ROOT = Path(__file__).parents[2]
FEBRL = ROOT.parent / "shared" / "data" / "matching" / "febrl3.csv"


def pairs_within(label):
    sizes = np.bincount(np.unique(label, return_inverse=True)[1])
    return int((sizes * (sizes - 1) // 2).sum())


def quality(label, truth):
    _, group = np.unique(label, return_inverse=True)
    _, person = np.unique(truth, return_inverse=True)
    both = pairs_within(person.astype(np.int64) * len(group) + group)
    precision, recall = both / pairs_within(group), both / pairs_within(person)
    return precision, 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("rows", "seed", "floor"),
    [(2_000, 11, 0.955), pytest.param(20_000, 12, 0.957, marks=pytest.mark.slow)],
    ids=["2k", "20k"],
)
def test_floors_on_our_own_generator(rows, seed, floor, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    table = importlib.import_module("cis_generator").generate(rows, seed)
    known = [name for name in RECORDS.schema.names if name in table.column_names]
    normal = normalise.normal_records(RECORDS.conform(table.select(known)), region="UA")
    links = matching.link(normal, by=["phone", "email", "name", "address"]).links.to_pylist()
    merge = np.array([(row["left"], row["right"]) for row in links if row["band"] == "merge"])
    label = components(table.num_rows, merge[:, 0], merge[:, 1])
    precision, f1 = quality(label, table["person"].to_numpy())
    assert f1 >= floor
    assert precision >= (0.97 if rows >= 20_000 else 0.955)


@pytest.mark.shared
@pytest.mark.skipif(not FEBRL.exists(), reason="needs ../shared/data/matching/febrl3.csv")
def test_febrl3_through_the_command(tmp_path):
    out = tmp_path / "people.parquet"
    given = [str(FEBRL), "--id", "rec_id", "--out", str(out)]
    for pair in (
        "first_name=given_name",
        "last_name=surname",
        "birth_date=date_of_birth",
        "city=suburb",
        "address=address_1",
    ):
        given += ["--map", pair]
    for field in ("soc_sec_id=exact", "street_number=exact", "address_2=fuzzy", "state=exact"):
        given += ["--field", field]
    done = CliRunner().invoke(command, given, catch_exceptions=False)
    assert done.exit_code == 0
    people = pq.read_table(out)
    truth = np.array([int(re.search(r"\d+", text)[0]) for text in people["record_id"].to_pylist()])
    label = np.unique(people["person_id"].to_pylist(), return_inverse=True)[1]
    assert quality(label, truth)[1] >= 0.998


def name_and_town(persons, seed):
    """(records, truth) of a stranger's file: few first names, and for many records nothing but name and town."""
    draw = random.Random(seed)
    first = ["Иван", "Пётр", "Олег", "Сергей", "Анна", "Ольга", "Мария", "Ирина", "Павел", "Юлия", "Андрей", "Елена"]
    last = [f"{head}{tail}" for head in ("Бел", "Гор", "Вол", "Мор", "Лес", "Зай", "Кол", "Руд", "Стар", "Бор")
            for tail in ("енко", "овский", "чук", "ец", "ик", "юк", "инский", "ак", "аренко", "ич")]  # fmt: skip
    towns = ["Киев", "Львов", "Одесса", "Днепр", "Сумы", "Луцк"]
    rows, truth = [], []
    for person in range(persons):
        name, town = f"{draw.choice(first)} {draw.choice(last)}", draw.choice(towns)
        phone, born = (
            f"+38067{draw.randrange(10**7):07d}",
            f"{draw.randrange(1950, 2000)}-{draw.randrange(1, 13):02d}-10",
        )
        for _ in range(draw.choice([1, 1, 1, 2, 3, 5])):
            poor = draw.random() < 0.3
            known = [not poor and draw.random() < share for share in (0.7, 0.4)]
            rows.append((name, phone if known[0] else "", born if known[1] else "", town))
            truth.append(person)
    return rows, np.array(truth)


@pytest.mark.parametrize("seed", [1, 2])
def test_namesakes_of_one_town_are_not_thought_one_person(seed, tmp_path):
    rows, truth = name_and_town(5_000, seed)
    text = "name,phone,birth_date,city\n" + "".join(",".join(row) + "\n" for row in rows)
    (tmp_path / "file.csv").write_text(text, encoding="utf-8")
    out = tmp_path / "people.parquet"
    done = CliRunner().invoke(command, [str(tmp_path / "file.csv"), "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    label = np.unique(pq.read_table(out)["person_id"].to_pylist(), return_inverse=True)[1]
    # Four strangers bear each name: most records of name and town alone cannot be given to anybody.
    assert quality(label, truth)[0] >= 0.95
