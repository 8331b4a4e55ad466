"""Events from files: what people did, and call lists that came back from the desk."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import DataError, EnvironmentFault, SpecError
from reactivate.host.protocols import Context
from reactivate.ledger import Ledger
from reactivate.ledger.events import INCOMING
from reactivate.spec.business import Business
from reactivate.text import nearest

NAMES = ("source", "event_id", "key", "person_id", "email", "phone", "kind", "value", "at")
NEEDED = ("event_id", "kind", "at")


def import_files(
    business: Business, ledger: Ledger, files: Iterable[str], channel: str | None = None
) -> tuple[int, int]:
    """Import events; all files are read before the first is taken in. Returns (read, new).

    DataError with every bad row (R644), EnvironmentFault R903 when a file cannot be read.
    """
    tables = [_call_results(business, channel, file) if channel else read_events(file, business.zone) for file in files]
    grants = {
        name: [business.channels[c].reaches for c in question.grants if c in business.channels]
        for name, question in business.questions.items()
    }
    new = sum(ledger.import_events(table, grants) for table in tables)
    return sum(table.num_rows for table in tables), new


def read_events(file: str, zone: ZoneInfo) -> pa.Table:
    """A CSV file of events as `INCOMING`; a moment without an offset is the business's."""
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {file}: {fault.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as fault:
        raise DataError.because("R644", f"{file} is no CSV file in UTF-8: {fault}") from None
    faults: list[Diagnostic] = []
    if rows:
        faults += _header_faults(file, list(rows[0]))
    found = [] if faults else [_event(file, number, row, zone, faults) for number, row in enumerate(rows, 2)]
    if faults:
        raise DataError(faults)
    return pa.Table.from_pylist([row for row in found if row], INCOMING)


def _header_faults(file: str, names: list[str]) -> Iterable[Diagnostic]:
    for name in NEEDED:
        if name not in names:
            yield Diagnostic("R644", f"the column {name!r} is missing", span=Span(file, 1, 1))
    for name in names:
        if name not in NAMES:
            close = nearest(name or "", NAMES)
            hint = f"did you mean {close!r}?" if close else f"columns: {', '.join(NAMES)}"
            yield Diagnostic("R644", f"unknown column {name!r}", span=Span(file, 1, 1), hint=hint)


def _event(file: str, number: int, row: dict[str, str], zone: ZoneInfo, faults: list[Diagnostic]) -> dict[str, Any]:
    given = {name: (cell or "").strip() or None for name, cell in row.items()}
    place = Span(file, number, 1)
    moment = None
    try:
        moment = datetime.fromisoformat(given["at"] or "")
    except ValueError:
        faults.append(Diagnostic("R644", f"{given['at']!r} is no moment", span=place, hint="write 2026-11-02T10:30"))
    if not given["event_id"] or not given["kind"]:
        faults.append(Diagnostic("R644", "event_id and kind must not be empty", span=place))
    kind = "email" if given.get("email") else "phone" if given.get("phone") else None
    if not (given.get("key") or given.get("person_id") or kind):
        faults.append(Diagnostic("R644", "one of key, person_id, email, phone must be given", span=place))
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return {
        "source": given.get("source") or "file",
        "event_id": given["event_id"],
        "person_id": given.get("person_id"),
        "contact_kind": kind,
        "contact_value": given.get(kind) if kind else None,
        "key": given.get("key"),
        "kind": given["kind"],
        "value": given.get("value"),
        "at": moment,
    }


def _call_results(business: Business, name: str, file: str) -> pa.Table:
    """What the desk wrote into its list; rows that cannot be read are faults, none is taken in then."""
    spec = business.channels.get(name)
    if spec is None:
        raise SpecError.because("R303", f"there is no channel {name!r}", f"channels: {', '.join(business.channels)}")
    now = datetime.now(UTC)
    context = Context(name, business.folder, business.zone, business.currency, lambda: now)
    channel = spec.descriptor.create(spec.settings, context)
    if not hasattr(channel, "read_back"):
        raise SpecError.because("R304", f"channel {name!r} ({spec.use}) has no lists to read back")
    back = channel.read_back(Path(file), spec.results)
    faults = [Diagnostic("R644", reason, span=Span(file, row, 1)) for row, reason in back.unread]
    if faults:
        raise DataError(faults)
    return _from_lists(back.events)


def _from_lists(events: pa.Table) -> pa.Table:
    """Contract events with `x_key` and `x_question` as `INCOMING`."""
    asked = pc.is_valid(events["x_question"])
    answer = pc.binary_join_element_wise(events["x_question"], events["value"], "=")
    columns = {
        "source": events["source"],
        "event_id": events["event_id"],
        "key": events["x_key"],
        "kind": pc.if_else(asked, "answered", "result"),
        "value": pc.if_else(asked, answer, events["value"]),
        "at": events["at"],
    }
    rows = events.num_rows
    arrays = [
        columns.get(name, pa.nulls(rows, kind)) for name, kind in zip(INCOMING.names, INCOMING.types, strict=True)
    ]
    return pa.table(arrays, names=INCOMING.names).cast(INCOMING)
