"""Who holds which address: many-to-many, by keyed hash."""

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.store import Store, table_of

_HELD = pa.schema([("point", pa.int64()), ("person_id", pa.string()), ("canonical", pa.int64()), ("kind", pa.string())])
_MEMBER = pa.schema([("source", pa.string()), ("record_id", pa.string()), ("person_id", pa.string())])


def holders(connection: Connection) -> pa.Table:
    """`point, person_id, canonical, kind` of every address ever committed."""
    c = t.contact.c
    return table_of(connection, select(c.point, c.person_id, c.canonical, c.kind), _HELD)


def remember(store: Store, connection: Connection, secret: bytes, contacts: pa.Table) -> None:
    """Keep the addresses of a base. What is written to (`display`) leads to the normal form (`value`)."""
    if contacts.num_rows == 0:
        return
    canonical = keys.points(secret, contacts["kind"], contacts["value"])
    shown = keys.points(secret, contacts["kind"], contacts["display"])
    rows = pa.table({"person_id": contacts["person_id"], "kind": contacts["kind"], "canonical": canonical})
    both = pa.concat_tables([rows.append_column("point", canonical), rows.append_column("point", shown)])
    both = both.filter(pc.is_valid(both["point"]))
    distinct = both.group_by(["point", "person_id"]).aggregate([("canonical", "min"), ("kind", "min")])
    known = holders(connection).select(["point", "person_id"])
    if known.num_rows:
        distinct = distinct.join(known, keys=["point", "person_id"], join_type="left anti")
    # In the order of the primary key the pages are written once each.
    distinct = distinct.sort_by([("point", "ascending"), ("person_id", "ascending")])
    columns = {
        "point": distinct["point"],
        "person_id": distinct["person_id"],
        "canonical": distinct["canonical_min"],
        "kind": distinct["kind_min"],
    }
    store.bulk(connection, store.put(t.contact).on_conflict_do_nothing(), columns)


def resolved(connection: Connection, secret: bytes, rows: pa.Table) -> pa.Table:
    """Whose rows these are: `row, person_id, point, canonical, kind` for rows with (source, record_id), email or phone.

    A record names one person. An address names everybody who holds it. A row may give several results or none;
    results with a null person are addresses that nobody holds yet.
    """
    rows = rows.append_column("row", pa.array(range(rows.num_rows), pa.int64()))
    parts = [_by_record(connection, rows)]
    held: pa.Table | None = None
    for kind in ("email", "phone"):
        if kind not in rows.column_names or rows[kind].null_count == rows.num_rows:
            continue
        held = holders(connection).select(["point", "person_id", "canonical"]) if held is None else held
        given = rows.filter(pc.is_valid(rows[kind]))
        kinds = pa.chunked_array([pa.repeat(pa.scalar(kind), given.num_rows)])
        named = pa.table({"row": given["row"], "point": keys.points(secret, kinds, given[kind])})
        joined = named.join(held, keys="point", join_type="left outer")
        known = pc.coalesce(joined["canonical"], joined["point"])
        joined = joined.set_column(joined.schema.get_field_index("canonical"), "canonical", known)
        parts.append(joined.append_column("kind", pa.repeat(pa.scalar(kind), joined.num_rows)).select(_FOUND.names))
    return pa.concat_tables([part.cast(_FOUND) for part in parts])


_FOUND = pa.schema(
    [
        ("row", pa.int64()),
        ("person_id", pa.string()),
        ("point", pa.int64()),
        ("canonical", pa.int64()),
        ("kind", pa.string()),
    ]
)


def _by_record(connection: Connection, rows: pa.Table) -> pa.Table:
    if "record_id" not in rows.column_names or rows["record_id"].null_count == rows.num_rows:
        return _FOUND.empty_table()
    c = t.member.c
    members = table_of(connection, select(c.source, c.record_id, c.person_id), _MEMBER)
    named = rows.select(["row", "source", "record_id"]).filter(pc.is_valid(rows["record_id"]))
    joined = named.join(members, keys=["source", "record_id"], join_type="inner")
    count = joined.num_rows
    return pa.table(
        {
            "row": joined["row"],
            "person_id": joined["person_id"],
            "point": pa.nulls(count, pa.int64()),
            "canonical": pa.nulls(count, pa.int64()),
            "kind": pa.nulls(count, pa.string()),
        }
    )
