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
from reactivate.ledger import contacts, keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import moments, ticks
from reactivate.ledger.store import Store, table_of
from reactivate.ledger.suppressions import lift_pauses, refuse

ANSWER = "answer"
"""Source of consents that were given by answering a question."""

HOST = "reactivate"
"""Source of what we note ourselves (tags, rests): no sign of life of a person."""

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

_PASSIVE = frozenset({"delivered", "opened", "bounced", "complained", "unsubscribed", "refused", "result"})
"""Kinds that are no sign of interest; every other kind ends a pause."""


def import_events(
    store: Store, connection: Connection, secret: bytes, table: pa.Table, grants: Mapping[str, Iterable[str]]
) -> int:
    """Take in events and let them act; returns how many were new."""
    table = _complete(table)
    fresh = _unseen(connection, table)
    if fresh.num_rows == 0:
        return 0
    named = _named(connection, secret, fresh)
    columns = {name: named[name] for name in ("source", "event_id", "person_id", "kind", "value", "key", "point")}
    columns |= {name: named[name] for name in ("campaign_id", "step_id", "pass_id")} | {"at": named["at_us"]}
    store.bulk(connection, store.put(t.event).on_conflict_do_nothing(), columns)
    _refusals(store, connection, named)
    _answers(store, connection, secret, named, grants)
    _wake(connection, named)
    return int(named.num_rows)


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


_MESSAGE = pa.schema(
    [
        ("told", pa.string()),
        ("m_person", pa.string()),
        ("m_point", pa.int64()),
        ("reaches", pa.string()),
        ("campaign_id", pa.int64()),
        ("step_id", pa.int64()),
        ("pass_id", pa.int64()),
    ]
)


def _named(connection: Connection, secret: bytes, table: pa.Table) -> pa.Table:
    """`table` with person, point, kind of channel, campaign, step and pass where they can be known."""
    at = ticks(table["at"])
    table = table.append_column("at_us", at)
    table = table.join(_messages(connection, table["key"]), keys="key", right_keys="told", join_type="left outer")
    point = keys.points(secret, table["contact_kind"], table["contact_value"])
    held = contacts.holders(connection)
    single = held.group_by("point").aggregate([("person_id", "count"), ("person_id", "min"), ("canonical", "min")])
    place = pc.index_in(point, single["point"].combine_chunks())
    alone = pc.equal(single["person_id_count"].combine_chunks().take(place), 1)
    holder = pc.if_else(
        pc.fill_null(alone, False), single["person_id_min"].combine_chunks().take(place), pa.scalar(None, pa.string())
    )
    own = pc.coalesce(_survivors(connection, table["person_id"]), table["m_person"])
    person = pc.coalesce(own, pa.chunked_array([holder]))
    known = pc.coalesce(table["m_point"], pa.chunked_array([single["canonical_min"].combine_chunks().take(place)]))
    table = table.set_column(table.schema.get_field_index("person_id"), "person_id", person)
    return table.append_column("point", pc.coalesce(known, pa.chunked_array([point])))


def _messages(connection: Connection, told: pa.ChunkedArray) -> pa.Table:
    """Our messages by key or by the provider's id, for those names that occur."""
    m, p = t.message.c, t.passage.c
    names = [name for name in pc.unique(told).to_pylist() if name is not None]
    parts = []
    for start in range(0, len(names), 500):
        part = names[start : start + 500]
        for column in (m.key, m.provider_id):
            query = (
                select(column, m.person_id, m.point, m.reaches, p.campaign_id, m.step_id, m.pass_id)
                .join(t.passage, p.id == m.pass_id)
                .where(column.in_(part))
            )
            parts.append(table_of(connection, query, _MESSAGE))
    return pa.concat_tables(parts) if parts else _MESSAGE.empty_table()


