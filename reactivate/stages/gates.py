"""Gates: rules on figures. One that is not true ends plan and run with exit code 5."""

from typing import Any

import pyarrow as pa

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import DataError, GuardStop
from reactivate.stages.opened import Opened


def figures(plan: dict[str, Any]) -> dict[str, float | None]:
    """The names that rules under `expect` may use; shares are of all people. null = not known."""
    people = plan["people"]["people"]
    found: dict[str, float | None] = {
        "records": plan["people"]["records"],
        "people": people,
        "duplicates": plan["people"]["duplicates"],
        **{name: plan["counts"].get(name) for name in ("junk.name", "good.email", "good.phone", "good.any")},
    }
    for channel, reached in plan["reach"].items():
        found[f"reach.{channel}"] = reached["people"] / people if people else None
    if "audience" in plan:
        found["audience"] = plan["audience"]["people"]
        found["cost"] = plan["cost"]["at_most"]
        found["smallest_lift"] = plan["smallest_lift"]
        shared = plan["allocation"]
        found["expected_profit"] = None if shared is None else shared["expected_profit"]
    return found


def judge(opened: Opened, found: dict[str, float | None]) -> list[dict[str, Any]]:
    """Each gate with the value of what it looks at and whether it holds; a missing figure does not hold."""
    row = opened.rules.figures_table(found)
    gates = []
    for rule in opened.rules.gates:
        held = rule.mask(row).to_pylist()[0]
        values = {name: found.get(name) for name in sorted(rule.names)}
        said = ", ".join(_said(name, value) for name, value in values.items())
        gates.append({"rule": rule.text, "value": said, "passed": held is True})
    return gates


def _said(name: str, value: float | None) -> str:
    if value is None:
        return f"{name} unknown"
    share = isinstance(value, float) and name not in ("cost", "expected_profit")
    return f"{name} {value:.1%}" if share else f"{name} {value:,}"


def refusal(item: Diagnostic) -> dict[str, Any]:
    """Why no run may follow a plan, as the plan tells it; file, line and column are null where no key is to blame."""
    span = item.span
    place = (span.file, span.line, span.column) if span else (None, None, None)
    told = {"code": item.code, "message": item.message, "hint": item.hint or ""}
    return told | dict(zip(("file", "line", "column"), place, strict=True))


def refuse(plan: dict[str, Any]) -> None:
    """GuardStop for what the plan refuses, DataError R640 for every gate that does not hold."""
    stops = [
        Diagnostic(
            item["code"],
            item["message"],
            span=Span(item["file"], item["line"], item["column"]) if item["file"] else None,
            hint=item["hint"],
        )
        for item in plan["refusals"]
    ]
    if stops:
        raise GuardStop(stops)
    faults = [
        Diagnostic("R640", f"gate not met: {gate['rule']} ({gate['value']})", hint="mend the data, or the gate")
        for gate in plan["gates"]
        if not gate["passed"]
    ]
    if faults:
        raise DataError(faults)


def one_row(found: dict[str, Any], types: dict[str, pa.DataType]) -> pa.Table:
    """The figures as a table of one row, typed."""
    return pa.table({name: pa.array([found.get(name)], kind) for name, kind in types.items()})
