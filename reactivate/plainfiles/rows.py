"""A small CSV file that people wrote or sent back, row by row: sheets of decisions, lists of events."""

from collections.abc import Iterator
from pathlib import Path

from reactivate.plainfiles.careful import Aside
from reactivate.plainfiles.csvfile import batches, open_csv

Row = tuple[int, dict[str, str]]
"""The number that a spreadsheet shows, and the cells by column name, trimmed; a cell that lacks is empty."""


def each_row(path: str) -> tuple[tuple[str, ...], Iterator[Row | Aside]]:
    """(the names in the header, rows that are not blank; an Aside goes before those that do not fit).

    Encoding and delimiter are found out. Faults as `open_csv`.
    """
    file = open_csv(Path(path))

    def rows() -> Iterator[Row | Aside]:
        for item in batches(file, every=True):
            if isinstance(item, Aside):
                yield item
                continue
            batch, numbers = item
            columns = (column.to_pylist() for column in batch.columns)
            for number, *cells in zip(numbers.to_pylist(), *columns, strict=True):
                tidy = [cell.strip() for cell in cells]
                if any(tidy):
                    yield number, dict(zip(file.header, tidy, strict=True))

    return file.header, rows()
