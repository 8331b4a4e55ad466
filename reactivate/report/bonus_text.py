"""Staff bonus for people: a few lines, and a CSV that a payroll takes."""

import csv
import io
from typing import TYPE_CHECKING, Any

from reactivate.rendering.cells import safe_cell
from reactivate.text import columns, counted

if TYPE_CHECKING:
    import pyarrow as pa

_SAID = {
    "waiting": "still on their way: decided when the journey is over",
    "no order": "reached the goal, but have not ordered",
    "rule not true": "not due: the rule of staff_bonus is not true",
    "rule not known": "not due: something that the rule asks is not known",
}


def as_text(found: dict[str, Any]) -> str:
    """Sums per member of staff, then why others have earned nothing."""
    states = found["states"]
    due = states.get("due", 0)
    lines = [
        f"Bonus of {found['campaign']} as of {found['as_of']}: {found['due']:,.2f} {found['currency']} "
        f"for {counted(due, 'customer')} who came back"
    ]
    rows = [
        (
            f"  {row['staff']}",
            f"{row['due']:,.2f} {found['currency']}",
            f"{counted(row['customers'], 'customer')}, margin {row['margin']:,.2f}",
            _score(row),
        )
        for row in found["staff"]
    ]
    lines += columns(rows, right=(1,))
    others = [(f"  {states[word]:,}", said) for word, said in _SAID.items() if word in states]
    return "\n".join([*lines, *columns(others)])


def _score(row: dict[str, Any]) -> str:
    if not row["answers"]:
        return ""
    return f"recommended by {100 * row['score']:+.0f} ({counted(row['answers'], 'answer')})"


def as_csv(rows: "pa.Table") -> str:
    """The rows as CSV with a heading; nothing in it may run as a formula in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.column_names)
    writer.writerows(map(_cells, rows.to_pylist()))
    return text.getvalue()


def _cells(row: dict[str, Any]) -> list[Any]:
    return [safe_cell(value) if isinstance(value, str) else value for value in row.values()]
