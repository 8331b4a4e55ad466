"""What the operators wrote into a list, as events."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from attrs import frozen

from reactivate.api import EVENTS, EnvironmentFault
from reactivate_plugins.call_list.lists import Row, read_rows

FINAL = frozenset(
    {
        "interested",
        "order",
        "already_bought",
        "refused",
        "do_not_call",
        "wrong_number",
        "no_answer",
        "not_called",
        "other",
    }
)
AGAIN = frozenset({"busy", "voicemail", "call_again"})
"""Results that mean another attempt."""
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")


@frozen
class Results:
    """`events`: contract events with `x_key` (key of the touch) and `x_question` (null = the call's result).

    `unread`: one-based rows of the file (the header is row 1) and why each could not be used.
    """

    events: pa.Table
    unread: tuple[tuple[int, str], ...]


def read_results(path: Path, results: Mapping[str, str], *, source: str, timezone: ZoneInfo, now: datetime) -> Results:
    """Read a list that came back from the desk, CSV or XLSX. The same file twice gives the same event ids.

    `results` translates the desk's words; our own words are always understood. Rows without a result and without
    answers are not called yet and give nothing. A row without `called_at` counts as called `now`.
    Raises EnvironmentFault R812 (the file cannot be read as a list).
    """
    words = {word.casefold(): ours for word, ours in results.items()} | {word: word for word in FINAL | AGAIN}
    found: list[dict[str, Any]] = []
    unread: list[tuple[int, str]] = []
    for number, row in enumerate(_rows(path), 2):
        said = {
            name.removeprefix("ask_"): cell for name, cell in row.items() if name.startswith("ask_") and cell.strip()
        }
        word = row.get("result", "").strip()
        if not word and not said:
            continue
        at, fault = _called_at(row.get("called_at", "").strip(), timezone, now)
        result = words.get(word.casefold()) if word else None
        if not row.get("key", "").strip():
            fault = "the key is gone"
        elif word and result is None:
            fault = f"unknown result {word!r}"
        if fault:
            unread.append((number, fault))
            continue
        found += _events(row, result, said, at, source)
    return Results(_table(found), tuple(unread))


def _rows(path: Path) -> list[Row]:
    try:
        rows = sheet_rows(path) if path.suffix.lower() == ".xlsx" else read_rows(path)
    except OSError as fault:
        raise EnvironmentFault.because("R812", f"cannot read {path.name}: {fault.strerror or fault}") from None
    if rows and "key" not in rows[0]:
        raise EnvironmentFault.because(
            "R812", f"{path.name} is no call list: it has no column 'key'", "send back the list as it was exported"
        )
    return rows


def sheet_rows(path: Path) -> list[Row]:
    """The rows of an XLSX list, cells as text. Raises OSError, EnvironmentFault R812."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise EnvironmentFault.because(
            "R812", f"{path.name} is not an Excel file", "save it as .xlsx or .csv"
        ) from None
    lines = [[_cell(value) for value in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:] if any(line)] if lines else []


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)


def _called_at(text: str, timezone: ZoneInfo, now: datetime) -> tuple[datetime, str | None]:
    """The moment in UTC, and what is wrong with it."""
    if not text:
        return now.astimezone(UTC), None
    for form in _MOMENTS:
        try:
            at = datetime.strptime(text, form).replace(tzinfo=timezone).astimezone(UTC)
        except ValueError:
            continue
        return at, "called_at lies in the future" if at > now else None
    return now, f"cannot read the moment {text!r} (write 2026-03-02 14:30)"


def _events(row: Row, result: str | None, said: Mapping[str, str], at: datetime, source: str) -> list[dict[str, Any]]:
    key, when = row["key"].strip(), row.get("called_at", "").strip()
    base = {
        "source": source,
        "phone": "+" + row["phone"] if row.get("phone", "").isdigit() else None,
        "at": at,
        "x_key": key,
    }
    found: list[dict[str, Any]] = []
    if result is not None:
        found.append(
            base | {"event": "result", "value": result, "event_id": f"{key}:{result}:{when}", "x_question": None}
        )
    for question, answer in said.items():
        told = {"event": "answered", "value": answer.strip(), "x_question": question}
        found.append(base | told | {"event_id": f"{key}:ask_{question}:{answer.strip()}"})
    return found


def _table(found: list[dict[str, Any]]) -> pa.Table:
    unique = {row["event_id"]: row for row in found}
    schema = EVENTS.schema.append(pa.field("x_key", pa.string())).append(pa.field("x_question", pa.string()))
    return EVENTS.conform(pa.Table.from_pylist(list(unique.values()), schema=schema))
