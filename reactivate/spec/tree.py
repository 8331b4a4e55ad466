"""The positioned tree of a YAML file: scalars keep their raw text, everything keeps its place."""

from collections.abc import Iterator

from attrs import field, frozen

from reactivate.diagnostics import Span

Piece = tuple[int, int, int]
"""(offset in the text, line, column): from this offset on, the text stands there, character by character."""


@frozen
class Scalar:
    """A text as written between its quotes; what it means is decided by the field that it stands in.

    comment: what YAML cut off behind ` #` in its line. refused: already complained of, nobody looks at it again.
    """

    text: str
    span: Span
    quoted: bool = False
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    comment: str = field(default="", repr=False)
    refused: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read (and the YAML reader said so)."""
        return self.refused or not (self.text or self.quoted)

    kind = "a value"

    def part(self, start: int, end: int) -> Span:
        """The place of the characters `start` to `end` of the text in the file."""
        for offset, line, column in reversed(self.pieces):
            if offset <= start:
                first = column + start - offset
                return Span(self.span.file, line, first, max(column + end - offset, first + 1))
        return self.span


@frozen
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: "Node"


@frozen
class Mapping:
    """`key: value` pairs in the order written; keys are unique (a repeated one was reported and left out)."""

    entries: tuple[Entry, ...]
    span: Span

    kind = "keys with values"

    def get(self, name: str) -> "Node | None":
        """The value of a key, None when it is not there."""
        return next((entry.value for entry in self.entries if entry.key.text == name), None)

    def entry(self, name: str) -> Entry | None:
        """Key and value, None when it is not there."""
        return next((entry for entry in self.entries if entry.key.text == name), None)

    @property
    def names(self) -> list[str]:
        return [entry.key.text for entry in self.entries]


@frozen
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    span: Span

    kind = "a list"

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.items)


Node = Scalar | Mapping | Sequence
