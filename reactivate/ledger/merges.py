"""Persons that turned out to be one, and persons that turned out to be two.

Whatever a merge moves or changes is written into `moved` first, so that a split along the same line gives it back.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, literal, select, update

from reactivate.ledger import schema as t
from reactivate.ledger import unmerge
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store


def merge(
    store: Store,
    connection: Connection,
    gone: str,
    survivor: str,
    now: datetime,
    records: Iterable[tuple[str, str]] = (),
) -> None:
    """`gone` becomes part of `survivor`: touches, answers, consents, codes; holdout and refusal win.

    `records` (source, record id): what `gone` brings, by which it is known again when the merge is undone.

    A refusal of either is dated at the merge, so that an older consent of the other does not lift it.
    """
    at = micros(now)
    unmerge.remember(connection, gone, survivor, records, at)
    _refusals(store, connection, gone, survivor, at)
    for table, names in (
        (t.contact, ("point", "canonical", "kind")),
        (t.consent, ("claim", "channel", "purpose", "source", "at", "proof")),
    ):
        _copy(store, connection, table, names, gone, survivor)
    connection.execute(delete(t.consent).where(t.consent.c.person_id == gone))
    _passes(connection, gone, survivor, at)
    for table in (t.message, t.event, t.answer, t.coupon, t.member):
        connection.execute(update(table).where(table.c.person_id == gone).values(person_id=survivor))
    connection.execute(update(t.person).where(t.person.c.merged_into == gone).values(merged_into=survivor))
    connection.execute(update(t.person).where(t.person.c.person_id == gone).values(merged_into=survivor))


def inherit(store: Store, connection: Connection, whole: str, part: str) -> None:
    """`part` was cut off from `whole`: it keeps every refusal."""
    _copy(store, connection, t.suppression, ("point", "channel", "scope", "reason", "source", "at"), whole, part)


def _copy(store: Store, connection: Connection, table: Table, names: tuple[str, ...], source: str, target: str) -> None:
    columns = [table.c[name] for name in names]
    rows = select(literal(target), *columns).where(table.c.person_id == source)
    put = store.put(table).from_select(["person_id", *names], rows)
    connection.execute(put.on_conflict_do_nothing())


def _refusals(store: Store, connection: Connection, gone: str, survivor: str, at: int) -> None:
    s = t.suppression.c
    inherit(store, connection, gone, survivor)
    connection.execute(update(t.suppression).where(s.person_id == survivor, s.at < at).values(at=at))


def _passes(connection: Connection, gone: str, survivor: str, at: int) -> None:
    p = t.passage.c
    theirs = connection.execute(
        select(p.id, p.campaign_id, p.state, p.arm, p.entered_at).where(p.person_id == gone).order_by(p.entered_at)
    ).all()
    for row in theirs:
        mine = connection.execute(
            select(p.id, p.arm, p.entered_at, p.state).where(
                p.person_id == survivor, p.campaign_id == row.campaign_id, p.state == "inside"
            )
        ).first()
        if row.state == "inside" and mine is not None:
            _one_inside(connection, mine, row, at)
        highest = connection.execute(
            select(func.coalesce(func.max(p.number), 0)).where(
                p.person_id == survivor, p.campaign_id == row.campaign_id
            )
        ).scalar_one()
        moved = {"person_id": survivor, "number": highest + 1}
        connection.execute(update(t.passage).where(p.id == row.id).values(**moved))


def _one_inside(connection: Connection, mine: Any, theirs: Any, at: int) -> None:
    """Two passes of one campaign become one: the earlier goes on; a holdout on either side holds both out."""
    p, c = t.passage.c, t.touch.c
    first, second = sorted((mine, theirs), key=lambda row: (row.entered_at, row.id))
    unmerge.remember_passes(connection, (first.id, second.id), at)
    connection.execute(update(t.passage).where(p.id == second.id).values(state="ended", outcome="merged", ended_at=at))
    stopped = [second.id]
    if "holdout" in (first.arm, second.arm) and first.arm != "holdout":
        connection.execute(update(t.passage).where(p.id == first.id).values(arm="holdout"))
        stopped.append(first.id)
    planned = c.pass_id.in_(stopped) & c.state.in_(["planned", "claimed"])
    connection.execute(
        update(t.touch)
        .where(planned)
        .values(state="cancelled", reason="merged", done_at=at, claim_token=None, worker_id=None)
    )
