"""Reads a CSV file into batches of text."""

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from reactivate.api import BadRow, Batch, Rows, Secret, place, plainfiles


@frozen
class CsvSource:
    """One file. Row numbers are those a spreadsheet shows: the header is row 1."""

    path: Path | Secret
    folder: Path
    rows: Rows
    encoding: str = "utf-8"
    delimiter: str | None = None

    def read(self) -> Iterator[Batch | BadRow]:
        """Batches of text columns named as in the header, and the rows that could not be cut into cells.

        Raises EnvironmentFault (R902, R903) or DataError (R611 empty, R612 encoding, R613 header).
        """
        file = plainfiles.open_csv(place(self.path, self.folder), self.encoding, self.delimiter)
        for item in plainfiles.batches(file):
            if isinstance(item, plainfiles.Aside):
                yield BadRow(item.row, item.reason)
            else:
                table, numbers = item
                yield Batch(self.rows, table, numbers[0].as_py() if len(numbers) else 2, numbers)
