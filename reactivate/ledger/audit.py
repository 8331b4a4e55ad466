"""What people did to the ledger by hand, chained so that a missing or altered line shows."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, insert, select

from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros


def note(connection: Connection, actor: str, action: str, about: str, now: datetime) -> None:
    """Append one line; `about` names keys and ids, never addresses."""
    before = (
        connection.execute(select(t.audit.c.hash).order_by(t.audit.c.id.desc()).limit(1)).scalar_one_or_none() or ""
    )
    at = micros(now)
    row = {"actor": actor, "action": action, "object": about, "at": at, "prev_hash": before}
    connection.execute(insert(t.audit).values(**row, hash=_hash(before, actor, action, about, at)))


def broken_at(connection: Connection) -> int | None:
    """Id of the first line that does not follow from the one before; None = the chain is whole."""
    before = ""
    a = t.audit.c
    query = select(a.id, a.actor, a.action, a.object, a.at, a.prev_hash, a.hash).order_by(a.id)
    for number, actor, action, about, at, prev, own in connection.execute(query):
        if prev != before or own != _hash(before, actor, action, about, at):
            return int(number)
        before = own
    return None


def _hash(before: str, actor: str, action: str, about: str, at: int) -> str:
    return hashlib.sha256("\x1f".join((before, actor, action, about, str(at))).encode()).hexdigest()
