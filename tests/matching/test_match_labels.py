"""`reactivate match --labels`: decided pairs hold and calibrate; a file that makes no sense is refused in words."""

import csv
import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from reactivate.cli.match import command
from reactivate.errors import DataError

COUPLES = 120


@pytest.fixture
def couples(tmp_path):
    """Two records per flat and phone, of one family name and two first names: o0 and i0, o1 and i1 …"""
    path = tmp_path / "records.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "name", "phone", "address"])
        for number in range(COUPLES):
            last = "".join(chr(1072 + int(digit) * 3) for digit in f"{number:03d}").capitalize() + "енко"
            for sign, first in (("o", "Олег"), ("i", "Ирина")):
                phone, address = f"067{number * 7919 % 10**7:07d}", f"ул. Садовая, {number + 1}, кв. 5"
                rows.writerow([f"{sign}{number}", f"{last} {first}", phone, address])
    return path


def run(*arguments):
    return CliRunner().invoke(command, [str(item) for item in arguments], catch_exceptions=False)


def labels(path, rows):
    path.write_text("a,b,same\n" + "".join(f"{a},{b},{same}\n" for a, b, same in rows), encoding="utf-8")
    return path


def people(tmp_path, couples, *options):
    out = tmp_path / "people.parquet"
    done = run(couples, "--out", out, "--stats", tmp_path / "stats.json", *options)
    assert done.exit_code == 0, done.output
    table = pq.read_table(out)
    return dict(zip(table["record_id"].to_pylist(), table["person_id"].to_pylist(), strict=True)), done


def answers(couples_are, count=60):
    """About `count` couples, and as often the other answer about strangers."""
    other = "no" if couples_are == "yes" else "yes"
    return [(f"o{n}", f"i{n}", couples_are) for n in range(count)] + [
        (f"o{n}", f"o{n + 1}", other) for n in range(0, count, 2) if other == "no"
    ]


def test_couples_that_nobody_decided_follow_the_decided_ones(tmp_path, couples):
    before, _ = people(tmp_path, couples)
    assert before["o119"] != before["i119"]
    after, done = people(tmp_path, couples, "--labels", labels(tmp_path / "l.csv", answers("yes")))
    assert after["o119"] == after["i119"]
    assert "The model learned from 90 decided pairs." in done.output
    assert json.loads((tmp_path / "stats.json").read_text())["model"]["calibrated_by_labels"] == 90


def test_what_is_decided_holds_however_unlike(tmp_path, couples):
    one, done = people(
        tmp_path, couples, "--labels", labels(tmp_path / "l.csv", [("o1", "i7", "да"), ("o2", "i2", "нет")])
    )
    assert one["o1"] == one["i7"]
    assert one["o2"] != one["i2"]
    assert "these hold, but the model learns nothing from them" in done.output


def test_one_answer_alone_teaches_nothing_and_says_so(tmp_path, couples):
    _, done = people(
        tmp_path, couples, "--labels", labels(tmp_path / "l.csv", [(f"o{n}", f"i{n}", "no") for n in range(90)])
    )
    assert "0 pairs one person and 90 two" in done.output


def test_the_file_of_pairs_with_answers_beside_them_will_do(tmp_path, couples):
    path = tmp_path / "pairs.csv"
    path.write_text("left_id,right_id,probability,Same\no1,i7,0.4,yes\no2,i2,0.5,\n", encoding="utf-8")
    assert (found := people(tmp_path, couples, "--labels", path)[0])["o1"] == found["i7"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b,same\no1,i77777,yes\n", "labels.csv:2:1: no record has the id 'i77777'"),
        ("a,b,same\no1,,yes\n", "labels.csv:2:1: an id is missing"),
        ("a,b,same\no1,i1,perhaps\n", "'perhaps' is no answer"),
        ("a,b,same\no1,o1,yes\n", "'o1' and 'o1' are one record"),
        ("a,b,same\no1,o2,yes\no2,o3,yes\no3,o1,no\n", "two persons, and one person by line"),
        ("a,b,same\no1,o2,yes\no2,o1,no\n", "two persons, and one person by line 2"),
        ("a,b\no1,o2\n", "has no column 'same'"),
        ("", "has no column 'a'"),
        ("a,b,same\n" + "o1,zz,yes\n" * 9, "and 4 more rows"),
    ],
    ids=["unknown id", "no id", "no answer", "itself", "chain", "both", "no column", "empty", "many"],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path, couples, text, told):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run(couples, "--labels", path)
    faults = caught.value.diagnostics
    assert {fault.code for fault in faults} == {"R616"}
    assert any(told in f"{fault.span}: {fault.message}" for fault in faults)


def test_a_file_without_an_answer_is_said(couples, tmp_path):
    (tmp_path / "labels.csv").write_text("a,b,same\no1,i1,\n", encoding="utf-8")
    told = CliRunner().invoke(command, [str(couples), "--labels", str(tmp_path / "labels.csv")], catch_exceptions=False)
    assert "--labels holds no decided pair" in told.output
