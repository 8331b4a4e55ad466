"""The day's lists. The CSV is the record; the XLSX beside it is the same list for Excel, which spoils CSV phones."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attrs import frozen

from reactivate.api import Message, Receipt, rendering

if TYPE_CHECKING:
    from reactivate_plugins.call_list.results import Results

FIXED = ("key", "phone", "name", "segment", "offer", "attempts", "script", "questions")
FOR_THE_DESK = ("result", "comment", "called_at")
"""Columns left empty for the operator; columns for answers stand before them, named `ask_` and the question."""

_LONGEST_CELL = 32_000
"""Excel holds 32,767 characters in a cell."""

Row = dict[str, str]


@frozen
class CallList:
    """Adds calls to the list of their day, each once; a list is replaced as a whole, never half written."""

    folder: Path
    source: str
    timezone: ZoneInfo
    now: Callable[[], datetime]

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """Receipts in order, after the day's list with all of them lies on the disk."""
        faults = {message.key: fault for message in messages if (fault := _fault(message))}
        days: dict[date, list[Message]] = {}
        for message in messages:
            if message.key not in faults:
                days.setdefault(self._day(message), []).append(message)
        written = {day: self._put(day, group) for day, group in days.items()}
        for message in messages:
            yield faults.get(message.key) or self._receipt(message, written[self._day(message)])

    def lookup(self, key: str) -> Receipt:
        """Accepted when the call stands in one of the lists; else it never left us."""
        for path in sorted(self.folder.glob("calls-*.csv"), reverse=True):
            if any(row.get("key") == key for row in read_rows(path)):
                return Receipt(key, "accepted", provider_id=path.name)
        return Receipt(key, "not_sent")

    def read_back(self, path: Path, results: Mapping[str, str]) -> "Results":
        """What the desk wrote into a list; `results` translates its words. Raises EnvironmentFault R812."""
        from reactivate_plugins.call_list.results import read_results

        return read_results(path, results, source=self.source, timezone=self.timezone, now=self.now())

    def _day(self, message: Message) -> date:
        return (message.at or self.now()).astimezone(self.timezone).date()

    def _put(self, day: date, messages: Sequence[Message]) -> str | None:
        """Write the list of a day anew with these calls in it; the fault in words, or None."""
        path = self.folder / f"calls-{day.isoformat()}.csv"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            rows = _with_results(path, read_rows(path)) if path.exists() else []
            known = {row.get("key") for row in rows}
            rows += [_row(message) for message in messages if message.key not in known]
            _replace(path.with_suffix(".xlsx"), _xlsx(rows))
            _replace(path, _csv(rows))
        except OSError as fault:
            return fault.strerror or str(fault)
        return None

    def _receipt(self, message: Message, fault: str | None) -> Receipt:
        if fault:
            return Receipt(message.key, "not_sent", code="disk", reason=fault)
        return Receipt(message.key, "accepted", provider_id=f"calls-{self._day(message).isoformat()}.csv")


def read_rows(path: Path) -> list[Row]:
    """The rows of a list, whoever saved it: UTF-8 or CP1251, `;`, `,` or tab. Raises OSError."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1251", "replace")
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="")
    return [{name: cell or "" for name, cell in row.items() if name and isinstance(cell, str)} for row in reader]


def _with_results(path: Path, rows: list[Row]) -> list[Row]:
    """The list with what operators have already written into its XLSX twin, which is about to be written anew."""
    from reactivate_plugins.call_list.results import sheet_rows

    twin = path.with_suffix(".xlsx")
    told = {row.get("key"): row for row in sheet_rows(twin)} if twin.exists() else {}
    return [row | {name: cell for name, cell in told.get(row.get("key"), {}).items() if cell and name} for row in rows]


def _fault(message: Message) -> Receipt | None:
    phone = message.to.removeprefix("+")
    if phone.isascii() and phone.isdigit():
        return None
    return Receipt(message.key, "rejected", code="phone", reason="not a phone number", dead_address=True)


def _row(message: Message) -> Row:
    fields = message.fields
    questions = {name: words for name, words in fields.items() if name.startswith("ask_")}
    asked = "\n".join(f"{name.removeprefix('ask_')}: {words}" for name, words in questions.items() if words)
    row = {"key": message.key, "phone": message.to.removeprefix("+"), "script": message.text, "questions": asked}
    row |= {name: fields.get(name, "") for name in ("name", "segment", "offer", "attempts")}
    return row | dict.fromkeys(questions, "")


def _header(rows: Sequence[Row]) -> list[str]:
    questions = dict.fromkeys(name for row in rows for name in row if name.startswith("ask_"))
    others = dict.fromkeys(name for row in rows for name in row)
    known = [*FIXED, *questions, *FOR_THE_DESK]
    return known + [name for name in others if name not in known]


def _csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _header(rows), restval="", delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({name: rendering.safe_cell(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Sequence[Row]) -> bytes:
    """The same list with every cell typed as text, so that no phone becomes a number and nothing is a formula."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one
    sheet.title = "calls"
    header = _header(rows)
    lines = [header, *([rendering.safe_cell(row.get(name, "")) for name in header] for row in rows)]
    for at, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(at, column)
            cell.value, cell.data_type, cell.number_format = text[:_LONGEST_CELL], "s", "@"
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _replace(path: Path, raw: bytes) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
