"""A CSV or Parquet file as a table of the columns asked for, cells as text: nothing is inferred but the delimiter."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve

from reactivate import plainfiles
from reactivate.diagnostics import Diagnostic
from reactivate.errors import DataError, EnvironmentFault, ReactivateError
from reactivate.text import counted, nearest, one_line, one_of

_BAD_ROWS = 0.01
_PARQUET = (".parquet", ".pq")


def read_table(path: str, columns: Sequence[str], encoding: str | None, delimiter: str | None) -> tuple[pa.Table, int]:
    """The columns, and how many rows of a CSV could not be cut into cells and were left out; None = find it out.

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


def _csv(file: Path, columns: Sequence[str], encoding: str | None, delimiter: str | None) -> tuple[pa.Table, int]:
    try:
        csv = plainfiles.open_csv(file, encoding, delimiter)
    except DataError as fault:
        raise DataError([_recoded(found) for found in fault.diagnostics]) from None
    _check_columns(file, csv.header, columns)
    table, asides = plainfiles.whole(csv, [csv.header.index(name) for name in columns])
    if len(asides) > _BAD_ROWS * (table.num_rows + len(asides)):
        first = f"line {asides[0].line} {asides[0].reason}"
        raise _broken(file, f"{counted(len(asides), 'row')} cannot be cut into cells: {first}")
    empty = pa.scalar(None, pa.string())
    cells = [pc.if_else(pc.equal(column, ""), empty, column) for column in table.columns]
    return pa.Table.from_arrays(cells, names=table.column_names), len(asides)


def _recoded(found: Diagnostic) -> Diagnostic:
    """The codes of a file that one command reads by itself: R656 nothing in it, R655 not readable."""
    return evolve(found, code="R656" if found.code == "R611" else "R655")


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
