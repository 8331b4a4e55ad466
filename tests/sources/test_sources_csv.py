"""The csv source: whole files fast, damaged files row by row, never a guess."""

import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reactivate_plugins.csv.reader import CsvSource

from reactivate.api import BadRow
from reactivate.errors import DataError, EnvironmentFault


def read(folder: Path, data: bytes | str, encoding: str = "utf-8", delimiter: str | None = None):
    (folder / "a.csv").write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    items = list(CsvSource(Path("a.csv"), folder, "people", encoding, delimiter).read())
    bad = {item.row: item.reason for item in items if isinstance(item, BadRow)}
    rows = {}
    for batch in items:
        if isinstance(batch, BadRow):
            continue
        numbers = batch.row_numbers or pa.array(range(batch.first_row, batch.first_row + batch.table.num_rows))
        assert all(field.type == pa.string() for field in batch.table.schema)
        rows |= dict(zip(numbers.to_pylist(), batch.table.to_pylist(), strict=True))
    return rows, bad


def test_nothing_is_inferred(tmp_path):
    rows, bad = read(tmp_path, "id,phone,sum,day\n00123,+380671112233,1e5,01.02.2025\nnull,NA,,true\n")
    assert rows == {
        2: {"id": "00123", "phone": "+380671112233", "sum": "1e5", "day": "01.02.2025"},
        3: {"id": "null", "phone": "NA", "sum": "", "day": "true"},
    }
    assert not bad


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
def test_reads_encodings(tmp_path, encoding):
    rows, bad = read(tmp_path, "ФИО;Телефон\r\nТерьохина Наталія;0671112233\r\n", encoding)
    assert rows == {2: {"ФИО": "Терьохина Наталія", "Телефон": "0671112233"}}
    assert not bad


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_goes_before_the_setting(tmp_path, mark):
    (tmp_path / "a.csv").write_bytes("ФИО;Т\nЇжак;1\n".encode(mark))
    (batch,) = CsvSource(Path("a.csv"), tmp_path, "people", "cp1251").read()
    assert batch.table.to_pylist() == [{"ФИО": "Їжак", "Т": "1"}]


@pytest.mark.parametrize(
    ("written", "declared", "likely"),
    [("cp1251", "utf-8", "cp1251"), ("utf-8", "cp1251", "utf-8"), ("utf-16-le", "utf-8", "utf-16")],
)
def test_wrong_encoding_names_the_right_one(tmp_path, written, declared, likely):
    (tmp_path / "a.csv").write_bytes("ФИО,Телефон\nІваненко Іван,067\nПетренко,050\n".encode(written))
    with pytest.raises(DataError) as caught:
        list(CsvSource(Path("a.csv"), tmp_path, "people", declared).read())
    (found,) = caught.value.diagnostics
    assert found.code == "R612"
    assert likely in found.hint


