"""Suppression: refusals and closed addresses, by date; they beat every consent that is not newer."""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, bindparam, case, delete, func, select

from reactivate.contracts.schemas import SUPPRESSIONS
from reactivate.ledger import contacts, keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import days_as_ticks, micros, moments, ticks
from reactivate.ledger.consents import holders_per_row
from reactivate.ledger.store import Store, table_of

NOBODY, NOWHERE = "", 0
"""In `suppression`: no person = whoever holds the point; no point = whatever address the person has."""

LASTING = frozenset({"complaint", "do_not_call", "erased", "hard_bounce", "wrong_number", "legal"})
"""Reasons that no later consent lifts."""


def import_suppressions(store: Store, connection: Connection, secret: bytes, table: pa.Table, now: datetime) -> int:
    """Take in refusals; idempotent. A refusal without a day counts from its first import.

    It bars the address for whoever holds it, and the person behind the record or behind an address held alone.
    """
    table = SUPPRESSIONS.conform(table)
    found = contacts.resolved(connection, secret, table)
    if found.num_rows == 0:
        return 0
    row = found["row"]
    at = pc.fill_null(days_as_ticks(table["refused_on"]), micros(now)).take(row)
    facts = {
        "channel": table["channel"].take(row),
        "reason": pc.fill_null(table["reason"], "refused").take(row),
        "source": table["source"].take(row),
        "at": at,
    }
    nobody = pa.nulls(found.num_rows, pa.string())
    by_point = pa.concat_tables(
        pa.table({**facts, "point": found[name], "person_id": nobody}) for name in ("point", "canonical")
    )
    alone = pc.or_(pc.is_null(found["kind"]), pc.equal(holders_per_row(found), 1))
    by_person = pa.table({**facts, "point": pa.nulls(found.num_rows, pa.int64()), "person_id": found["person_id"]})
    refuse(store, connection, by_point.filter(pc.is_valid(by_point["point"])))
    refuse(store, connection, by_person.filter(pc.and_(alone, pc.is_valid(by_person["person_id"]))))
    return int(pc.count_distinct(row).as_py())


def refuse(store: Store, connection: Connection, rows: pa.Table, scope: str = "all") -> None:
    """Write suppressions: `person_id, point, channel, reason, source, at` (microseconds); the latest date stays."""
    if rows.num_rows == 0:
        return
    rows = rows.set_column(
        rows.schema.get_field_index("person_id"), "person_id", pc.fill_null(rows["person_id"], NOBODY)
    )
    rows = rows.set_column(rows.schema.get_field_index("point"), "point", pc.fill_null(rows["point"], NOWHERE))
    key = ["person_id", "point", "channel", "reason"]
    latest = rows.group_by(key).aggregate([("at", "max"), ("source", "min")])
    put = store.put(t.suppression)
    statement = put.on_conflict_do_update(
        index_elements=["person_id", "point", "channel", "scope", "reason"],
        set_={
            "at": case((t.suppression.c.at > put.excluded.at, t.suppression.c.at), else_=put.excluded.at),
        },
    )
    columns = {name: latest[name] for name in key} | {"at": latest["at_max"], "source": latest["source_min"]}
    store.bulk(connection, statement, {**columns, "scope": scope})


_BARS = pa.schema(
    [
        ("person_id", pa.string()),
        ("point", pa.int64()),
        ("reason", pa.string()),
        ("at", pa.int64()),
    ]
)
_PAUSES = pa.schema([("person_id", pa.string()), ("at", pa.int64())])
_LAST_YES = pa.schema([("person_id", pa.string()), ("yes_at", pa.int64())])


def suppressed(
    connection: Connection, secret: bytes, rows: pa.Table, channel: str | None, scope: str | None = None
) -> pa.Array:
    """Per row of `rows` (person_id, kind, value), whether nothing may be sent to it on this kind of channel.

    Without `channel` only refusals of everything count, unless a consent for whatever channel is newer; `scope` is a
    campaign's name.
    """
    if rows.num_rows == 0:
        return pa.array([], pa.bool_())
    bars = table_of(connection, _bars(channel, scope), _BARS)
    number = pa.array(range(rows.num_rows), pa.int64())
    asked = pa.concat_tables(
        pa.table(
            {"row": number, "person_id": rows["person_id"], "point": keys.points(secret, rows["kind"], rows[name])}
        )
        for name in ("value", "display")
        if name in rows.column_names
    )
    if bars.num_rows == 0:
        return pa.repeat(pa.scalar(False), rows.num_rows)
    yes = table_of(connection, _last_yes(channel), _LAST_YES)
    asked = asked.join(yes, keys="person_id", join_type="left outer") if yes.num_rows else _no_yes(asked)
    asked = asked.append_column("nobody", pa.repeat(pa.scalar(NOBODY), asked.num_rows))
    asked = asked.append_column("nowhere", pa.repeat(pa.scalar(NOWHERE, pa.int64()), asked.num_rows))
    barred = [
        _hit(asked, bars, left) for left in (["person_id", "nowhere"], ["nobody", "point"], ["person_id", "point"])
    ]
    hit = pa.chunked_array([chunk for column in barred for chunk in column.chunks], pa.int64())
    return pc.is_in(number, hit.combine_chunks())


def _no_yes(asked: pa.Table) -> pa.Table:
    return asked.append_column("yes_at", pa.nulls(asked.num_rows, pa.int64()))


def _hit(asked: pa.Table, bars: pa.Table, left: list[str]) -> pa.ChunkedArray:
    joined = asked.select(["row", "yes_at", *left]).join(
        bars, keys=left, right_keys=["person_id", "point"], join_type="inner"
    )
    lifted = pc.and_(
        pc.fill_null(pc.greater(joined["yes_at"], joined["at"]), False),
        pc.invert(pc.is_in(joined["reason"], pa.array(sorted(LASTING)))),
    )
    return joined.filter(pc.invert(lifted))["row"]


def _bars(channel: str | None, scope: str | None) -> Any:
    s = t.suppression.c
    return select(s.person_id, s.point, s.reason, s.at).where(
        s.channel.in_(["all", *([channel] if channel else [])]), s.scope.in_(["all", *([scope] if scope else [])])
    )


def _last_yes(channel: str | None) -> Any:
    c = t.consent.c
    query = select(c.person_id, func.max(c.at)).where(c.at.is_not(None), c.proof.is_not(None)).group_by(c.person_id)
    return query.where(c.channel == channel) if channel else query


def lift_pauses(connection: Connection, persons: list[str], before: int) -> None:
    """End the pauses of people who ordered, clicked, answered or asked after they were paused."""
    s = t.suppression.c
    connection.execute(delete(t.suppression).where(s.person_id.in_(persons), s.reason == "pause", s.at <= before))


def pauses(connection: Connection) -> pa.Table:
    """Who is paused, once per pause: `person_id, at`."""
    s = t.suppression.c
    table = table_of(connection, select(s.person_id, s.at).where(s.reason == "pause"), _PAUSES)
    return table.set_column(1, "at", moments(table["at"]))


def end_pauses(store: Store, connection: Connection, over: pa.Table) -> None:
    """Delete these pauses (`person_id, at`); one begun anew meanwhile has another moment and stays."""
    s = t.suppression.c
    statement = delete(t.suppression).where(
        s.person_id == bindparam("who"), s.at == bindparam("since"), s.reason == "pause"
    )
    store.bulk(connection, statement, {"who": over["person_id"], "since": ticks(over["at"])})
