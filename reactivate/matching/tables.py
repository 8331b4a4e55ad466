"""Read and write plain tables: CSV with every cell as text (delimiter and encoding found), Parquet as it is."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from attrs import frozen

from reactivate.errors import DataError, EnvironmentFault

_ENCODINGS = ("utf-8-sig", "cp1251")


@frozen(eq=False)
class Read:
    """A table, and how many of its lines had more or fewer cells than the head (cut, or filled up with nulls)."""

    table: pa.Table
    ragged: int = 0


def read_table(path: str) -> Read:
    """A CSV or Parquet file. Raises EnvironmentFault R901 (missing), DataError R612 (not readable as a table)."""
    if not Path(path).is_file():
        raise EnvironmentFault.because("R901", f"no such file: {path}", "check the path")
    try:
        return Read(pq.read_table(path)) if _is_parquet(path) else _read_csv(path)
    except (pa.ArrowInvalid, csv.Error) as fault:
        reason = str(fault).split("\n", 1)[0]
        raise DataError.because(
            "R612", f"{path} cannot be read as a table: {reason}", "save it as CSV or Parquet"
        ) from None


def _is_parquet(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def _read_csv(path: str) -> Read:
    raw = Path(path).read_bytes()
    encoding = _encoding(raw)
    text = raw.decode(encoding).replace("\x00", "")
    head = text[:65536]
    if not head.strip():
        return Read(pa.table({}))
    delimiter = max(",;\t|", key=head.split("\n", 1)[0].count)
    names = [name.strip() for name in next(csv.reader([head.split("\n", 1)[0].rstrip("\r")], delimiter=delimiter))]
    ragged = 0

    def skip(row: pacsv.InvalidRow) -> str:
        nonlocal ragged
        ragged += 1
        return "skip"

    table = pacsv.read_csv(
        pa.BufferReader(text.encode("utf-8")),
        read_options=pacsv.ReadOptions(column_names=_unlike(names), skip_rows=1, use_threads=False),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(_unlike(names), pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )
    return Read(_line_by_line(text, delimiter, table.column_names), ragged) if ragged else Read(table)


def _line_by_line(text: str, delimiter: str, names: list[str]) -> pa.Table:
    """A table whose lines differ in length: what is too much is cut, what lacks is null. No line is lost."""
    csv.field_size_limit(1 << 30)
    lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if line][1:]
    columns = [[line[place] or None if place < len(line) else None for line in lines] for place in range(len(names))]
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)})


def _encoding(raw: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _unlike(names: list[str]) -> list[str]:
    """Column names told apart: the second `tel` becomes `tel_2`."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out
