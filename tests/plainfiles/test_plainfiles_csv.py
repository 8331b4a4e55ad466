"""Reading plain files: what the bytes are, and that no row is lost or swallowed."""

import csv
import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactivate.errors import DataError, EnvironmentFault
from reactivate.plainfiles.careful import Aside, Lines, every_record
from reactivate.plainfiles.guess import encoding_of, no_text
from reactivate.plainfiles.rows import each_row
from reactivate.plainfiles.survey import survey
from reactivate.plainfiles.tables import read_every
from reactivate.plainfiles.texts import as_text

RUSSIAN = "ФИО;Телефон\nКоваль Анна Петровна;0671112233\n"
POLISH = "imię;miasto\nŁukasz Żak;Łódź\nBożena Wąs;Kraków\n"
FRENCH = "nom;ville\nHélène Lefèvre;Besançon\n"


def write(folder, data, encoding="utf-8"):
    path = folder / "a.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


class TestEncoding:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            (RUSSIAN, "utf-8"),
            (RUSSIAN, "cp1251"),
            (RUSSIAN, "utf-16-le"),
            (RUSSIAN, "utf-16-be"),
            (POLISH, "cp1250"),
            (FRENCH, "cp1252"),
            (FRENCH, "utf-8"),
            ("id,name\n1,John\n", "utf-8"),
        ],
    )
    def test_is_found_out(self, text, written):
        assert encoding_of(text.encode(written)) == written

    def test_marks_go_before_everything(self):
        assert encoding_of(RUSSIAN.encode("utf-16")) == "utf-16"

    @pytest.mark.parametrize("written", ["utf-8", "cp1251", "utf-8-sig", "utf-16"])
    def test_one_declared_wrongly_is_refused_unless_the_file_has_a_mark(self, tmp_path, written):
        declared = "utf-8" if written == "cp1251" else "cp1251"
        path = write(tmp_path, RUSSIAN, written)
        if written in ("utf-8", "cp1251"):
            with pytest.raises(DataError, match=f"R612: a.csv is not {declared} text, it looks like {written}"):
                survey(path, declared)
        else:
            assert survey(path, declared).encoding == {"utf-8-sig": "utf-8"}.get(written, written)

    def test_letters_far_down_decide_as_well(self, tmp_path):
        path = write(tmp_path, b"id;name\n" + b"1;John Smith\n" * 200_000 + "2;Коваль Анна\n".encode("cp1251"))
        assert survey(path, None).encoding == "cp1251"

    def test_a_damaged_line_does_not_turn_utf8_into_something_else(self, tmp_path):
        path = write(tmp_path, RUSSIAN.encode() * 20 + b"\xff\xfa;1\n")
        found = survey(path, None)
        assert (found.encoding, found.damaged, found.is_clean) == ("utf-8", True, False)


