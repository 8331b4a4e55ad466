"""Events from files: what people did, and call lists that came back from the desk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.diagnostics import Diagnostic, Span
from reactivate.errors import DataError, EnvironmentFault, SpecError
from reactivate.host.protocols import Context
from reactivate.ledger import Ledger
from reactivate.ledger.events import INCOMING
from reactivate.plainfiles import Aside
from reactivate.plainfiles.rows import each_row
from reactivate.spec.business import Business
from reactivate.spec.vocabulary import event_names
from reactivate.stages.clean import region_of, with_normal_points
from reactivate.stages.facts import FINAL_RESULTS
from reactivate.text import nearest

NAMES = ("source", "event_id", "key", "person_id", "email", "phone", "kind", "value", "at")
NEEDED = ("event_id", "kind", "at")
KINDS = (
    "delivered", "opened", "clicked", "bounced", "complained", "unsubscribed", "refused", "answered", "result",
    "redeemed",
)  # fmt: skip
"""Kinds of events that act by themselves; all others must be declared by a source."""
RESULTS = (*sorted(FINAL_RESULTS), "busy", "voicemail", "call_again")


@frozen
class Imported:
    """Events read, those new to the ledger, and those of all that named nobody we know."""

    read: int
    new: int
    unknown_people: int


def import_files(business: Business, ledger: Ledger, files: Iterable[str], channel: str | None = None) -> Imported:
    """Import events; all files are read before the first is taken in.

    DataError with every bad row (R644), EnvironmentFault R903 when a file cannot be read.
    """
    tables = [_call_results(business, channel, file) if channel else read_events(business, file) for file in files]
    grants = {
        name: [business.channels[c].reaches for c in question.grants if c in business.channels]
        for name, question in business.questions.items()
    }
    new = sum(ledger.import_events(table, grants) for table in tables)
    unknown = sum(ledger.unknown_people(table) for table in tables)
    return Imported(sum(table.num_rows for table in tables), new, unknown)


def read_events(business: Business, file: str) -> pa.Table:
    """A CSV file of events as `INCOMING`; a moment without an offset is the business's, addresses are normal forms.

    It may be written in any encoding and with any delimiter that a spreadsheet uses.
    """
    try:
        names, rows = each_row(file)
    except OSError as fault:
        raise EnvironmentFault.because("R903", f"cannot read {file}: {fault.strerror}") from None
    faults = list(_header_faults(file, names))
    found = []
    for item in rows if not faults else ():
        if isinstance(item, Aside):
            # Cells that lack at the end are empty; anything else may have moved a refusal to another column.
            if not item.short:
                faults.append(Diagnostic("R644", f"this row {item.reason}", span=Span(file, item.row, 1), hint=_QUOTE))
        else:
            found.append(_event(business, file, *item, faults))
    if faults:
        raise DataError(faults)
    return _with_normal_contacts(pa.Table.from_pylist(found, INCOMING), business)


def _with_normal_contacts(events: pa.Table, business: Business) -> pa.Table:
    """`events` with their addresses written as the base writes them."""
    kinds, value = events["contact_kind"], events["contact_value"]
    nothing = pa.scalar(None, pa.string())
    points = pa.table({kind: pc.if_else(pc.equal(kinds, kind), value, nothing) for kind in ("email", "phone")})
    normal = with_normal_points(points, region_of(str(business.timezone), business.policy))
    place = events.schema.get_field_index("contact_value")
    return events.set_column(place, INCOMING.field(place), pc.coalesce(normal["email"], normal["phone"]))


def _header_faults(file: str, names: Sequence[str]) -> Iterable[Diagnostic]:
    for name in NEEDED:
        if name not in names:
            yield Diagnostic("R644", f"the column {name!r} is missing", span=Span(file, 1, 1))
    for name in names:
        if name not in NAMES:
            close = nearest(name or "", NAMES)
            hint = f"did you mean {close!r}?" if close else f"columns: {', '.join(NAMES)}"
            yield Diagnostic("R644", f"unknown column {name!r}", span=Span(file, 1, 1), hint=hint)


def _event(
    business: Business, file: str, number: int, row: Mapping[str, str], faults: list[Diagnostic]
) -> dict[str, Any]:
    place = Span(file, number, 1)
    given = {name: cell or None for name, cell in row.items()}
    moment = None
    try:
        moment = datetime.fromisoformat(given["at"] or "")
    except ValueError:
        faults.append(Diagnostic("R644", f"{given['at']!r} is no moment", span=place, hint="write 2026-11-02T10:30"))
    if not given["event_id"] or not given["kind"]:
        faults.append(Diagnostic("R644", "event_id and kind must not be empty", span=place))
    faults += _unknown_words(business, given, place)
    kind = "email" if given.get("email") else "phone" if given.get("phone") else None
    if given["kind"] == "redeemed" and not given.get("value"):
        faults.append(Diagnostic("R644", "a redeemed code is told in `value`", span=place))
    # A till knows the code and nobody: the ledger knows whose it is.
    if not (given.get("key") or given.get("person_id") or kind or given["kind"] == "redeemed"):
        faults.append(Diagnostic("R644", "one of key, person_id, email, phone must be given", span=place))
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=business.zone)
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


_QUOTE = 'put a cell with a comma between quotes: "why=price,far"'


def _unknown_words(business: Business, given: dict[str, str | None], place: Span) -> Iterable[Diagnostic]:
    """A misspelt `unsubscribe` would bar nobody, so kinds and results are held against what is known."""
    kind, value = given["kind"], given.get("value")
    if kind and kind not in (known := (*KINDS, *event_names(business))):
        yield _unknown("kind", kind, known, place)
    if kind == "result" and value not in RESULTS:
        yield _unknown("result", value or "", RESULTS, place)


def _unknown(what: str, word: str, known: tuple[str, ...], place: Span) -> Diagnostic:
    close = nearest(word, known)
    hint = f"did you mean {close!r}?" if close else f"known: {', '.join(known)}"
    return Diagnostic("R644", f"unknown {what} {word!r}", span=place, hint=hint)


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
