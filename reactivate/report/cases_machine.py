"""Small tests of a campaign for machines: JSON `cases/1` and JUnit XML."""

import json
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from attrs import asdict

from reactivate.report.cases_text import failure
from reactivate.stages.cases import Judged

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_json(path: str, found: Sequence[Judged]) -> str:
    """Every case with what was seen, and what differs with its line."""
    failed = sum(not item.good for item in found)
    told = {
        "format": "cases/1",
        "file": path,
        "cases": [_case(item) for item in found],
        "good": len(found) - failed,
        "failed": failed,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _case(item: Judged) -> dict[str, Any]:
    seen = item.seen
    return {
        "name": item.case.name,
        "line": item.case.span.line,
        "good": item.good,
        "seen": {
            "touches": [asdict(touch) | {"reason": seen.reasons.get(touch.step)} for touch in seen.touches],
            "outcome": seen.outcome,
            "day": seen.day,
            "goal_day": seen.goal_day,
            "segment": seen.segment,
            "why": seen.why,
        },
        "differences": [
            {"what": one.what, "expected": _plain(one.expected), "seen": _plain(one.seen), "line": one.span.line}
            for one in item.differences
        ],
    }


def _plain(value: Any) -> Any:
    return [asdict(touch) for touch in value] if isinstance(value, tuple) else value


def as_junit(path: str, found: Sequence[Judged]) -> str:
    """A suite named after the test file, a test case per case."""
    failed = sum(not item.good for item in found)
    name = quoteattr(_clean(path))
    head = f'<testsuite name={name} tests="{len(found)}" failures="{failed}" errors="0" skipped="0">'
    cases = [_junit(item, name) for item in found]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def _junit(item: Judged, suite: str) -> str:
    head = f'  <testcase classname={suite} name={quoteattr(_clean(item.case.name))} line="{item.case.span.line}"'
    if item.good:
        return f"{head}/>"
    message = quoteattr(_clean(", ".join(one.what for one in item.differences)) + " not as expected")
    body = escape(_clean("\n".join(failure(item))))
    return f"{head}>\n    <failure message={message}>{body}</failure>\n  </testcase>"


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
