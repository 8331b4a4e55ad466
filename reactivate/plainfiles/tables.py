"""A CSV or Parquet file as one table, every row of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import frozen

from reactivate.errors import DataError, EnvironmentFault
from reactivate.plainfiles.careful import Aside
from reactivate.plainfiles.csvfile import open_csv, whole


@frozen(eq=False)
class Read:
    """`table`: names told apart, the second `tel` is `tel_2`. `odd`: rows that do not fit, read as far as they go.

    `encoding`: of a CSV, as found or declared; None for Parquet.
    """

    table: pa.Table
    odd: list[Aside]
    encoding: str | None = None
    empty: bool = False
    """Whether the file has not even a header."""


def read_every(path: str, encoding: str | None = None, delimiter: str | None = None) -> Read:
    """All rows; cells of a CSV are text, blanks empty texts; columns of Parquet have the types of the file.

    EnvironmentFault R903 cannot be opened; DataError R612 no table or another encoding, R613 no header, R614 damaged.
    """
    file = Path(path)
    try:
        with file.open("rb") as opened:
            head = opened.read(4)
        if head == b"PAR1":
            return Read(_named(pq.read_table(file)), [])
        if not head:
            return Read(pa.table({}), [], empty=True)
        csv = open_csv(file, encoding, delimiter)
    except pa.ArrowInvalid as fault:
        raise DataError.because(
            "R614", f"{path} cannot be read as a Parquet file: {str(fault).splitlines()[0]}", "export it again"
        ) from None
    except OSError as fault:
        raise EnvironmentFault.because(
            "R903", f"cannot read {path}: {(fault.strerror or str(fault)).lower()}", "check the path"
        ) from None
    table, odd = whole(csv, every=True)
    return Read(_named(table), odd, csv.look.encoding)


def _named(table: pa.Table) -> pa.Table:
    """Column names told apart; what has no name is called by its place."""
    names = [name.strip() or f"column {place}" for place, name in enumerate(table.column_names, 1)]
    taken: set[str] = set()
    for place, name in enumerate(names):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}_{number}"
        taken.add(free)
        names[place] = free
    return table.rename_columns(names)
