"""The base manifest: which immutable tables are the truth now, committed together with everything they decide."""

import json
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, field, frozen
from sqlalchemy import Connection, delete, insert, select

from reactivate.contracts.schemas import MEMBERS
from reactivate.ledger import consents, contacts, event_effects, events, merges, suppressions, unmerge
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros, moment
from reactivate.ledger.persons import known_members
from reactivate.ledger.store import Store, table_of


@frozen
class Segment:
    """One Parquet file of a base: contract name, file name, hash of its bytes, rows."""

    table: str
    file: str
    sha256: str
    rows: int


@frozen
class Manifest:
    """What the last `sync` committed. `folder` holds the segments; `counts` are figures for reports."""

    base_id: str
    synced_at: datetime
    committed_at: datetime
    folder: str
    segments: tuple[Segment, ...]
    counts: dict[str, Any] = field(factory=dict)
    spec_hash: str = ""


def commit(
    store: Store,
    connection: Connection,
    secret: bytes,
    manifest: Manifest,
    members: pa.Table,
    tables: dict[str, pa.Table | None],
    now: datetime,
) -> None:
    """Write members, addresses, consents, refusals, events and the manifest; the caller's transaction makes it one."""
    _persons(store, connection, members, now)
    if tables.get("contacts") is not None:
        contacts.remember(store, connection, secret, tables["contacts"])
    if tables.get("consents") is not None:
        consents.import_consents(store, connection, secret, tables["consents"])
    if tables.get("suppressions") is not None:
        suppressions.import_suppressions(store, connection, secret, tables["suppressions"], now)
    if tables.get("events") is not None:
        events.import_source_events(store, connection, secret, tables["events"])
    row = {
        "base_id": manifest.base_id,
        "synced_at": micros(manifest.synced_at),
        "committed_at": micros(manifest.committed_at),
        "folder": str(manifest.folder),
        "segments_json": json.dumps([asdict(segment) for segment in manifest.segments]),
        "counts_json": json.dumps(manifest.counts, ensure_ascii=False, default=str),
        "spec_hash": manifest.spec_hash,
    }
    connection.execute(delete(t.base).where(t.base.c.base_id == manifest.base_id))
    connection.execute(insert(t.base).values(**row))


def last(connection: Connection) -> Manifest | None:
    """The manifest committed last; None when there was no sync yet."""
    row = connection.execute(select(t.base).order_by(t.base.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Manifest(
        row.base_id,
        moment(row.synced_at),
        moment(row.committed_at),
        row.folder,
        tuple(Segment(**one) for one in json.loads(row.segments_json)),
        json.loads(row.counts_json),
        row.spec_hash,
    )


def _persons(store: Store, connection: Connection, members: pa.Table, now: datetime) -> None:
    """Keep which person each record is; merge and split those whose records moved."""
    members = MEMBERS.conform(members)
    before = known_members(connection).rename_columns(["source", "record_id", "before"])
    compared = members.join(before, keys=["source", "record_id"], join_type="left outer")
    fresh = compared.filter(pc.is_null(compared["before"]))
    moved = compared.filter(pc.fill_null(pc.not_equal(compared["before"], compared["person_id"]), False))
    known = table_of(connection, select(t.person.c.person_id), pa.schema([("person_id", pa.string())]))
    named = pc.unique(compared["person_id"])
    new = named.filter(pc.invert(pc.is_in(named, known["person_id"].combine_chunks())))
    new = new.take(pc.sort_indices(new))
    columns = {"person_id": new, "created_at": micros(now)}
    store.bulk(connection, store.put(t.person).on_conflict_do_nothing(), columns)
    for part in (fresh, moved):
        _write_members(store, connection, part)
    if moved.num_rows:
        _follow(store, connection, moved, set(new.to_pylist()), now)


def _write_members(store: Store, connection: Connection, part: pa.Table) -> None:
    part = part.sort_by([("source", "ascending"), ("record_id", "ascending")])
    put = store.put(t.member)
    statement = put.on_conflict_do_update(
        index_elements=["source", "record_id"],
        set_={"person_id": put.excluded.person_id, "probability": put.excluded.probability},
    )
    columns = {name: part[name] for name in ("source", "record_id", "person_id", "probability")}
    store.bulk(connection, statement, columns)


def _follow(store: Store, connection: Connection, moved: pa.Table, new: set[str], now: datetime) -> None:
    """A person left without records became part of another; one that lost some was split."""
    pairs = moved.group_by(["before", "person_id"]).aggregate([("record_id", "count")])
    pairs = pairs.sort_by([("before", "ascending"), ("record_id_count", "descending"), ("person_id", "ascending")])
    m = t.member.c
    done: set[str] = set()
    for pair in pairs.to_pylist():
        old, target = pair["before"], pair["person_id"]
        if unmerge.is_part_of(connection, target, old):
            unmerge.part(store, connection, old, target)
        empty = connection.execute(select(m.person_id).where(m.person_id == old).limit(1)).first() is None
        merges.inherit(store, connection, old, target)
        if not empty:
            # What its records say of consent is imported again with this very base, for whom it then belongs to.
            c = t.consent.c
            connection.execute(delete(t.consent).where(c.person_id == old, c.source != event_effects.ANSWER))
        elif old not in done and target not in new:
            theirs = moved.filter(pc.equal(moved["before"], old))
            records = list(zip(theirs["source"].to_pylist(), theirs["record_id"].to_pylist(), strict=True))
            merges.merge(store, connection, old, target, now, records)
            done.add(old)
