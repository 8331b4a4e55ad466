"""The slow road through a damaged CSV file: each row that cannot be cut is told, the next is read on."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from reactivate.text import counted

MOST_LINES = 200
"""A record of more lines than this is an unclosed quotation mark."""

LONGEST_CELL = csv.field_size_limit()
"""Characters; longer cells are damage where rows are set aside."""

_ANY_CELL = 1 << 30
"""Characters; what a cell may hold where no row may be lost."""

_SURE_WIDTH = 3
"""Columns; in narrower files a line of an address may look like a row."""

_UNCLOSED = "opens a quotation mark that is never closed"


@frozen
class Aside:
    """A row that does not fit. `row` is what a spreadsheet shows, the header is row 1; `line` of a text editor."""

    row: int
    line: int
    reason: str
    short: bool = field(default=False, eq=False)
    """Whether all that is wrong is that cells lack at its end."""


@define
class Lines:
    """Hands a csv reader the physical lines of one record, and can take back those it swallowed wrongly."""

    source: Iterator[str]
    taken: list[str] = field(factory=list)
    number: int = 1
    """Of the first line of the record, in the file."""
    _waiting: deque[str] = field(factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self._waiting.popleft() if self._waiting else next(self.source)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """The next line taken begins a record."""
        self.number += len(self.taken)
        self.taken = []

    def give_back(self) -> None:
        """All lines of this record but its first are read again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        self.taken = self.taken[:1]


def cut(lines: Lines, delimiter: str, longest: int = LONGEST_CELL) -> list[str] | str | None:
    """The cells of the next record; a text says why it cannot be cut; None at the end."""
    lines.begin()
    try:
        return next(_reader(lines, delimiter, longest, strict=True), None)
    except csv.Error as fault:
        reason = str(fault)
    if "field larger" in reason:
        lines.give_back()
        return f"has a cell of more than {longest:,} characters"
    if "expected after" in reason and len(lines.taken) == 1:
        # Quotation marks inside a quoted cell, not doubled: "ООО "Ромашка"". Harmless within one line.
        return next(_reader(lines.taken, delimiter, longest))
    lines.give_back()
    return _UNCLOSED


def _reader(lines: Iterable[str], delimiter: str, longest: int, *, strict: bool = False) -> Iterator[list[str]]:
    before = csv.field_size_limit(longest)
    try:
        yield from csv.reader(lines, delimiter=delimiter, strict=strict)
    finally:
        csv.field_size_limit(before)


def records(lines: Lines, delimiter: str, width: int, first: int) -> Iterator[tuple[int, list[str]] | Aside]:
    """Rows of exactly `width` cells, numbered from `first`; others as Aside. Blank lines take a number."""
    row = first
    while (cells := cut(lines, delimiter)) is not None:
        reason = _swallowed(cells, lines, delimiter, width) or _fault(cells, width, lines.taken)
        if reason:
            lines.give_back()
            yield Aside(row, lines.number, reason)
        elif cells:
            yield row, list(cells[:width])
        row += 1


def every_record(lines: Lines, delimiter: str, width: int, first: int) -> Iterator[tuple[int, list[str]] | Aside]:
    """Every row that is not blank, with `width` cells, whatever is wrong with it; an Aside goes before such a row.

    What is too much is cut, what lacks is empty, NULs are left out; a row that opens a quotation mark without closing
    it ends with its line, and the mark is left out.
    """
    row = first
    while (cells := cut(lines, delimiter, _ANY_CELL)) is not None:
        unclosed = _swallowed(cells, lines, delimiter, width)
        reason = unclosed or _fault(cells, width, lines.taken)
        if unclosed or (len(lines.taken) > 1 and not _fits(cells, width)):
            lines.give_back()
            cells = lines.taken[0].rstrip("\r\n").replace('"', "").split(delimiter)
        if reason:
            short = not unclosed and len(cells) < width and "header" in reason
            yield Aside(row, lines.number, reason, short)
        if cells:
            yield row, [cell.replace("\0", "") for cell in (*cells, *[""] * width)][:width]
        row += 1


def _swallowed(cells: list[str] | str, lines: Lines, delimiter: str, width: int) -> str | None:
    """Why the record cannot be cut, or took in other rows: each of its lines alone has as many cells as the header."""
    if isinstance(cells, str):
        return cells
    like_rows = width >= _SURE_WIDTH and all(line.count(delimiter) == width - 1 for line in lines.taken)
    return _UNCLOSED if len(lines.taken) > 1 and like_rows else None


def _fault(cells: list[str] | str, width: int, taken: list[str]) -> str | None:
    if not cells:
        return None
    text = "".join(taken)
    if "\0" in text:
        return "holds a NUL character: the file is damaged"
    if "\ufffd" in text:
        return "holds bytes that are no text in this encoding"
    if not _fits(cells, width):
        return f"has {counted(len(cells), 'cell')}, the header has {width}"
    return None


def _fits(cells: list[str] | str, width: int) -> bool:
    return len(cells) >= width and not any(cell.strip() for cell in cells[width:])
