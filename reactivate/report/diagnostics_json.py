"""Diagnostics for machines: `check/1`.

{"format": "check/1", "specs": [path], "errors": n, "warnings": n, "notes": n,
 "diagnostics": [{"code", "severity", "message", "hint", "file", "line", "column", "end_column", "excerpt",
                  "related": [{"file", "line", "column", "message"}]}]}

Lines and columns are one-based and count characters; what is not known is null.
"""

import json
from collections.abc import Sequence
from typing import Any

from reactivate.diagnostics import Diagnostic, in_order


def report(found: Sequence[Diagnostic], specs: Sequence[str]) -> str:
    """The document as text."""
    items = in_order(found)
    numbers = {f"{kind}s": sum(item.severity == kind for item in items) for kind in ("error", "warning", "note")}
    document = {
        "format": "check/1",
        "specs": list(specs),
        **numbers,
        "diagnostics": [as_object(item) for item in items],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_object(item: Diagnostic) -> dict[str, Any]:
    """One diagnostic, ready for JSON."""
    span = item.span
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
        "hint": item.hint,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_column": span.end_column if span else None,
        "excerpt": item.excerpt,
        "related": [
            {"file": place.file, "line": place.line, "column": place.column, "message": said}
            for place, said in item.related
        ],
    }