class TestSurvey:
    def test_counts_quotes_and_nulls_over_blocks(self, tmp_path):
        found = survey(write(tmp_path, b"a,b\n" + b'"x",1\n' * 300_000 + b"\0,2\n"), "utf-8")
        assert (found.quotes, found.nulls, found.damaged) == (600_000, 1, False)
        assert not found.is_clean

    @pytest.mark.parametrize(("quotes", "clean"), [(2, True), (3, False)])
    def test_an_odd_number_of_quotes_is_not_clean(self, tmp_path, quotes, clean):
        assert survey(write(tmp_path, "a\n" + '"' * quotes), "utf-8").is_clean is clean

    def test_an_empty_file(self, tmp_path):
        with pytest.raises(DataError, match=r"R611: a\.csv is empty"):
            survey(write(tmp_path, b""), "utf-8")

    @pytest.mark.parametrize(
        ("head", "what"),
        [
            (b"PK\x03\x04rest", "Excel workbook"),
            (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
            (b"%PDF-1.7", "PDF"),
            (bytes(range(256)) * 4, "no text at all"),
        ],
    )
    def test_what_only_bears_the_name_of_a_csv_is_named(self, tmp_path, head, what):
        with pytest.raises(DataError, match=rf"R612: a\.csv is .*{what}"):
            survey(write(tmp_path, head), "utf-8")

    def test_text_is_text(self):
        assert no_text(RUSSIAN.encode()) is None
        assert no_text(RUSSIAN.encode("utf-16-le")) is None


def every(text, delimiter=",", width=3):
    items = list(every_record(Lines(iter(io.StringIO(text, newline=""))), delimiter, width, 2))
    asides = [item for item in items if isinstance(item, Aside)]
    return [item[1] for item in items if not isinstance(item, Aside)], asides


class TestEveryRecord:
    def test_an_unclosed_quote_swallows_nothing(self):
        rows, asides = every('1,"Anna,067\n2,Oleg,050\n3,Ivan,063\n')
        assert rows == [["1", "Anna", "067"], ["2", "Oleg", "050"], ["3", "Ivan", "063"]]
        assert asides == [Aside(2, 1, "opens a quotation mark that is never closed")]

    def test_two_unclosed_quotes_that_close_each_other(self):
        rows, asides = every('1,"Anna,067\n2,Oleg,050\n3,Ivan",063\n4,Eva,093\n')
        assert [row[0] for row in rows] == ["1", "2", "3", "4"]
        assert asides[0].line == 1

    def test_an_address_of_several_lines_is_one_cell(self):
        rows, asides = every('1,Anna,"Kyiv\nMyru 1,\nflat 3"\n2,Oleg,x\n')
        assert rows[0] == ["1", "Anna", "Kyiv\nMyru 1,\nflat 3"]
        assert not asides

    def test_lines_are_counted_as_an_editor_counts_them(self):
        _, asides = every('1,Anna,"Kyiv\nMyru 1"\n2,Oleg\n')
        assert asides == [Aside(3, 3, "has 2 cells, the header has 3")]

    def test_too_much_is_cut_and_too_little_filled(self):
        assert every("1,a,b,c,d\n2\n\n3,a\0,b\n")[0] == [["1", "a", "b"], ["2", "", ""], ["3", "a", "b"]]

    def test_a_cell_of_a_megabyte_is_read(self):
        rows, asides = every("1," + "x" * 1_000_000 + ",2\n")
        assert len(rows[0][1]) == 1_000_000
        assert not asides
        assert csv.field_size_limit() < 1_000_000

    @given(st.lists(st.lists(st.text('aя;"\n x', max_size=6), min_size=4, max_size=4), max_size=8))
    def test_what_the_csv_module_writes_is_read_back(self, rows):
        """Without commas in cells: a record each of whose lines looks like a row is taken for several."""
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
        found, asides = every(text.getvalue(), width=4)
        assert (found, asides) == (rows, [])


class TestWholeFile:
    def test_columns_of_one_name_and_of_none_are_told_apart(self, tmp_path):
        read = read_every(str(write(tmp_path, "tel,,tel,tel_2\n1,2,3,4\n")))
        assert read.table.column_names == ["tel", "column 2", "tel_2", "tel_2_2"]

    def test_parquet_keeps_its_types(self, tmp_path):
        pq.write_table(pa.table({"id": [1, 2]}), tmp_path / "a.csv")
        assert read_every(str(tmp_path / "a.csv")).table["id"].type == pa.int64()

    def test_damaged_parquet_and_no_file(self, tmp_path):
        with pytest.raises(DataError, match="R614"):
            read_every(str(write(tmp_path, b"PAR1" + b"x" * 100)))
        with pytest.raises(EnvironmentFault, match="R903"):
            read_every(str(tmp_path))


class TestTexts:
    @pytest.mark.parametrize(
        ("values", "wanted"),
        [
            (pa.array([380671239561.0, 2.5, None, float("nan")]), ["380671239561", "2.5", None, None]),
            (pa.array([Decimal("1001.00"), Decimal("1000.50")]), ["1001", "1000.5"]),
            (pa.array([Decimal("1000")], pa.decimal128(10, 0)), ["1000"]),
            (pa.array([0, 86_400_000_000], pa.timestamp("us")), ["1970-01-01", "1970-01-02"]),
            (pa.array([" a ", "", None], pa.large_string()), ["a", None, None]),
            (pa.array(["a", " ", "a"]).dictionary_encode(), ["a", None, "a"]),
            (pa.array([["067", "050"], [], None, ["1", None]]), ["067; 050", None, None, "1;"]),
            (pa.array([b"abc"]), ["abc"]),
            (pa.nulls(1), [None]),
        ],
        ids=["float", "decimal", "whole", "timestamp", "large", "dictionary", "list", "bytes", "null"],
    )
    def test_reads_as_a_person_would_have_typed(self, values, wanted):
        assert as_text(pa.chunked_array([values, values]), "x").to_pylist() == wanted * 2

    @pytest.mark.parametrize("values", [pa.array([b"\xff"]), pa.array([{"a": 1}])], ids=["bytes", "struct"])
    def test_what_is_no_text_is_refused_by_name(self, values):
        with pytest.raises(DataError, match="R612: column 'tel' holds"):
            as_text(values, "tel")


@pytest.mark.parametrize("line", ["sep=;", "SEP=;\r", '"sep=;"'])
def test_the_line_of_excel_that_names_the_delimiter_is_no_header(tmp_path, line):
    path = tmp_path / "a.csv"
    path.write_text(f"{line}\nid;name,first\n1;Anna\n2;Oleg;x\n", encoding="utf-8")
    read = read_every(str(path))
    assert read.table.to_pydict() == {"id": ["1", "2"], "name,first": ["Anna", "Oleg"]}
    assert [odd.line for odd in read.odd] == [4]


def test_a_file_row_by_row_with_the_numbers_of_a_spreadsheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b;c\n1; x ;\n\n;;\n2\n3;y;z;w\n", encoding="utf-8")
    names, rows = each_row(str(path))
    found = list(rows)
    assert names == ("a", "b", "c")
    assert [item for item in found if not isinstance(item, Aside)] == [
        (2, {"a": "1", "b": "x", "c": ""}),
        (5, {"a": "2", "b": "", "c": ""}),
        (6, {"a": "3", "b": "y", "c": "z"}),
    ]
    assert [(item.row, item.short) for item in found if isinstance(item, Aside)] == [(5, True), (6, False)]
