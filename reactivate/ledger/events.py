"""What came back: deliveries, clicks, answers, refusals, results of calls; each counts once and acts at once.

The row of an event and its effect (a suppression, a consent, an answer) are written in one transaction, so a webhook
that was answered has acted.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import EVENTS
from reactivate.ledger import contacts, coupons, event_effects, event_persons
from reactivate.ledger import schema as t
from reactivate.ledger.clock import moments
from reactivate.ledger.store import Store, table_of

INCOMING = pa.schema(
    [
        ("source", pa.string()),
        ("event_id", pa.string()),
        ("person_id", pa.string()),
        ("contact_kind", pa.string()),
        ("contact_value", pa.string()),
        ("key", pa.string()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("at", MOMENT),
    ]
)
"""What `import_events` takes; columns may be left out where nothing is known. `key`: of our message, or its provider's
id. `kind`: delivered opened clicked bounced complained unsubscribed refused answered result, or an own event."""

READ = pa.schema(
    [
        ("person_id", pa.string()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("at", MOMENT),
        ("source", pa.string()),
        ("event_id", pa.string()),
        ("campaign", pa.string()),
        ("step", pa.string()),
        ("pass_id", pa.int64()),
    ]
)
ANSWERS = pa.schema([("person_id", pa.string()), ("question", pa.string()), ("value", pa.string()), ("at", MOMENT)])


def import_events(
    store: Store, connection: Connection, secret: bytes, table: pa.Table, grants: Mapping[str, Iterable[str]]
) -> int:
    """Take in events and let them act; returns how many were new."""
    table = _complete(table)
    fresh = _unseen(connection, table)
    if fresh.num_rows == 0:
        return 0
    rows = event_persons.named(connection, secret, coupons.with_holders(connection, secret, fresh))
    columns = {name: rows[name] for name in ("source", "event_id", "person_id", "kind", "value", "key", "point")}
    columns |= {name: rows[name] for name in ("campaign_id", "step_id", "pass_id")} | {"at": rows["at_us"]}
    store.bulk(connection, store.put(t.event).on_conflict_do_nothing(), columns)
    event_effects.refusals(store, connection, rows)
    coupons.redeem_all(connection, secret, rows)
    event_effects.answers(store, connection, secret, rows, grants)
    event_effects.wake(connection, rows)
    return int(rows.num_rows)


def import_source_events(store: Store, connection: Connection, secret: bytes, table: pa.Table) -> int:
    """Take in the events table of a base: persons are found by record, else by an address that one person holds."""
    table = EVENTS.conform(table)
    if table.num_rows == 0:
        return 0
    by_record = contacts.resolved(connection, secret, table.select(["source", "record_id"]))
    place = pc.index_in(pa.array(range(table.num_rows), pa.int64()), by_record["row"].combine_chunks())
    person = by_record["person_id"].combine_chunks().take(place)
    rows = {name: table[name] for name in ("source", "event_id", "value", "at")}
    has_mail = pc.is_valid(table["email"])
    kinds = pc.if_else(
        has_mail, pa.scalar("email"), pc.if_else(pc.is_valid(table["phone"]), "phone", pa.scalar(None, pa.string()))
    )
    value = pc.coalesce(table["email"], table["phone"])
    given = {"person_id": person, "contact_kind": kinds, "contact_value": value, "kind": table["event"]}
    return import_events(store, connection, secret, pa.table({**rows, **given}), {})


def _complete(table: pa.Table) -> pa.Table:
    columns = [
        table[name].cast(kind) if name in table.column_names else pa.nulls(table.num_rows, kind)
        for name, kind in zip(INCOMING.names, INCOMING.types, strict=True)
    ]
    return pa.table(columns, schema=INCOMING)


def _unseen(connection: Connection, table: pa.Table) -> pa.Table:
    """Events that the ledger does not have; of one told twice in the same table the first."""
    row = pa.array(range(table.num_rows), pa.int64())
    first = table.append_column("row", row).group_by(["source", "event_id"]).aggregate([("row", "min")])
    table = table.take(first["row_min"].sort())
    e = t.event.c
    known: list[pa.Table] = []
    schema = pa.schema([("source", pa.string()), ("event_id", pa.string())])
    for source in pc.unique(table["source"]).to_pylist():
        query = select(e.source, e.event_id).where(e.source == source)
        known.append(table_of(connection, query, schema))
    seen = pa.concat_tables(known) if known else schema.empty_table()
    return table.join(seen, keys=["source", "event_id"], join_type="left anti") if seen.num_rows else table


def read(connection: Connection, campaign: str | None) -> pa.Table:
    """Events as they came, with the campaign, step and pass they belong to (null: to no message of ours)."""
    e = t.event.c
    query = (
        select(e.person_id, e.kind, e.value, e.at, e.source, e.event_id, t.campaign.c.name, t.step.c.name, e.pass_id)
        .outerjoin(t.campaign, t.campaign.c.id == e.campaign_id)
        .outerjoin(t.step, t.step.c.id == e.step_id)
        .order_by(e.at, e.id)
    )
    if campaign is not None:
        query = query.where(t.campaign.c.name == campaign)
    return _with_moments(connection, query, READ)


def answers(connection: Connection) -> pa.Table:
    """Everything people answered, oldest first."""
    a = t.answer.c
    query = select(a.person_id, a.question, a.value, a.at).order_by(a.at, a.event_key)
    return _with_moments(connection, query, ANSWERS)


def unknown_people(connection: Connection, table: pa.Table) -> int:
    """How many events of `table` (source, event_id), once taken in, name nobody whom the ledger knows."""
    e, p = t.event.c, t.person.c
    query = select(e.source, e.event_id).outerjoin(t.person, p.person_id == e.person_id).where(p.person_id.is_(None))
    strangers = table_of(connection, query, pa.schema([("source", pa.string()), ("event_id", pa.string())]))
    told = table.select(["source", "event_id"])
    return int(told.join(strangers, keys=["source", "event_id"], join_type="left semi").num_rows)


def _with_moments(connection: Connection, query: Any, schema: pa.Schema) -> pa.Table:
    place = schema.get_field_index("at")
    table = table_of(connection, query, schema.set(place, pa.field("at", pa.int64())))
    return table.set_column(place, "at", moments(table["at"]))
