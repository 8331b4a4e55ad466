import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from reactivate.cli.match import command
from reactivate.errors import DataError, EnvironmentFault
from reactivate.matching.alone import birth_days, mapped_columns
from reactivate.plainfiles.tables import read_every

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
    assert read_every(str(path)).table.num_rows <= 2


def test_a_missing_file_is_said():
    with pytest.raises(EnvironmentFault, match=r"R903: cannot read nowhere.csv: no such file"):
        read_every("nowhere.csv")


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
        assert (
            "2 rows read as far as possible: line 2 has 4 cells, the header has 2; line 4 has 1 cell, the header has 2"
            in said
        )

    def test_repeating_ids_are_different_people(self, tmp_path):
        rows, said = matched(tmp_path, "id,name,phone\n7,Анна Коваль,0671239561\n7,Борис Иванов,0501239567\n")
        assert [row["person_id"] for row in rows] == ["7", "7#2"]
        assert "1 row with an id that another row has" in said

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


def told(*given):
    """(exit code, everything that was said); no traceback whatever happens."""
    done = CliRunner().invoke(command, [str(item) for item in given])
    assert done.exception is None or isinstance(done.exception, (SystemExit, DataError, EnvironmentFault))
    return done.exit_code, done.output + str(done.exception or "")


class TestFilesOfStrangers:
    def test_an_unclosed_quote_loses_nobody_and_is_said(self, tmp_path):
        more = "".join(f"{row},Имя Фам,067{row:07}\n" for row in range(3, 400))
        rows, said = matched(tmp_path, f'id,name,phone\n1,"Анна Коваль,0671239561\n2,Олег,0501239567\n{more}')
        assert [row["record_id"] for row in rows] == [str(number) for number in range(1, 400)]
        assert "1 row read as far as possible: line 2 opens a quotation mark that is never closed" in said

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
    @pytest.mark.parametrize("mark", [";", "\t", ",", "|"])
    def test_every_usual_way_to_write_a_file(self, tmp_path, encoding, mark):
        text = "id,name,phone\n1,Анна Коваль,0671239561\n2,Коваль Анна,0671239561\n".replace(",", mark)
        rows, _ = matched(tmp_path, text.encode(encoding))
        assert [row["person_id"] for row in rows] == ["1", "1"]

    def test_a_column_of_one_value_tells_nobody_apart(self, tmp_path):
        lines = "".join(f"{row},x{row},0671239561,Киев\n" for row in range(60))
        rows, said = matched(tmp_path, "id,name,phone,city\n" + lines)
        assert len({row["person_id"] for row in rows}) == 60
        assert "Not compared: phone, the same in all 60 records that have it." in said
        assert "Not compared: city, the same in all 60 records that have it." in said

    def test_many_records_of_one_person_stay_one_person(self, tmp_path):
        lines = "".join(f"{row},Анна Коваль,0671239561\n" for row in range(40))
        rows, _ = matched(tmp_path, "id,name,phone\n" + lines)
        assert len({row["person_id"] for row in rows}) == 1

    def test_parquet_of_every_type(self, tmp_path):
        table = pa.table(
            {
                "id": [1, 2],
                "name": pa.array(["Анна Коваль", "Коваль Анна"]).dictionary_encode(),
                "phone": [380671239561.0, 380671239561.0],
                "birth_date": pa.array([date(1980, 1, 2)] * 2).cast(pa.timestamp("ns")),
            }
        )
        pq.write_table(table, tmp_path / "in.parquet")
        run(tmp_path / "in.parquet", "--out", tmp_path / "out.parquet")
        rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
        assert [row["person_id"] for row in rows] == ["1", "1"]

    def test_dates_that_are_none_are_counted(self, tmp_path):
        _, said = matched(tmp_path, "id,name,birth_date\n1,Anna Koval,soon\n2,Oleg Bondar,31.02.1980\n")
        assert "Ignored birth dates: 2 unreadable." in said

    def test_american_dates_are_told_by_the_file(self):
        texts = pa.array(["04/29/1956", "05/06/1990"])
        assert birth_days(texts).to_pylist() == [date(1956, 4, 29), date(1990, 5, 6)]
        assert birth_days(pa.array(["29/04/1956", "05/06/1990"])).to_pylist() == [date(1956, 4, 29), date(1990, 6, 5)]


