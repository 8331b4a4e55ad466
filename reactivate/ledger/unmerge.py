"""Taking a merge back: the journal of what it moved, and the way back.

`moved` holds one row per thing that changed hands when `gone` became part of `survivor`: its kind, and as JSON what
names it and how it stood before. Refusals are not taken back: both keep every one. What has happened since belongs to
the survivor and stays there.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from reactivate.ledger import schema as t
from reactivate.ledger.store import Store

_OWNED: tuple[tuple[str, Table, tuple[str, ...]], ...] = (
    ("message", t.message, ("key",)),
    ("event", t.event, ("id",)),
    ("answer", t.answer, ("event_key", "question")),
    ("coupon", t.coupon, ("campaign_id", "offer", "code")),
)
Record = tuple[str, str]
_CONSENT = ("claim", "channel", "purpose", "source", "at", "proof")


def remember(connection: Connection, gone: str, survivor: str, records: Iterable[Record], at: int) -> None:
    """Note everything that is about to become `survivor`'s: `records`, and what the ledger has of `gone`."""
    _forget(connection, gone)
    members = [{"source": source, "record_id": record} for source, record in records]
    _write(connection, gone, survivor, "member", members, at)
    for kind, table, names in _OWNED:
        owned = connection.execute(select(*(table.c[name] for name in names)).where(table.c.person_id == gone))
        _write(connection, gone, survivor, kind, (dict(zip(names, row, strict=True)) for row in owned), at)
    p = t.passage.c
    passes = connection.execute(select(p.id, p.number).where(p.person_id == gone))
    _write(connection, gone, survivor, "pass", ({"id": row.id, "number": row.number} for row in passes), at)
    c, other = t.consent.c, t.consent.alias().c
    theirs = select(other.claim).where(other.person_id == survivor)
    consents = connection.execute(
        select(*(c[name] for name in _CONSENT), c.claim.in_(theirs).label("had")).where(c.person_id == gone)
    )
    rows = (dict(zip((*_CONSENT, "had"), (*row[:-1], bool(row[-1])), strict=True)) for row in consents)
    _write(connection, gone, survivor, "consent", rows, at)
    k, mine = t.contact.c, t.contact.alias().c
    held = select(mine.point).where(mine.person_id == survivor)
    points = connection.execute(select(k.point).where(k.person_id == gone, k.point.not_in(held))).scalars()
    _write(connection, gone, survivor, "contact", ({"point": point} for point in points), at)


def remember_passes(connection: Connection, ids: Iterable[int], at: int) -> None:
    """Note how passes stood that a merge is about to end or to hold out. Called for the merge noted last."""
    last = connection.execute(
        select(t.moved.c.gone, t.moved.c.survivor).where(t.moved.c.at == at).order_by(t.moved.c.id.desc()).limit(1)
    ).one()
    p = t.passage.c
    for row in connection.execute(select(p.id, p.person_id, p.arm).where(p.id.in_(list(ids)))).all():
        _write(connection, last.gone, last.survivor, "changed pass", [{"id": row.id, "arm": row.arm}], at)


def records_moved_from(connection: Connection, person: str) -> list[Record]:
    """(source, record id) of what `person` brought into another; empty when it was never merged."""
    m = t.moved.c
    rows = connection.execute(select(m.row_json).where(m.gone == person, m.kind == "member").order_by(m.id)).scalars()
    return [(row["source"], row["record_id"]) for row in map(json.loads, rows)]


def brought(connection: Connection, survivor: str) -> dict[str, set[Record]]:
    """Persons that are part of `survivor` -> the records that they brought; those that were erased are left out."""
    m, p = t.moved.c, t.person.c
    query = (
        select(m.gone, m.row_json)
        .join(t.person, p.person_id == m.gone)
        .where(m.kind == "member", p.merged_into == survivor, p.erased_at.is_(None))
    )
    found: dict[str, set[Record]] = {}
    for gone, text in connection.execute(query):
        row = json.loads(text)
        found.setdefault(gone, set()).add((row["source"], row["record_id"]))
    return found


