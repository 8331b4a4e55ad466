"""Why a rule said what it said about one person."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reactivate.rules import typed
from reactivate.rules.interpret import Row, value
from reactivate.rules.types import Kind, duration_text

_SAID = {True: "true", False: "false", None: "undecided"}


def why(rule: typed.HasRoot, row: Row, base: Sequence[Row] = ()) -> str:
    """Every claim of the rule with what it found: `since_last_order 243d > 180d: true; topics is missing: true`.

    `row`: the person's columns as Python values, absent = missing. `base`: everyone, for `in top`.
    """
    return "; ".join(f"{_told(claim, row)}: {_SAID[value(claim, row, base)]}" for claim in _claims(rule.root))


def _claims(node: typed.Value) -> list[typed.Value]:
    if isinstance(node, typed.All | typed.Any):
        return [claim for part in node.parts for claim in _claims(part)]
    return [node]


def _told(claim: typed.Value, row: Row) -> str:
    """The claim as written, with the value beside every name that has one to show."""
    if isinstance(claim, typed.Missing):
        return claim.said
    text = claim.said
    for node in {below.column: below for below in typed.walk(claim) if isinstance(below, typed.Column)}.values():
        shown = _shown(value(node, row), node.kind)
        if node.kind is Kind.YESNO:
            shown = "(missing)" if shown == "missing" else ""
        name = rf"(?<![\w.]){re.escape(node.said)}(?![\w.(])"
        if shown and (found := re.search(name, text)):
            text = f"{text[: found.end()]} {shown}{text[found.end() :]}"
    return text


def _shown(found: Any, kind: Kind) -> str:  # noqa: PLR0911 - one line for each kind
    if found is None:
        return "missing"
    if kind is Kind.DURATION:
        return duration_text(found) if float(found).is_integer() else f"{found:.1f}d"
    if kind in (Kind.SHARE, Kind.POINTS):
        return f"{found * 100:.4g}{'%' if kind is Kind.SHARE else 'pp'}"
    if isinstance(found, list):
        return f"[{', '.join(map(str, found))}]"
    if isinstance(found, Decimal):
        return f"{found:,.2f}"
    if isinstance(found, date | bool | int):
        return str(found)
    return f"{found:.4g}" if isinstance(found, float) else f"'{found}'"
