"""The quality gates: our own generator at two sizes, and febrl3. Figures at larger sizes: `make bench`."""

import importlib
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
