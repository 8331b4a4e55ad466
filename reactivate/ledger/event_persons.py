"""Whom an event is about: by the message it answers, by the person it names, by an address that one person holds."""

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from reactivate.ledger import contacts, keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import ticks
from reactivate.ledger.store import table_of

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


def named(connection: Connection, secret: bytes, table: pa.Table) -> pa.Table:
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
