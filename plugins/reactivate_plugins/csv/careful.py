"""The slow road through a damaged CSV file: each row that cannot be cut is kept aside, the next is read on."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator

from attrs import define, field

from reactivate.api import BadRow

MOST_LINES = 200
"""A record of more lines than this is an unclosed quotation mark."""

LONGEST_CELL = csv.field_size_limit()
"""Characters; longer cells are damage, not data."""


@define
class Lines:
    """Hands a csv reader the physical lines of one record, and can take back those it swallowed wrongly."""

    source: Iterator[str]
    taken: list[str] = field(factory=list)
    _waiting: deque[str] = field(factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self._waiting.popleft() if self._waiting else next(self.source)
        self.taken.append(line)
        return line

    def give_back(self) -> None:
        """All lines of this record but its first are read again."""
        self._waiting.extendleft(reversed(self.taken[1:]))


def cut(lines: Lines, delimiter: str) -> list[str] | str | None:
    """The cells of the next record; a text says why it cannot be cut; None at the end."""
    lines.taken = []
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), None)
    except csv.Error as fault:
        reason = str(fault)
    if "field larger" in reason:
        lines.give_back()
        return f"has a cell of more than {LONGEST_CELL:,} characters"
    if "expected after" in reason and len(lines.taken) == 1:
        # Quotation marks inside a quoted cell, not doubled: "ООО "Ромашка"". Harmless within one line.
        return next(csv.reader(lines.taken, delimiter=delimiter))
    lines.give_back()
    return "opens a quotation mark that is never closed"


def records(source: Iterable[str], delimiter: str, width: int, first: int) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Rows of exactly `width` cells, numbered from `first`; others as BadRow. Blank lines take a number."""
    lines = Lines(iter(source))
    row = first
    while (cells := cut(lines, delimiter)) is not None:
        reason = cells if isinstance(cells, str) else _fault(cells, width, "".join(lines.taken))
        if reason:
            if not isinstance(cells, str) and len(lines.taken) > 1:
                lines.give_back()
            yield BadRow(row, reason)
        elif cells:
            yield row, list(cells[:width])
        row += 1


def _fault(cells: list[str], width: int, text: str) -> str | None:
    if not cells:
        return None
    if "\0" in text:
        return "holds a NUL character: the file is damaged"
    if "\ufffd" in text:
        return "holds bytes that are no text in this encoding"
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return f"has {len(cells)} cells, the header has {width}"
    return None
