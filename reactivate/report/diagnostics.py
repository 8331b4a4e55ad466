"""Diagnostics in any of their formats."""

from collections.abc import Sequence
from importlib import import_module

from reactivate.diagnostics import Diagnostic


def printed(found: Sequence[Diagnostic], form: str, specs: Sequence[str]) -> str:
    """The report of `check` on `specs` as text, json, github, sarif or junit."""
    text: str = import_module(f"reactivate.report.diagnostics_{form}").report(found, specs)
    return text
