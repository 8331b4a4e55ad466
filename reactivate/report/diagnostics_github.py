"""Diagnostics as GitHub workflow commands, which become annotations of the changed lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from collections.abc import Sequence

from reactivate.diagnostics import Diagnostic, in_order
from reactivate.report.diagnostics_text import counts

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def report(found: Sequence[Diagnostic], specs: Sequence[str]) -> str:
    """One command per diagnostic, then their number."""
    return "\n".join([*(command(item) for item in in_order(found)), counts(found)])


def command(item: Diagnostic) -> str:
    """`::error file=…,line=…,col=…,title=R203::message`."""
    fields = {"title": item.code}
    if item.span is not None:
        fields |= {"file": item.span.file, "line": str(item.span.line), "col": str(item.span.column)}
        if item.span.end_column:
            fields["endColumn"] = str(item.span.end_column)
    message = item.message + (f" ({item.hint})" if item.hint else "")
    listed = ",".join(f"{key}={_property(value)}" for key, value in fields.items())
    return f"::{_LEVELS[item.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
