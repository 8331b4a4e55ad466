"""Diagnostics as SARIF 2.1.0, which code hosts show beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from reactivate import __version__
from reactivate.diagnostics import Diagnostic, Span, in_order
from reactivate.report.codes import title

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report(found: Sequence[Diagnostic], specs: Sequence[str]) -> str:
    """One run with its rules and results."""
    items = in_order(found)
    codes = sorted({item.code for item in items})
    driver = {"name": "reactivate", "version": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes.index(item.code)) for item in items],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title(code)}}


def _result(item: Diagnostic, index: int) -> dict[str, Any]:
    message = item.message + (f" ({item.hint})" if item.hint else "")
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": item.severity,
        "message": {"text": message},
    }
    if item.span is not None:
        result["locations"] = [_location(item.span)]
    if item.related:
        result["relatedLocations"] = [{**_location(place), "message": {"text": said}} for place, said in item.related]
    return result


def _location(span: Span) -> dict[str, Any]:
    region = {"startLine": span.line, "startColumn": span.column}
    if span.end_column:
        region["endColumn"] = span.end_column
    uri = quote(PurePath(span.file).as_posix())
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