def is_part_of(connection: Connection, person: str, survivor: str) -> bool:
    """Whether `person` was merged into `survivor`."""
    p = t.person.c
    into = connection.execute(select(p.merged_into).where(p.person_id == person)).scalar_one_or_none()
    return into == survivor


def part(store: Store, connection: Connection, survivor: str, revived: str) -> None:
    """`revived` is a person again: what it brought into `survivor`, and is still there, goes back."""
    m = t.moved.c
    rows = connection.execute(select(m.kind, m.row_json).where(m.gone == revived).order_by(m.id)).all()
    told = [(row.kind, json.loads(row.row_json)) for row in rows]
    for kind, table, names in _OWNED:
        for row in (row for other, row in told if other == kind):
            same = and_(*(table.c[name] == row[name] for name in names))
            connection.execute(update(table).where(same, table.c.person_id == survivor).values(person_id=revived))
    for kind, row in told:
        if kind == "consent":
            _consent_back(store, connection, survivor, revived, row)
        elif kind == "contact":
            c = t.contact.c
            connection.execute(delete(t.contact).where(c.person_id == survivor, c.point == row["point"]))
        elif kind == "pass":
            _pass_back(connection, survivor, revived, row)
    for kind, row in told:
        if kind == "changed pass":
            _pass_as_before(connection, row)
    p, m = t.person.c, t.moved.c
    connection.execute(update(t.person).where(p.person_id == revived).values(merged_into=None))
    # Whom it had taken in itself goes with it.
    own = select(m.gone).where(m.survivor == revived)
    connection.execute(
        update(t.person).where(p.merged_into == survivor, p.person_id.in_(own)).values(merged_into=revived)
    )
    _forget(connection, revived)


def _consent_back(store: Store, connection: Connection, survivor: str, revived: str, row: dict[str, Any]) -> None:
    values = {name: row[name] for name in _CONSENT}
    connection.execute(store.put(t.consent).values(person_id=revived, **values).on_conflict_do_nothing())
    if not row["had"]:
        c = t.consent.c
        connection.execute(delete(t.consent).where(c.person_id == survivor, c.claim == row["claim"]))


def _pass_back(connection: Connection, survivor: str, revived: str, row: dict[str, Any]) -> None:
    p = t.passage.c
    connection.execute(
        update(t.passage)
        .where(p.id == row["id"], p.person_id == survivor)
        .values(person_id=revived, number=row["number"])
    )


def _pass_as_before(connection: Connection, row: dict[str, Any]) -> None:
    """A pass that the merge ended goes on, unless its person has begun another; its lot is the one it drew itself."""
    p, c = t.passage.c, t.touch.c
    now = connection.execute(select(t.passage).where(p.id == row["id"])).mappings().first()
    if now is None:
        return
    values: dict[str, Any] = {"arm": row["arm"]}
    inside = and_(p.person_id == now["person_id"], p.campaign_id == now["campaign_id"], p.state == "inside")
    free = connection.execute(select(p.id).where(inside)).first() is None
    if now["outcome"] == "merged" and free:
        values |= {"state": "inside", "outcome": None, "ended_at": None}
    connection.execute(update(t.passage).where(p.id == row["id"]).values(**values))
    if now["outcome"] != "merged" or free:
        stopped = and_(c.pass_id == row["id"], c.state == "cancelled", c.reason == "merged")
        connection.execute(update(t.touch).where(stopped).values(state="planned", reason=None, done_at=None))


def _write(
    connection: Connection, gone: str, survivor: str, kind: str, rows: Iterable[dict[str, Any]], at: int
) -> None:
    listed = [{"gone": gone, "survivor": survivor, "kind": kind, "row_json": json.dumps(row), "at": at} for row in rows]
    if listed:
        connection.execute(insert(t.moved), listed)


def _forget(connection: Connection, gone: str) -> None:
    connection.execute(delete(t.moved).where(t.moved.c.gone == gone))
