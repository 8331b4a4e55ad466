"""`reactivate match` meets files as people have them: what is read, what is said, what is left behind."""

import errno
import gzip
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reactivate.cli import tables
from reactivate.cli.files import replacing
from reactivate.cli.main import main
from reactivate.cli.match_files import read_records
from reactivate.errors import DataError, EnvironmentFault

TWO = "id,name,phone,vip\n1,Анна Коваль,0671239561,yes\n2,Ганна Коваль,067 123-95-61,yes\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text(TWO, encoding="utf-8")
    return path


@pytest.fixture
def match(capsys):
    """(exit code, stdout, stderr) of `reactivate match` with these words."""

    def run(*words):
        with pytest.raises(SystemExit) as leave:
            main(["match", *map(str, words)])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return leave.value.code, told.out, told.err

    return run


def read(*paths, given=None, fields=None):
    said = []
    return read_records(tuple(map(str, paths)), given or {}, fields or {}, say=said.append), said


class TestReading:
    def test_records_stand_in_the_order_of_the_files_and_their_rows(self, file, tmp_path):
        other = tmp_path / "calls.csv"
        other.write_text("id;name\n9;Олег\n8;Ира\n", encoding="utf-8")
        found, _ = read(other, file)
        assert found.table["record_id"].to_pylist() == ["9", "8", "1", "2"]
        assert found.table["source"].to_pylist() == ["calls", "calls", "shop", "shop"]

    def test_the_name_of_a_single_file_is_no_evidence(self, file, tmp_path):
        other = file.rename(tmp_path / "shop-2026-11-22.csv")
        assert read(other)[0].table["source"].unique().to_pylist() == ["file"]

    def test_ids_are_text_whatever_they_were(self, tmp_path):
        for name, ids in (
            ("whole", pa.array([7, 8])),
            ("float", pa.array([7.0, 8.0])),
            ("text", pa.array(["007", "x"])),
        ):
            pq.write_table(pa.table({"id": ids, "name": ["a b", "c d"]}), tmp_path / f"{name}.parquet")
        ids = [
            read(tmp_path / f"{name}.parquet")[0].table["record_id"].to_pylist() for name in ("whole", "float", "text")
        ]
        assert ids == [["7", "8"], ["7", "8"], ["007", "x"]]

    def test_columns_taken_and_not_taken_are_told_apart(self, file):
        found, _ = read(file, fields={"vip": "exact"})
        assert (found.ignored, found.empty) == ([], [])
        assert read(file)[0].ignored == ["vip"]

    def test_a_column_without_values_is_named(self, tmp_path):
        pq.write_table(
            pa.table({"id": ["1", "2"], "phone": pa.nulls(2), "name": ["a b", " "], "shoe": pa.nulls(2)}),
            tmp_path / "a.parquet",
        )
        assert read(tmp_path / "a.parquet", fields={"shoe": "fuzzy"})[0].empty == ["phone", "shoe"]

    def test_birth_dates_that_cannot_be_read_are_no_empty_column(self, tmp_path):
        (tmp_path / "a.csv").write_text("id,name,birth_date\n1,a b,soon\n2,c d,\n")
        found, _ = read(tmp_path / "a.csv")
        assert (found.empty, found.unread_dates) == ([], 1)

    @pytest.mark.parametrize("kind", ["date", "timestamp", "text"])
    def test_a_birth_date_of_any_type_is_the_same_day(self, tmp_path, kind):
        from datetime import UTC, date, datetime

        days = {
            "date": pa.array([date(1980, 1, 2)]),
            "timestamp": pa.array([datetime(1980, 1, 2, tzinfo=UTC)], pa.timestamp("us", "UTC")),
            "text": pa.array(["02.01.1980"]),
        }
        pq.write_table(pa.table({"name": ["a b"], "birth_date": days[kind]}), tmp_path / "a.parquet")
        assert read(tmp_path / "a.parquet")[0].table["birth_date"].to_pylist() == [date(1980, 1, 2)]

    @pytest.mark.parametrize(
        ("given", "message", "hint"),
        [
            ({"vip": ("phone",)}, "no field of ours is called 'vip'", "our field stands first: phone=vip"),
            ({"phon": ("phone",)}, "no field of ours is called 'phon'", "did you mean 'phone'?"),
            ({"phone": ("phon",)}, "the file has no column 'phon'", "did you mean 'phone'?"),
            ({"phone": ("phone", "work")}, "the file has no column 'work'", "columns: id, name, phone, vip"),
        ],
        ids=["the wrong way round", "no field", "no column", "no second column"],
    )
    def test_a_map_that_makes_no_sense_is_refused_with_a_way_out(self, file, given, message, hint):
        with pytest.raises(DataError) as caught:
            read(file, given=given)
        found = caught.value.diagnostics[0]
        assert (found.code, found.message, found.hint) == ("R611", message, hint)