def _survivors(connection: Connection, persons: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids as they are called after merges."""
    p = t.person.c
    query = select(p.person_id, p.merged_into).where(p.merged_into.is_not(None))
    merged = {row[0]: row[1] for row in connection.execute(query)}
    if not merged:
        return persons
    place = pc.index_in(persons, pa.array(list(merged), pa.string()))
    return pc.coalesce(pa.array(list(merged.values()), pa.string()).take(place.combine_chunks()), persons)


def _refusals(store: Store, connection: Connection, named: pa.Table) -> None:
    """Which doors these events close."""
    reaches = pc.coalesce(named["reaches"], _channel_of(named["contact_kind"]), pa.scalar("all"))
    kind, value = named["kind"], pc.fill_null(named["value"], "")
    for found, channel, reason, whose in (
        (pc.equal(kind, "complained"), "all", "complaint", "both"),
        (pc.equal(kind, "refused"), "all", "refused", "both"),
        (_result(kind, value, "do_not_call"), "all", "do_not_call", "both"),
        (pc.and_(pc.equal(kind, "unsubscribed"), pc.equal(value, "all")), "all", "unsubscribed", "both"),
        (pc.and_(pc.equal(kind, "unsubscribed"), pc.not_equal(value, "all")), reaches, "unsubscribed", "both"),
        (pc.and_(pc.equal(kind, "bounced"), pc.invert(pc.starts_with(value, "soft"))), reaches, "hard_bounce", "both"),
        *(
            (_result(kind, value, "wrong_number"), name, "wrong_number", "pair")
            for name in ("call", "sms", "messenger")
        ),
    ):
        _close(store, connection, named, found, channel, reason, whose)


def _result(kind: Any, value: Any, word: str) -> Any:
    return pc.and_(pc.equal(kind, "result"), pc.equal(value, word))


def _channel_of(kinds: Any) -> Any:
    """An address alone: an e-mail closes e-mail, a phone everything that goes to phones."""
    return pc.if_else(pc.equal(kinds, "email"), pa.scalar("email"), pa.scalar(None, pa.string()))


def _close(
    store: Store, connection: Connection, named: pa.Table, found: Any, channel: Any, reason: str, whose: str
) -> None:
    """`both`: the person everywhere and the address for everybody; `pair`: this address for this person only."""
    part = named.filter(found)
    if part.num_rows == 0:
        return
    channels = channel.filter(found) if isinstance(channel, (pa.Array, pa.ChunkedArray)) else _same(channel, part)
    facts = {"channel": channels, "reason": _same(reason, part), "source": part["source"], "at": part["at_us"]}
    person, point = part["person_id"], part["point"]
    nobody, nowhere = pa.nulls(part.num_rows, pa.string()), pa.nulls(part.num_rows, pa.int64())
    if whose == "pair":
        rows = [pa.table({**facts, "person_id": person, "point": point})]
    else:
        rows = [
            pa.table({**facts, "person_id": person, "point": nowhere}).filter(pc.is_valid(person)),
            pa.table({**facts, "person_id": nobody, "point": point}).filter(pc.is_valid(point)),
        ]
    for table in rows:
        refuse(store, connection, table)


def _same(word: str, part: pa.Table) -> pa.Array:
    return pa.repeat(pa.scalar(word), part.num_rows)


def _answers(
    store: Store, connection: Connection, secret: bytes, named: pa.Table, grants: Mapping[str, Iterable[str]]
) -> None:
    """`question=answer` becomes an answer of the person, and a consent where the question grants one."""
    found = pc.and_(pc.equal(named["kind"], "answered"), pc.is_valid(named["person_id"]))
    part = named.filter(pc.and_(found, pc.match_substring(pc.fill_null(named["value"], ""), "=")))
    if part.num_rows == 0:
        return
    question = pc.replace_substring_regex(part["value"], r"=(?s:.*)$", "")
    value = pc.replace_substring_regex(part["value"], r"^[^=]*=", "")
    told = pc.binary_join_element_wise(part["source"], part["event_id"], "\x1f").to_pylist()
    number = pa.array((keys.number_of(secret, f"event\x1f{one}") for one in told), pa.int64())
    rows = {"event_key": number, "person_id": part["person_id"], "question": question, "value": value}
    store.bulk(connection, store.put(t.answer).on_conflict_do_nothing(), {**rows, "at": part["at_us"]})
    for name, channels in grants.items():
        given = pc.equal(question, name)
        proof = pc.binary_join_element_wise(part["source"], part["event_id"], ":")
        for channel in channels:
            claim = pa.array((keys.number_of(secret, f"grant\x1f{channel}\x1f{one}") for one in told), pa.int64())
            columns = {"claim": claim, "person_id": part["person_id"], "at": part["at_us"], "proof": proof}
            table = pa.table(columns).filter(given)
            fixed = {"channel": channel, "purpose": "marketing", "source": ANSWER}
            put = store.put(t.consent).on_conflict_do_nothing()
            store.bulk(connection, put, {name_: table[name_] for name_ in table.column_names} | fixed)


def _wake(connection: Connection, named: pa.Table) -> None:
    """Whoever clicks, answers or asks is no longer paused."""
    passive = pc.or_(pc.is_in(named["kind"], pa.array(sorted(_PASSIVE))), pc.equal(named["source"], HOST))
    active = named.filter(pc.and_(pc.invert(passive), pc.is_valid(named["person_id"])))
    if active.num_rows == 0:
        return
    latest = active.group_by("person_id").aggregate([("at_us", "max")])
    paused = select(t.suppression.c.person_id).where(t.suppression.c.reason == "pause").distinct()
    waiting = set(connection.execute(paused).scalars())
    for row in latest.filter(pc.is_in(latest["person_id"], pa.array(sorted(waiting), pa.string()))).to_pylist():
        lift_pauses(connection, [row["person_id"]], row["at_us_max"])


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
