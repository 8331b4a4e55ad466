"""Diagnostics as JUnit XML: one case per spec file, failed when something in it is an error."""

import re
from collections import defaultdict
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from reactivate.diagnostics import Diagnostic, in_order
from reactivate.report.diagnostics_text import as_text, counts

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report(found: Sequence[Diagnostic], specs: Sequence[str]) -> str:
    """A suite `reactivate check`; warnings stand in the output of their case."""
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    for item in in_order(found):
        by_file[item.span.file if item.span else specs[0] if specs else "?"].append(item)
    files = list(dict.fromkeys([*specs, *by_file]))
    failed = sum(any(item.is_error for item in by_file[file]) for file in files)
    cases = [_case(file, by_file[file]) for file in files]
    head = f'<testsuite name="reactivate check" tests="{len(files)}" failures="{failed}" errors="0" skipped="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def _case(file: str, items: Sequence[Diagnostic]) -> str:
    head = f'  <testcase classname="reactivate.check" name={quoteattr(_clean(file))}'
    if not items:
        return f"{head}/>"
    errors = [item for item in items if item.is_error]
    others = [item for item in items if not item.is_error]
    inside = []
    if errors:
        inside.append(f"    <failure message={quoteattr(counts(errors))}>{_body(errors)}</failure>")
    if others:
        inside.append(f"    <system-out>{_body(others)}</system-out>")
    return "\n".join([f"{head}>", *inside, "  </testcase>"])


def _body(items: Sequence[Diagnostic]) -> str:
    return escape(_clean(as_text(items)))


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
