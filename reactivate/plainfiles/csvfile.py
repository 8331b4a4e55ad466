"""A CSV file as columns of text: Arrow's reader when the file is clean, the careful road otherwise."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from attrs import frozen

from reactivate.errors import DataError
from reactivate.plainfiles.careful import LONGEST_CELL, MOST_LINES, Aside, Lines, cut, every_record, records
from reactivate.plainfiles.survey import Survey, survey

_DELIMITERS = ",;\t|"
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
"""What Excel writes above a header, and reads back, to say what stands between cells."""
_BATCH = 65_536
_BLOCK = 8 << 20

Rows = tuple[pa.RecordBatch, pa.Array]
"""Columns of text, and the number that a spreadsheet shows for each row: the header is row 1."""


@frozen
class CsvFile:
    """A file whose header has been read. `blank`: lines before it without cells; `taken`: physical lines it takes."""

    path: Path
    look: Survey
    delimiter: str
    header: tuple[str, ...]
    blank: int
    taken: int

    @property
    def codec(self) -> str:
        return "utf-8-sig" if self.look.encoding == "utf-8" else self.look.encoding


def open_csv(path: Path, encoding: str | None = None, delimiter: str | None = None) -> CsvFile:
    """Find out how the file is written; None = find that out too.

    Raises OSError, or DataError: R611 empty, R612 another encoding or no text, R613 a header that cannot be read.
    """
    look = survey(path, encoding)
    codec = "utf-8-sig" if look.encoding == "utf-8" else look.encoding
    with path.open(encoding=codec, errors="replace", newline="") as file:
        lines = list(islice(file, MOST_LINES))
    blank = next((i for i, line in enumerate(lines) if line.strip()), None)
    if blank is None:
        raise DataError.because("R611", f"{path.name} holds nothing but blank lines", "export it again")
    if (mark := _SEP.fullmatch(lines[blank])) and len(lines) > blank + 1:
        blank, delimiter = blank + 1, delimiter or mark[1]
    found = delimiter or _sniffed(lines[blank])
    source = Lines(iter(lines[blank:]))
    header = cut(source, found)
    if not isinstance(header, list) or set("\0\ufffd") & set("".join(source.taken)):
        raise DataError.because(
            "R613",
            f"{path.name}: the header row cannot be read",
            "open the file in an editor: its first line must hold the names of the columns",
        )
    names = tuple(" ".join(name.split()) for name in header)
    return CsvFile(path, look, found, names, blank, len(source.taken))


def batches(file: CsvFile, *, every: bool = False) -> Iterator[Rows | Aside]:
    """Batches of text columns named as in the header, and what does not fit, in between.

    Rows that do not fit are left out; with `every` they are read as far as they go. An empty cell is an empty text.
    """
    table = _fast(file, None, every=every, numbered=True)
    if table is None:
        yield from _careful(file, every_record if every else records)
        return
    first = 2 + file.blank
    for batch in table.to_batches(max_chunksize=_BATCH) or [_batch(file, [])]:
        yield batch.rename_columns(file.header), pa.array(range(first, first + batch.num_rows), pa.int64())
        first += batch.num_rows


def whole(file: CsvFile, wanted: Sequence[int] | None = None, *, every: bool = False) -> tuple[pa.Table, list[Aside]]:
    """The columns at the places `wanted` (default: all) of all rows, and what does not fit; as `batches`."""
    places = list(range(len(file.header)) if wanted is None else wanted)
    names = [file.header[place] for place in places]
    table, asides = _fast(file, places, every=every), []
    if table is not None:
        return table.rename_columns(names), []
    read: list[pa.RecordBatch] = []
    for item in _careful(file, every_record if every else records):
        if isinstance(item, Aside):
            asides.append(item)
        else:
            read.append(item[0].select(places))
    return pa.Table.from_batches(read), asides


def _careful(
    file: CsvFile, cutter: Callable[[Lines, str, int, int], Iterator[tuple[int, list[str]] | Aside]]
) -> Iterator[Rows | Aside]:
    with file.path.open(encoding=file.codec, errors="replace", newline="") as opened:
        lines = Lines(islice(opened, file.blank, None), number=1 + file.blank)
        cut(lines, file.delimiter)
        numbers: list[int] = []
        cells: list[list[str]] = []
        for item in cutter(lines, file.delimiter, len(file.header), 2 + file.blank):
            if isinstance(item, Aside):
                yield item
                continue
            numbers.append(item[0])
            cells.append(item[1])
            if len(cells) == _BATCH:
                yield _batch(file, cells), pa.array(numbers, pa.int64())
                numbers, cells = [], []
        yield _batch(file, cells), pa.array(numbers, pa.int64())


def _batch(file: CsvFile, cells: list[list[str]]) -> pa.RecordBatch:
    arrays = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
    return pa.RecordBatch.from_arrays(arrays or [pa.array([], pa.string()) for _ in file.header], names=file.header)


def _sniffed(line: str) -> str:
    """The delimiter that cuts the header into most cells; a comma when there is but one column."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


def _fast(file: CsvFile, places: Sequence[int] | None, *, every: bool, numbered: bool = False) -> pa.Table | None:
    """The whole file as text columns, or None when Arrow stumbles or swallowed something a careful look must judge.

    `numbered`: a blank line must be found by the careful road, for it takes a number.
    """
    if not file.look.is_clean:
        return None
    names = [str(i) for i in range(len(file.header))]
    wanted = names if places is None else [names[place] for place in places]
    quoted = file.look.quotes > 0
    try:
        table = pacsv.read_csv(
            file.path,
            pacsv.ReadOptions(
                column_names=names,
                skip_rows=file.blank + file.taken,
                encoding=file.look.encoding,
                block_size=_BLOCK,
            ),
            pacsv.ParseOptions(delimiter=file.delimiter, newlines_in_values=quoted, ignore_empty_lines=not numbered),
            pacsv.ConvertOptions(
                # An unclosed quotation mark in a column nobody asked for swallows rows as well.
                include_columns=names if quoted or not wanted else wanted,
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                check_utf8=True,
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    if any(_strange(column, every=every) for column in table.columns):
        return None
    return table.select(wanted)


def _strange(column: pa.ChunkedArray, *, every: bool) -> bool:
    """Damage that Arrow reads over: huge cells, and line breaks, for an unclosed quotation mark swallows rows."""
    longest = 0 if every else pc.max(pc.binary_length(column)).as_py() or 0
    return bool(longest > LONGEST_CELL or pc.any(pc.match_substring(column, "\n")).as_py())