def test_unknown_encoding(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(DataError, match=r"R612: a\.csv: there is no encoding named 'windows1251x'"):
        list(CsvSource(Path("a.csv"), tmp_path, "people", "windows1251x").read())


def test_one_damaged_row_in_many_is_set_aside(tmp_path):
    lines = ["имя,т".encode()] + [f"Ганна,{i}".encode() for i in range(40)]
    lines[20] = b"\xff\xfe\xfa,1"
    rows, bad = read(tmp_path, b"\n".join(lines))
    assert bad == {21: "holds bytes that are no text in this encoding"}
    assert len(rows) == 39
    assert rows[22]["т"] == "20"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(tmp_path, delimiter):
    rows, _ = read(tmp_path, delimiter.join(["a", '"b, c; d"']) + "\n" + delimiter.join(["1", "2"]) + "\n")
    assert rows == {2: {"a": "1", "b, c; d": "2"}}


def test_ragged_rows_keep_their_numbers(tmp_path):
    rows, bad = read(tmp_path, "a,b,c\n1,2,3\n1,2\n1,2,3,4\n\n4,5,6,,\n7,8,9\n")
    assert bad == {3: "has 2 cells, the header has 3", 4: "has 4 cells, the header has 3"}
    assert {number: row["a"] for number, row in rows.items()} == {2: "1", 6: "4", 7: "7"}


def test_unclosed_quote_costs_one_row_only(tmp_path):
    rows, bad = read(tmp_path, 'a,b\n1,"x\n2,y\n3,z\n')
    assert bad == {2: "opens a quotation mark that is never closed"}
    assert {number: row["a"] for number, row in rows.items()} == {3: "2", 4: "3"}


def test_two_unclosed_quotes_do_not_swallow_the_rows_between(tmp_path):
    rows, bad = read(tmp_path, 'a,b\n1,"x\n2,y\n3,"z\n4,w\n')
    assert 2 in bad
    assert rows[5] == {"a": "4", "b": "w"}
    assert rows[3] == {"a": "2", "b": "y"}


def test_inch_marks_and_quoted_companies_are_text(tmp_path):
    rows, bad = read(tmp_path, 'a,b\nэкран 15",1\n"ООО "Ромашка"",2\n')
    assert [row["a"] for row in rows.values()] == ['экран 15"', 'ООО Ромашка""']
    assert not bad


def test_line_breaks_in_cells(tmp_path):
    rows, bad = read(tmp_path, 'a,b\n"first\nsecond",1\nx,2\n')
    assert rows == {2: {"a": "first\nsecond", "b": "1"}, 3: {"a": "x", "b": "2"}}
    assert not bad


def test_nul_and_huge_cells(tmp_path):
    rows, bad = read(tmp_path, "a,b\nx\0y,1\n" + "я" * 200_000 + ",2\nz,3\n")
    assert bad == {2: "holds a NUL character: the file is damaged", 3: "has a cell of more than 131,072 characters"}
    assert rows == {4: {"a": "z", "b": "3"}}


def test_huge_cell_alone_is_found(tmp_path):
    _, bad = read(tmp_path, "a,b\n" + "q" * 200_000 + ",2\n")
    assert bad == {2: "has a cell of more than 131,072 characters"}


def test_header_only_gives_columns(tmp_path):
    (tmp_path / "a.csv").write_text("a;b\n")
    (batch,) = CsvSource(Path("a.csv"), tmp_path, "people").read()
    assert batch.table.num_rows == 0
    assert batch.table.schema.names == ["a", "b"]


@pytest.mark.parametrize(("data", "code"), [(b"", "R611"), (b"\n\n \n", "R611"), (b'"a,b\n1,2\n', "R613")])
def test_nothing_to_read(tmp_path, data, code):
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(DataError) as caught:
        list(CsvSource(Path("a.csv"), tmp_path, "people").read())
    assert [item.code for item in caught.value.diagnostics] == [code]
    assert caught.value.diagnostics[0].hint


def test_missing_file_and_folder(tmp_path, monkeypatch):
    for name in ("none.csv", "."):
        with pytest.raises(EnvironmentFault, match="R903"):
            list(CsvSource(Path(name), tmp_path, "people").read())
    monkeypatch.delenv("NO_SUCH_PLACE", raising=False)
    with pytest.raises(EnvironmentFault, match="R902"):
        list(CsvSource(Path("env:NO_SUCH_PLACE"), tmp_path, "people").read())


def test_place_from_the_environment(tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_text("a\n1\n")
    monkeypatch.setenv("SHOP_FILE", str(tmp_path / "x.csv"))
    (batch,) = CsvSource(Path("/elsewhere/env:SHOP_FILE"), Path("/nowhere"), "people").read()
    assert batch.table.to_pylist() == [{"a": "1"}]


def test_both_roads_agree(tmp_path):
    """A row that forces the careful road changes nothing about the others."""
    draw = random.Random(3)
    cells = ["Ганна", "", " з краями ", '"a ""b"" c"', '"x\ny"', "1 234,56 ₴".replace(",", "."), "0067"]
    lines = [",".join(draw.choice(cells) for _ in range(4)) for _ in range(300)]
    whole, _ = read(tmp_path, "a,b,c,d\n" + "\n".join(lines) + "\n")
    damaged, bad = read(tmp_path, "a,b,c,d\n" + "\n".join(lines) + "\nshort\n")
    assert whole == damaged
    assert len(bad) == 1


@settings(deadline=None)
@given(st.text(alphabet='aя1,;"\n\r\t\0 ', max_size=200))
def test_any_text_is_cut_or_set_aside(text):
    """Rows keep the order and the numbers of the file; nothing comes twice, nothing crashes."""
    with tempfile.TemporaryDirectory() as folder:
        # So many NULs that the file must be UTF-16 are an error of the whole.
        if text.count("\0") > 2 * text.count("\n"):
            text = text.replace("\0", "")
        rows, bad = read(Path(folder), "a,b\n" + text)
    assert not set(rows) & set(bad)
    assert list(rows) == sorted(rows)
    assert all(set(row) == {"a", "b"} for row in rows.values())
    lines = text.count("\n") + text.count("\r") + 2
    assert max([1, *rows, *bad]) <= lines


@settings(deadline=None)
@given(st.lists(st.tuples(st.text('aя,;"\n x', max_size=8), st.text("b1'", max_size=4)), max_size=12))
def test_reads_back_what_the_csv_module_writes(rows):
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerows([("a", "b"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        found, bad = read(Path(folder), text.getvalue())
    assert not bad
    assert [tuple(row.values()) for row in found.values()] == rows