class TestSeveralFiles:
    @pytest.fixture
    def two(self, tmp_path):
        (tmp_path / "a.csv").write_text("id,name,tel\n1,Анна Коваль,0671239561\n2,Олег Бондар,0501239567\n")
        (tmp_path / "b.csv").write_text("id,name,email,shoe\n1,Ганна Коваль,a@i.ua,1\n3,Коваль Анна,a@i.ua,2\n")
        return tmp_path / "a.csv", tmp_path / "b.csv"

    def test_ids_of_both_are_told_apart(self, two, tmp_path):
        out = tmp_path / "o.parquet"
        _, said = told(*two, "--out", out)
        assert pq.read_table(out)["record_id"].to_pylist() == ["a:1", "a:2", "b:1", "b:3"]
        assert "several files have the same ids (1): records are called FILE:ID, such as a:1" in said

    def test_a_mapped_column_needs_to_be_in_one_of_them(self, two):
        code, said = told(*two, "--map", "phone=tel")
        assert code == 0
        assert "Compared: first name, last name, how common the name is, phone, e-mail" in said
        assert "Not compared: shoe (" in said
        assert "the file has no column 'tell'" in told(*two, "--map", "phone=tell")[1]

    def test_two_columns_may_be_one_field(self, tmp_path):
        (tmp_path / "a.csv").write_text(
            "id,name,home,work\n1,Анна Коваль,0671239561,0441239568\n2,Коваль А,,044 123 95 68\n"
        )
        _, said = told(tmp_path / "a.csv", "--map", "phone=home", "--map", "phone=work")
        assert "2 records are 1 person." in said
        assert "Not compared" not in said

    def test_records_without_ids_are_numbered_over_all_files(self, tmp_path):
        for name in "ab":
            (tmp_path / f"{name}.csv").write_text("name\nАнна Коваль\n")
        out = tmp_path / "o.parquet"
        _, said = told(tmp_path / "a.csv", tmp_path / "b.csv", "--out", out)
        assert pq.read_table(out)["record_id"].to_pylist() == ["1", "2"]
        assert "records are called by their number" in said


class TestOptions:
    @pytest.fixture
    def file(self, tmp_path):
        (tmp_path / "a.csv").write_text("id,name,phone\n1,Анна Коваль,0671239561\n,Олег Бондар,0501239567\n")
        return tmp_path / "a.csv"

    def test_nothing_is_written_over_what_is_read(self, file):
        before = file.read_bytes()
        code, said = told(file, "--out", file)
        assert (code, "is read as well" in said, file.read_bytes() == before) == (2, True, True)

    def test_nothing_is_written_twice(self, file, tmp_path):
        code, said = told(file, "--out", tmp_path / "x.csv", "--pairs", tmp_path / "x.csv")
        assert (code, "is written by --out as well" in said) == (2, True)

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            (["--out", "people.txt"], "the name must end in .parquet"),
            (["--region", "XX"], "'XX' is no country"),
            (["--map", "name=name", "--map", "full_name=phone"], "full_name cannot be two columns"),
            (["--map", "phone"], "expected NAME=VALUE"),
            (["--threshold", "2"], "a chance lies between 0% and 100%, got '2'; did you mean 2%?"),
            (["--threshold", "nan"], "a chance lies between"),
            (["--threshold", "many"], "expected a chance such as 75% or 0.75"),
            (["--encoding", "utf-99"], "there is no encoding named 'utf-99'"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, file, options, what):
        code, said = told(file, *options)
        assert code != 0
        assert what in said

    def test_a_record_without_an_id_gets_a_name(self, file, tmp_path):
        out = tmp_path / "o.parquet"
        _, said = told(file, "--out", out)
        assert pq.read_table(out)["record_id"].to_pylist() == ["1", "record 2"]
        assert "1 record without an id: called by the place, such as `record 2`" in said

    def test_results_that_cannot_be_written_are_said(self, file, tmp_path):
        (tmp_path / "folder").write_text("a file stands in the way")
        _, said = told(file, "--stats", tmp_path / "folder" / "stats.json")
        assert "R905" in said


def test_a_day_of_birth_and_a_postcode_are_enough_to_look_at_a_pair(tmp_path):
    lines = [f"{row},{1930 + row % 70}-{1 + row % 12:02}-{1 + row % 28:02},{1000 + row}" for row in range(600)]
    lines += [f"twin{row},{1930 + row % 70}-{1 + row % 12:02}-{1 + row % 28:02},{1000 + row}" for row in range(200)]
    rows, said = matched(tmp_path, "\n".join(["id,birth_date,postcode", *lines]))
    person = {row["record_id"]: row["person_id"] for row in rows}
    assert all(person[f"twin{row}"] == person[str(row)] for row in range(200))
    assert len(set(person.values())) == 600
    assert "Compared: birth date, postcode" in said
