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
    assert read_table(str(path)).table.num_rows <= 2


def test_a_missing_file_is_said():
    with pytest.raises(EnvironmentFault, match="no such file"):
        read_table("nowhere.csv")


def matched(tmp_path, text, *options):
    """(rows of the result, what was said) of `reactivate match` on a CSV text."""
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = CliRunner().invoke(command, [str(source), "--out", str(out), *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return pq.read_table(out).to_pylist(), done.output


class TestUglyFiles:
    def test_no_line_is_lost(self, tmp_path):
        rows, said = matched(tmp_path, "id,name\n1,Анна,лишнее,ещё\n2,Олег\n3\n")
        assert [row["record_id"] for row in rows] == ["1", "2", "3"]
        assert "2 lines have more or fewer cells than the head" in said

    def test_repeating_ids_are_different_people(self, tmp_path):
        rows, said = matched(tmp_path, "id,name,phone\n7,Анна Коваль,0671239561\n7,Борис Иванов,0501239567\n")
        assert [row["person_id"] for row in rows] == ["7", "7#2"]
        assert "occur more than once" in said

    def test_a_phone_on_everybodys_card_unites_nobody(self, tmp_path):
        lines = "".join(f"{row},0671112253\n" for row in range(2000))
        rows, said = matched(tmp_path, "id,phone\n" + lines)
        assert len({row["person_id"] for row in rows}) == 2000
        assert "Ignored phones: 2,000 shared by many." in said

    def test_phones_of_another_country_are_compared_by_their_digits(self, tmp_path):
        text = "id,name,phone\n1,John Smith,(212) 555-0143\n2,J Smith,212-555-0143\n3,Mary Jones,212 555 0188\n"
        rows, _ = matched(tmp_path, text)
        assert [row["person_id"] for row in rows] == ["1", "1", "3"]

    @pytest.mark.parametrize("text", ["", "id,name,phone\n", "id,name\n1,\n2,\n"], ids=["empty", "head", "blank"])
    def test_nothing_to_compare_is_said(self, tmp_path, text):
        _, said = matched(tmp_path, text)
        assert "Nothing could be compared" in said

    def test_one_record_is_one_person(self, tmp_path):
        rows, said = matched(tmp_path, "id,name\n1,Иван Петров\n")
        assert [row["person_id"] for row in rows] == ["1"]
        assert "1 record is 1 person." in said

    @pytest.mark.parametrize("name", ["Анна " * 200_000 + "Коваль", "Ан\x00на \U0001f600 Коваль", "Aннa Кoвaль"])
    def test_odd_names_are_survived(self, tmp_path, name):
        rows, _ = matched(tmp_path, f"id,name,phone\n1,{name},0671239561\n2,Анна Коваль,0671239561\n")
        assert {row["person_id"] for row in rows} == {"1"}

    def test_birth_dates_of_three_habits_are_one(self, tmp_path):
        lines = ["1,Anna,Koval,19800102", "2,Анна,Коваль,02.01.1980", "3,Анна,Коваль,1980-01-02"]
        rows, _ = matched(tmp_path, "\n".join(["id,first_name,last_name,birth_date", *lines]))
        assert {row["person_id"] for row in rows} == {"1"}
