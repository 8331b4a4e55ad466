"""EVENTS, CONSENTS and SUPPRESSIONS: rows that speak of a person by id, e-mail or phone, and are no cards."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.schemas import CONSENTS, EVENTS, SUPPRESSIONS
from reactivate.stages.dates import days, moments
from reactivate.stages.findings import Findings
from reactivate.stages.identity import hashed
from reactivate.stages.mapping import SourceMapping
from reactivate.stages.raw import ROW, column

CHANNELS = pa.array(["email", "sms", "call", "messenger", "push", "ads"])
_PURPOSES = pa.array(["marketing", "service"])
_WHO = {"record_id": "id", "email": "email", "phone": "phone"}


def events(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """EVENTS; a repeated event id counts once, an event without id is told by what it says."""
    rows = _known(table, findings)
    rows = _needed(rows, "event", findings)
    given = column(rows, "at")
    at = moments(given, mapping.dates, mapping.timezone)
    rows = _readable(rows, pc.is_valid(at), "at", "bad_date", f"a time that is not written {mapping.dates}", findings)
    at = at.drop_null()
    words = pc.utf8_lower(column(rows, "event"))
    ids = column(rows, "event_id")
    said = pa.table({**_who(rows), "event": words, "value": column(rows, "value"), "at": at})
    made = pc.binary_join_element_wise("~", hashed(said, said.column_names), "")
    found = said.append_column("event_id", pc.coalesce(ids, made)).append_column(ROW, column(rows, ROW))
    last = found.group_by("event_id", use_threads=False).aggregate([(ROW, "last")])
    again = pc.invert(pc.is_in(found[ROW], value_set=last[f"{ROW}_last"].combine_chunks())).combine_chunks()
    findings.aside(column(found, ROW).filter(again), "repeated_event", "an event that comes again", "event_id")
    return EVENTS.conform(_sourced(found.filter(pc.invert(again)).drop_columns([ROW]), mapping))


def consents(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """CONSENTS with one of our words for the channel and the purpose; a consent that cannot be read is none."""
    rows = _known(table, findings)
    rows = _worded(rows, "channel", CHANNELS, findings)
    rows = _worded(rows, "purpose", _PURPOSES, findings)
    return CONSENTS.conform(
        _sourced(
            pa.table(
                {
                    **_who(rows),
                    "channel": pc.utf8_lower(column(rows, "channel")),
                    "purpose": pc.utf8_lower(column(rows, "purpose")),
                    "given_on": _days(rows, "given_on", mapping, findings),
                    "proof": column(rows, "proof"),
                }
            ),
            mapping,
        )
    )


def refusals(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """SUPPRESSIONS. A refusal is never lost: an unknown channel is a refusal of all."""
    rows = _known(table, findings)
    words = pc.utf8_lower(column(rows, "channel"))
    known = pc.or_(pc.is_in(words, value_set=CHANNELS), pc.fill_null(pc.equal(words, "all"), False))
    strange = column(rows, ROW).filter(pc.and_(pc.invert(known), pc.is_valid(words)))
    findings.noted(strange, "bad_channel", "a refusal of an unknown channel counts for all", "channel")
    return SUPPRESSIONS.conform(
        _sourced(
            pa.table(
                {
                    **_who(rows),
                    "channel": pc.if_else(known, words, "all"),
                    "refused_on": _days(rows, "refused_on", mapping, findings),
                    "reason": column(rows, "reason"),
                }
            ),
            mapping,
        )
    )


def _who(rows: pa.Table) -> dict[str, pa.Array]:
    return {ours: column(rows, theirs) for ours, theirs in _WHO.items()}


def _sourced(table: pa.Table, mapping: SourceMapping) -> pa.Table:
    return table.append_column("source", pa.repeat(pa.scalar(mapping.name), table.num_rows))


def _known(table: pa.Table, findings: Findings) -> pa.Table:
    """Rows that name somebody."""
    somebody = pc.or_(pc.is_valid(column(table, "id")), pc.is_valid(column(table, "email")))
    somebody = pc.or_(somebody, pc.is_valid(column(table, "phone")))
    nobody = column(table, ROW).filter(pc.invert(somebody))
    findings.aside(nobody, "no_customer", "no id, e-mail or phone on the row")
    return table.filter(somebody)


def _needed(rows: pa.Table, name: str, findings: Findings) -> pa.Table:
    return _readable(rows, pc.is_valid(column(rows, name)), name, f"no_{name}", f"a row without {name}", findings)


def _worded(rows: pa.Table, name: str, words: pa.Array, findings: Findings) -> pa.Table:
    good = pc.is_in(pc.utf8_lower(column(rows, name)), value_set=words)
    reason = f"a {name} that is none of {', '.join(words.to_pylist())}"
    return _readable(rows, good, name, f"bad_{name}", reason, findings)


def _readable(rows: pa.Table, good: pa.Array, name: str, code: str, reason: str, findings: Findings) -> pa.Table:
    bad = column(rows, ROW).filter(pc.invert(good))
    findings.bad(bad, code, reason, name, dropped=True)
    return rows.filter(good)


def _days(rows: pa.Table, name: str, mapping: SourceMapping, findings: Findings) -> pa.Array:
    values = column(rows, name)
    found = days(moments(values, mapping.dates, mapping.timezone), mapping.timezone)
    unread = column(rows, ROW).filter(pc.and_(pc.is_valid(values), pc.is_null(found)))
    findings.bad(unread, "bad_date", f"a date that is not written {mapping.dates}", name)
    return found