class TestCommand:
    def test_the_json_is_versioned_and_speaks_our_names_and_theirs(self, file, match, tmp_path):
        stats, pairs = tmp_path / "stats.json", tmp_path / "pairs.parquet"
        code, out, _ = match(file, "--field", "vip=exact", "--format", "json", "--stats", stats, "--pairs", pairs)
        told = json.loads(out)
        assert code == 0
        assert told == json.loads(stats.read_text(encoding="utf-8"))
        assert told["format"] == "match/1"
        assert told["fields"] == ["first_name", "last_name", "namesakes", "phone", "vip"]
        assert set(told["model"]["bits"]) == set(told["fields"])
        assert "vip equal" in pq.read_table(pairs)["reason"][0].as_py()
        assert "x_vip" not in pq.read_table(pairs)["reason"][0].as_py()

    def test_neither_the_name_of_the_file_nor_the_order_of_rows_changes_anything(self, match, tmp_path):
        rows = [f"{n},{first} {last},067{n * 7919 % 10**7:07d}" for n, (first, last) in enumerate(
            (first, last) for _ in range(60) for first in ("Анна", "Олег", "Иван") for last in ("Коваль", "Бондар"))]  # fmt: skip
        rows += ["x,Анна Коваль,1", "y,Анна Коваль,0000000000"]
        told = []
        for name, order in (("one", rows), ("two", rows[::-1])):
            (tmp_path / f"{name}.csv").write_text("\n".join(["id,name,phone", *order]), encoding="utf-8")
            out = tmp_path / f"{name}.out.csv"
            stats = json.loads(match(tmp_path / f"{name}.csv", "--out", out, "--format", "json")[1])
            told.append((json.dumps({**stats, "seconds": None}), sorted(out.read_text().splitlines())))
        assert told[0] == told[1]

    def test_every_key_of_the_json_stands_on_its_page(self, file, match):
        page = (Path(__file__).parents[2] / "docs" / "reference" / "match-json.md").read_text(encoding="utf-8")
        told = json.loads(match(file, "--format", "json")[1])
        assert [
            key for key in (*told, *told["model"], *told["seconds"]) if not re.search(rf"[`.]{key}[`\[]", page)
        ] == []

    def test_a_column_that_was_asked_for_and_is_empty_is_not_left_out_in_silence(self, match, tmp_path):
        (tmp_path / "a.csv").write_text("id,name,shoe\n1,a b,\n2,c d,\n")
        assert "Not compared: shoe, without a single value." in match(tmp_path / "a.csv", "--field", "shoe=exact")[1]

    @pytest.mark.parametrize("line", ["60%", "0.6", "0,6", " 60 %"])
    def test_a_chance_may_be_written_as_a_share(self, file, match, line):
        assert match(file, "--threshold", line)[0] == 0

    def test_a_file_is_not_held_against_itself(self, file, match, monkeypatch):
        monkeypatch.chdir(file.parent)
        code, _, said = match(file, "shop.csv")
        assert (code, "shop.csv is given twice" in said) == (2, True)

    def test_a_packed_file_is_told_how_to_unpack(self, file, match):
        packed = file.with_suffix(".csv.gz")
        packed.write_bytes(gzip.compress(file.read_bytes()))
        code, _, said = match(packed)
        assert (code, "unpack it: gunzip shop.csv.gz" in said) == (5, True)

    def test_a_phone_that_became_a_number_is_the_phone(self, match, tmp_path):
        (tmp_path / "a.csv").write_text("id,name,phone\n1,Анна Коваль,380671239561.0\n2,Анна Коваль,067 1239561\n")
        assert "2 records are 1 person." in match(tmp_path / "a.csv")[1]


class TestWriting:
    def full_disk(self, *_):
        raise OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space left on device")

    def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(self, file, match, monkeypatch):
        def half(table, kind, part):
            part.write_text("half a tab")
            self.full_disk()

        monkeypatch.setattr(tables, "_written", half)
        before = sorted(file.parent.iterdir())
        code, _, said = match(file, "--out", file.parent / "people.csv")
        assert code == 9
        assert "people.csv: No space left on device" in said
        assert "free some space" in said
        assert sorted(file.parent.iterdir()) == before

    def test_ctrl_c_in_the_middle_leaves_the_old_file_as_it_was(self, tmp_path):
        target = tmp_path / "people.csv"
        target.write_text("old")

        def stopped():
            with replacing(str(target)) as part:
                part.write_text("ne")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            stopped()
        assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
        assert target.read_text() == "old"

    def test_a_file_in_the_way_of_a_folder_is_named(self, file):
        with pytest.raises(EnvironmentFault) as caught, replacing(str(file / "people.csv")):
            pass
        assert caught.value.diagnostics[0].hint == "a part of this path is a file; name a folder"
