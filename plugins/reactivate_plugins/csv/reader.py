"""Reads a CSV file into batches of text: Arrow's reader when the file is clean, the careful road otherwise."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from attrs import frozen

from reactivate.api import BadRow, Batch, DataError, Rows, Secret, place
from reactivate_plugins.csv.careful import LONGEST_CELL, MOST_LINES, Lines, cut, records
from reactivate_plugins.csv.survey import Survey, survey

_DELIMITERS = ",;\t|"
_BATCH = 65_536
_BLOCK = 8 << 20


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
        path = place(self.path, self.folder)
        look = survey(path, self.encoding)
        delimiter, header, lines = self._header(path, look)
        table = _fast(path, look, delimiter, len(header), lines) if look.is_clean else None
        if table is None:
            yield from self._careful(path, look, delimiter, header)
            return
        first = 2
        for batch in table.to_batches(max_chunksize=_BATCH) or _no_rows(header):
            yield Batch(self.rows, batch.rename_columns(header), first)
            first += batch.num_rows

    def _header(self, path: Path, look: Survey) -> tuple[str, list[str], int]:
        """Delimiter, column names and how many physical lines the header takes."""
        with path.open(encoding=_codec(look), errors="replace", newline="") as file:
            lines = list(islice(file, MOST_LINES))
        blank = next((i for i, line in enumerate(lines) if line.strip()), None)
        if blank is None:
            raise DataError.because("R611", f"{path.name} holds nothing but blank lines", "export it again")
        delimiter = self.delimiter or _sniffed(lines[blank])
        source = Lines(iter(lines[blank:]))
        header = cut(source, delimiter)
        if not isinstance(header, list) or "\0" in "".join(source.taken) or "\ufffd" in "".join(source.taken):
            raise DataError.because(
                "R613",
                f"{path.name}: the header row cannot be read",
                "open the file in an editor: its first line must hold the names of the columns",
            )
        return delimiter, [" ".join(name.split()) for name in header], blank + len(source.taken)

    def _careful(self, path: Path, look: Survey, delimiter: str, header: list[str]) -> Iterator[Batch | BadRow]:
        with path.open(encoding=_codec(look), errors="replace", newline="") as file:
            blank = 0
            for line in file:
                if line.strip():
                    break
                blank += 1
        with path.open(encoding=_codec(look), errors="replace", newline="") as file:
            rest = islice(file, blank, None)
            cut(Lines(rest), delimiter)
            numbers: list[int] = []
            cells: list[list[str]] = []
            for item in records(rest, delimiter, len(header), 2 + blank):
                if isinstance(item, BadRow):
                    yield item
                    continue
                numbers.append(item[0])
                cells.append(item[1])
                if len(cells) == _BATCH:
                    yield self._batch(header, cells, numbers)
                    numbers, cells = [], []
            yield self._batch(header, cells, numbers)

    def _batch(self, header: list[str], cells: list[list[str]], numbers: list[int]) -> Batch:
        arrays = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        table = pa.RecordBatch.from_arrays(arrays or [pa.array([], pa.string()) for _ in header], names=header)
        return Batch(self.rows, table, numbers[0] if numbers else 2, pa.array(numbers, pa.int64()))


def _codec(look: Survey) -> str:
    return "utf-8-sig" if look.encoding == "utf-8" else look.encoding


def _sniffed(line: str) -> str:
    """The delimiter that cuts the header into most cells; a comma when there is but one column."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


def _fast(path: Path, look: Survey, delimiter: str, width: int, header_lines: int) -> pa.Table | None:
    """The whole file as text columns, or None when Arrow stumbles or swallowed something a careful look must judge."""
    names = [str(i) for i in range(width)]
    try:
        table = pacsv.read_csv(
            path,
            pacsv.ReadOptions(column_names=names, skip_rows=header_lines, encoding=look.encoding, block_size=_BLOCK),
            pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=look.quotes > 0, ignore_empty_lines=False),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    return None if any(_strange(column) for column in table.columns) else table


def _strange(column: pa.ChunkedArray) -> bool:
    """Damage that Arrow reads over: huge cells, and line breaks, for an unclosed quotation mark swallows rows."""
    longest = pc.max(pc.binary_length(column)).as_py() or 0
    return bool(longest > LONGEST_CELL or pc.any(pc.match_substring(column, "\n")).as_py())


def _no_rows(header: list[str]) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in header], names=header)]
