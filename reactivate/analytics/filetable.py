"""A CSV or Parquet file as a table of the columns asked for, cells as text: nothing is inferred but the delimiter."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from attrs import define

from reactivate.diagnostics import Diagnostic
from reactivate.errors import DataError, EnvironmentFault, ReactivateError
from reactivate.text import counted, nearest, one_line, one_of

_BAD_ROWS = 0.01
_PARQUET = (".parquet", ".pq")
_UNICODE_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_table(path: str, columns: Sequence[str], encoding: str, delimiter: str | None) -> tuple[pa.Table, int]:
    """The columns, and how many rows of a CSV had too many or too few cells and were left out.

    EnvironmentFault R903 no file; DataError R653 missing column, R655 broken file, R656 empty file.
    """
    file = Path(path)
    try:
        if file.suffix.lower() in _PARQUET:
            import pyarrow.parquet as pq

            _check_columns(file, pq.read_schema(file).names, columns)
            return pq.read_table(file, columns=list(columns)), 0
        return _csv(file, columns, encoding, delimiter)
    except FileNotFoundError:
        raise EnvironmentFault.because("R903", f"there is no file {file}", "check the path") from None
    except IsADirectoryError:
        raise EnvironmentFault.because("R903", f"{file} is a folder, not a file", "check the path") from None
    except LookupError:
        raise DataError.because("R655", f"no encoding is called {encoding!r}", "try utf-8 or cp1251") from None
    except UnicodeDecodeError:
        raise DataError.because(
            "R655", f"{file} is not written in {encoding}", "say how it is: --encoding cp1251, for example"
        ) from None
    except pa.ArrowInvalid as fault:
        raise _broken(file, str(fault).splitlines()[0]) from None


def named_columns(*columns: str | None) -> list[str]:
    """The columns that were given, each once."""
    return list(dict.fromkeys(name for name in columns if name))


def other_kinds(path: str, table: pa.Table) -> ReactivateError:
    """DataError R655 for a Parquet file whose columns cannot be what they were said to be."""
    kinds = ", ".join(f"{field.name}: {field.type}" for field in table.schema)
    hint = "ids, categories and titles are text or numbers, days are dates, times or text, sums are numbers or text"
    return DataError.because("R655", f"{path} has columns of other kinds than needed ({kinds})", hint)


def _broken(file: Path, why: str) -> ReactivateError:
    parquet = file.suffix.lower() in _PARQUET
    hint = (
        "is it a Parquet file? A text file must not be called so"
        if parquet
        else "try --encoding cp1251, --delimiter ';'"
    )
    return DataError.because("R655", f"{file} cannot be read: {one_line(why)}", hint)


@define
class _Misfits:
    """Rows with another number of cells than the header, counted while Arrow reads."""

    count: int = 0
    first: str = ""

    def __call__(self, row: object) -> str:
        self.count += 1
        self.first = self.first or getattr(row, "text", "")
        return "skip"


def _csv(file: Path, columns: Sequence[str], encoding: str, delimiter: str | None) -> tuple[pa.Table, int]:
    encoding = _UNICODE_MARKS.get(_start(file), encoding)
    with file.open(encoding="utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding) as opened:
        head = opened.readline().rstrip("\r\n")
    if not head.strip("\0 "):
        raise DataError.because("R656", f"{file} is empty", "check the path; a header and orders are expected")
    mark = delimiter or max(",;\t|", key=head.count)
    # Breaks of line inside quotes cost a slower reading, so they are looked for only when rows do not fit.
    table, misfits = _parsed(file, columns, encoding, mark, newlines='"' in head)
    if misfits.count and '"' not in head:
        table, misfits = _parsed(file, columns, encoding, mark, newlines=True)
    if misfits.count > _BAD_ROWS * (table.num_rows + misfits.count):
        raise _broken(
            file, f"{counted(misfits.count, 'row')} with another number of cells than the header: {misfits.first!r}"
        )
    return table, misfits.count


def _start(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(2)


def _parsed(
    file: Path, columns: Sequence[str], encoding: str, delimiter: str, *, newlines: bool
) -> tuple[pa.Table, _Misfits]:
    from pyarrow import csv

    misfits = _Misfits()
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=newlines, invalid_row_handler=misfits)
    names = csv.open_csv(file, csv.ReadOptions(encoding=encoding), parse).schema.names
    _check_columns(file, names, columns)
    misfits.count, misfits.first = 0, ""
    convert = csv.ConvertOptions(
        include_columns=list(columns),
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    return csv.read_csv(file, csv.ReadOptions(encoding=encoding), parse, convert), misfits


def _check_columns(file: Path, names: Sequence[str], wanted: Sequence[str]) -> None:
    faults = []
    for name in wanted:
        if list(names).count(name) > 1:
            faults.append(Diagnostic("R653", f"{file} has {list(names).count(name)} columns {name!r}",
                                     hint="rename one: nobody can tell which is meant"))  # fmt: skip
        elif name not in names:
            close = nearest(name, names)
            hint = f"did you mean {close!r}?" if close else f"its columns are: {one_of(names, 20)}"
            faults.append(Diagnostic("R653", f"{file} has no column {name!r}", hint=hint))
    if faults:
        raise DataError(faults)
