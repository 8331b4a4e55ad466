"""What libyaml says of a broken file, in the words of somebody who writes campaigns."""

import re
from typing import Any

from reactivate.diagnostics import Diagnostic, Span

VERBS = ("send", "call", "ads", "wait", "tag", "stop")

_Told = tuple[str, str, int, int]
"""Message, hint, line and column (both from zero)."""


def explained(fault: Any, text: str, file: str) -> Diagnostic:
    """R104 for a MarkedYAMLError of libyaml, whose places are zero-based."""
    problem, context = fault.problem or "", fault.context or ""
    begin, mark = fault.context_mark, fault.problem_mark or fault.context_mark
    lines = text.split("\n")
    if begin is not None and (context.endswith("quoted scalar") or ("flow" in context and mark.line > begin.line)):
        return _never_closed(lines, begin.line, begin.column, file)
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    while line >= len(lines) or (line > 0 and not lines[line].strip()):  # libyaml points behind the end
        line -= 1
        column = len(lines[line])
    message, hint, line, column = _meaning(problem, lines, line, min(column, len(lines[line])))
    place = Span(file, line + 1, column + 1, column + 2)
    return Diagnostic("R104", message, span=place, hint=hint)


def _never_closed(lines: list[str], line: int, column: int, file: str) -> Diagnostic:
    """A quote or bracket without its partner, at the place where it opens."""
    char = lines[line][column : column + 1]
    place = Span(file, line + 1, column + 1, column + 2)
    if char in "{[":
        partner = {"{": "}", "[": "]"}[char]
        hint = f"close it with {partner}, and separate what is inside by commas"
        return Diagnostic("R104", f"this {char} is opened and never closed", span=place, hint=hint)
    return Diagnostic(
        "R104", "this quote is opened and never closed", span=place, hint="close it at the end of the text"
    )


def _meaning(  # noqa: PLR0911 - a table of what libyaml says
    problem: str, lines: list[str], line: int, column: int
) -> _Told:
    row = lines[line]
    if "mapping values are not allowed" in problem:
        return _colon(lines, line, column)
    if "cannot start any token" in problem:
        char = row[column : column + 1]
        return f"a value cannot begin with {char!r}", "put the value in double quotes", line, column
    if "expected ',' or" in problem:
        return (*_brace(problem), line, column)
    if "could not find expected ':'" in problem:
        return _no_colon(lines, line, column)
    if "block sequence entries are not allowed" in problem:
        return "a list item cannot begin here", "begin it on a line of its own", line, column
    if "did not find expected alphabetic" in problem:
        return "'*' and '&' cannot begin a value", "put the value in double quotes", line, max(column - 1, 0)
    if "did not find expected key" in problem or "did not find expected '-'" in problem:
        message, hint, column = _indent(row, column)
        return message, hint, line, column
    if "escape character" in problem:
        hint = "write it twice: \\\\, or use single quotes"
        return "a backslash in double quotes means something else", hint, line, column
    hint = "check quotes, colons and indentation above"
    return f"the file cannot be read from here on ({problem})", hint, line, column


def _colon(lines: list[str], line: int, column: int) -> _Told:
    row = lines[line]
    if row[column : column + 1] == ":" and ":" in row[:column]:
        return "a second colon in one line", "put the text in double quotes, or begin a new line", line, column
    above = next((number for number in range(line - 1, -1, -1) if lines[number].strip()), None)
    if above is not None and _begin(lines[above]) < _begin(row):
        step = re.match(rf"\s*(-?)({'|'.join(VERBS)}):\s+\S", lines[above])
        if step:
            lacks = "a space is missing behind the dash" if step[1] else "a step begins with a dash"
            return lacks, f"write `- {lines[above].strip().removeprefix('-')}`", above, _begin(lines[above])
        if re.match(r"\s*(?:- )?\w+:\s+[^\s#|>{\[]", lines[above]):
            hint = f"move this line to the left, or give line {above + 1} no value of its own"
            return f"line {above + 1} has a value already: nothing can stand below it", hint, line, _begin(row)
    hint = "keys of one level begin in the same column; text with ': ' needs double quotes"
    return "a colon does not fit here", hint, line, column


def _begin(row: str) -> int:
    return len(row) - len(row.lstrip())


def _brace(problem: str) -> tuple[str, str]:
    closing = "}" if "'}'" in problem else "]"
    hint = "separate by commas; a value with ': ', a comma or a bracket gets a line of its own"
    return f"a comma or {closing!r} is missing", hint


def _no_colon(lines: list[str], line: int, column: int) -> _Told:
    """Libyaml notices a missing colon only a line later; point at the last line before that has none."""
    for number in range(line, max(line - 3, -1), -1):
        row = lines[number].split(" #")[0].rstrip()
        close = re.match(r"\s*(?:- )?\w+:(?=\S)", row)
        if close:
            better = row.strip().replace(":", ": ", 1)
            return "a space is missing behind the colon", f"write `{better}`", number, close.end() - 1
        if row.strip() and ":" not in row:
            word = row.strip()[:40]
            equal = re.match(r"((?:- )?\w+)\s*=\s*(.+)", word)
            better = f"{equal[1]}: {equal[2]}" if equal else f"{word}: …"
            return (
                f"a colon is missing behind {(equal[1] if equal else word)!r}",
                f"write `{better}`",
                number,
                _begin(row),
            )
    return "a colon is missing", "a key is followed by a colon and a space", line, column


def _indent(row: str, column: int) -> tuple[str, str, int]:
    if row.strip()[:1] in "}]":
        return "a bracket is closed that was never opened", "delete it", len(row) - len(row.lstrip())
    if row[:column].strip():
        return "the text goes on behind its closing quote", "put the whole value into one pair of double quotes", column
    hint = "keys of one level begin in the same column"
    if row.lstrip().startswith("- "):
        return "this list item does not stand under its list", "put all '-' of a list into one column", column
    return "this line does not stand under any key above it", hint, column
