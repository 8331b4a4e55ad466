"""One finding, with its place: what every fault in a spec, a table or a plug-in becomes.

Printers (text, JSON, GitHub …) live in `reactivate.report`; the pages behind the codes in `reactivate/codes/`.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from attrs import define, field, frozen

Severity = Literal["error", "warning", "note"]


@frozen
class Span:
    """A place in a text file. Lines and columns are one-based and count characters, not bytes."""

    file: str
    line: int = field()
    column: int = field()
    end_column: int | None = None

    @line.validator
    @column.validator
    def _one_based(self, attribute: object, value: int) -> None:
        if value < 1:
            raise ValueError(f"positions are one-based, got {value}")

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Diagnostic:
    """One fault or remark: `code` names its page, `hint` is the way out, `excerpt` the source line at `span`."""

    code: str
    message: str
    severity: Severity = "error"
    span: Span | None = None
    hint: str | None = None
    excerpt: str | None = None
    related: tuple[tuple[Span, str], ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


@define
class Collector:
    """Gathers diagnostics; never stops at the first."""

    items: list[Diagnostic] = field(factory=list)

    def add(self, *found: Diagnostic) -> None:
        self.items.extend(found)

    def extend(self, found: Iterable[Diagnostic]) -> None:
        self.items.extend(found)

    def error(self, code: str, message: str, span: Span | None = None, hint: str | None = None) -> None:
        self.items.append(Diagnostic(code, message, "error", span, hint))

    def warning(self, code: str, message: str, span: Span | None = None, hint: str | None = None) -> None:
        self.items.append(Diagnostic(code, message, "warning", span, hint))

    def note(self, code: str, message: str, span: Span | None = None, hint: str | None = None) -> None:
        self.items.append(Diagnostic(code, message, "note", span, hint))

    @property
    def errors(self) -> list[Diagnostic]:
        return [item for item in self.items if item.is_error]

    @property
    def failed(self) -> bool:
        return any(item.is_error for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(in_order(self.items))

    def __len__(self) -> int:
        return len(self.items)


def in_order(items: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file, line and column; those without a place come last, in the order they were found."""

    def place(item: Diagnostic) -> tuple[bool, str, int, int]:
        span = item.span
        return (True, "", 0, 0) if span is None else (False, span.file, span.line, span.column)

    return sorted(items, key=place)
