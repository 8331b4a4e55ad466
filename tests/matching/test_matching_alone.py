import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from reactivate.cli.match import command
from reactivate.errors import DataError, EnvironmentFault
from reactivate.matching.alone import birth_days, mapped_columns
from reactivate.matching.tables import read_table

CSV = """ no ;full_name;tel;born;colour
7;Терехина Наталья;0965104420;04.09.1985;red
a-1;Наталія Терьохіна;+380 96 510 44 20;1985-09-04;red
x;Олег Коваль;0671112299;;blue
"""


@pytest.fixture
def people_csv(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="cp1251", errors="replace")
    return path


def run(*given):
    return CliRunner().invoke(command, [str(item) for item in given], catch_exceptions=False)


def test_a_semicolon_file_in_cp1251_with_ids_of_any_kind(people_csv, tmp_path):
    out, stats = tmp_path / "out.parquet", tmp_path / "stats.json"
    done = run(
        people_csv, "--id", "no", "--map", "phone=tel", "--map", "birth_date=born", "--out", out, "--stats", stats
    )
    assert done.exit_code == 0
    assert "3 records are 2 people." in done.output
    assert "Not compared: colour" in done.output
    rows = pq.read_table(out).to_pylist()
    assert [row["record_id"] for row in rows] == ["7", "a-1", "x"]
    assert [row["person_id"] for row in rows] == ["7", "7", "x"]
    assert rows[2]["probability"] == 1.0
    assert json.loads(stats.read_text(encoding="utf-8"))["people"] == 2


def test_json_is_alone_on_stdout(people_csv):
    done = run(people_csv, "--id", "no", "--format", "json")
    assert json.loads(done.stdout)["records"] == 3


def test_pairs_are_written_with_ids_and_reasons(people_csv, tmp_path):
    run(people_csv, "--id", "no", "--map", "phone=tel", "--pairs", tmp_path / "pairs.parquet")
    row = pq.read_table(tmp_path / "pairs.parquet").to_pylist()[0]
    assert (row["left_id"], row["right_id"], row["band"]) == ("7", "a-1", "merge")
    assert "phone equal" in row["reason"]


@pytest.mark.parametrize(
    ("mapping", "extra", "said"),
    [
        ({"telephone": "tel"}, {}, "no field of ours"),
        ({"phone": "tell"}, {}, "no column 'tell'"),
        ({}, {"size": "exact"}, "no column 'size'"),
    ],
)
def test_unknown_columns_are_named(mapping, extra, said):
    with pytest.raises(DataError, match=said) as caught:
        mapped_columns(["tel", "name"], mapping, extra)
    assert caught.value.diagnostics[0].code == "R611"


def test_columns_with_our_names_are_taken_by_themselves():
    found = mapped_columns(["Email", "full_name", "city", "shoe"], {}, {})
    assert found.ours == {"email": "Email", "name": "full_name", "city": "city"}
    assert found.ignored == ("shoe",)


def test_birth_days_of_any_year_and_habit():
    texts = [
        "1956-04-09",
        "19560409",
        "09.04.1956",
        "9/4/1956",
        "0812-01-02",
        "31.02.1990",
        "soon",
        None,
        "1990-05-06T00:00:00",
    ]
    wanted = [date(1956, 4, 9)] * 4 + [date(812, 1, 2), None, None, None, date(1990, 5, 6)]
    assert birth_days(pa.array(texts, pa.string())).to_pylist() == wanted


@pytest.mark.parametrize(
    "text", ["", "name\n", "a,b\n1\n1,2,3\n", "a,a\n1,2\n"], ids=["empty", "head", "ragged", "twins"]
)
def test_poor_files_give_tables(tmp_path, text):
    path = tmp_path / "poor.csv"
    path.write_text(text, encoding="utf-8")
    assert run(path).exit_code == 0
    assert read_table(str(path)).table.num_rows <= 1


def test_a_missing_file_is_said():
    with pytest.raises(EnvironmentFault, match="no such file"):
        read_table("nowhere.csv")
