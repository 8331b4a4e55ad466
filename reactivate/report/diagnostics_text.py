"""Diagnostics for people: one unwrapped line each, the source line, a caret under the right character, one hint.

shop.yml:34:7: error R203: unknown key 'valid_dais' in offer 'spring'
   34 |       valid_dais: 14d
      |       ^^^^^^^^^^ did you mean 'valid'?
"""

from collections.abc import Iterable

from reactivate.diagnostics import Diagnostic, Span, in_order
from reactivate.text import counted, width

_MOST = 160
"""Columns of a source line that are shown; a longer one is cut around its fault."""


def as_text(found: Iterable[Diagnostic], summary: bool = False) -> str:
    """All diagnostics, in order of their places; with `summary`, a last line that counts them."""
    items = in_order(found)
    parts = [one(item) for item in items]
    if summary:
        parts.append(counts(items))
    return "\n".join(parts)


def one(item: Diagnostic) -> str:
    """A diagnostic with its source line."""
    return "\n".join([headline(item), *_source(item), *_related(item)])


def headline(item: Diagnostic) -> str:
    """Place, severity, code and message in one line that is never wrapped."""
    place = f"{_flat(str(item.span))}: " if item.span else ""
    return f"{place}{item.severity} {item.code}: {_flat(item.message)}"


def counts(items: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    listed = list(items)
    numbers = [(sum(item.severity == kind for item in listed), kind) for kind in ("error", "warning", "note")]
    return ", ".join(counted(number, kind) for number, kind in numbers if number) or "no faults"


def _source(item: Diagnostic) -> list[str]:
    hint = _flat(item.hint or "")
    if item.span is None or item.excerpt is None:
        return [f"      = {hint}"] if hint else []
    line, start, end = _window(item.excerpt, item.span)
    number = f"{item.span.line:>5} | "
    before, marked = line[:start], line[start:end]
    gap = " " * width(before)
    caret = "^" * max(width(marked), 1)
    return [f"{number}{line}".rstrip(), f"      | {gap}{caret} {hint}".rstrip()]


def _window(excerpt: str, span: Span) -> tuple[str, int, int]:
    """The source line without tabs, cut to a readable width; start and end of the fault in it."""
    line = "".join(char if char.isprintable() else " " for char in excerpt)
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1 if span.end_column else len(line), len(line))
    end = max(end, start)
    if len(line) <= _MOST:
        return line, start, end
    first = max(0, min(start - 40, len(line) - _MOST))
    cut = ("…" if first else "") + line[first : first + _MOST] + ("…" if first + _MOST < len(line) else "")
    moved = (1 if first else 0) - first
    return cut, start + moved, min(end + moved, len(cut))


def _related(item: Diagnostic) -> list[str]:
    return [f"      = {_flat(f'{place}: {what}')}" for place, what in item.related]


def _flat(text: str) -> str:
    """A message in one line, without control characters that a terminal would obey."""
    return "".join(char if char.isprintable() else " " for char in text)


def report(found: Iterable[Diagnostic], specs: Iterable[str]) -> str:
    """What `check` prints: the faults, then their number; `good` when there are none."""
    items = list(found)
    if items:
        return as_text(items, summary=True)
    return "\n".join(f"{spec}: good" for spec in specs)
