"""Forgetting a person: what they said and where they live goes, that they must not be written to stays."""

from datetime import datetime

import pyarrow as pa
from sqlalchemy import Connection, delete, select, update

from reactivate.ledger import audit
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store
from reactivate.ledger.suppressions import NOBODY, NOWHERE, refuse

_REASON = "erased"


def forget(store: Store, connection: Connection, person: str, by_whom: str, now: datetime) -> bool:
    """Erase a person; false when there is none of this id. A new import of the same records finds the tombstone.

    Kept: the keyed hashes of the addresses as refusals, the passes and touches as counts, without answers or codes.
    """
    p, at = t.person.c, micros(now)
    if connection.execute(select(p.person_id).where(p.person_id == person)).first() is None:
        return False
    points = connection.execute(select(t.contact.c.canonical).where(t.contact.c.person_id == person)).scalars().all()
    _bar(store, connection, person, sorted(set(points)), at)
    for table in (t.contact, t.consent, t.answer):
        connection.execute(delete(table).where(table.c.person_id == person))
    connection.execute(update(t.event).where(t.event.c.person_id == person).values(value=None, point=None))
    connection.execute(update(t.coupon).where(t.coupon.c.person_id == person).values(person_id=None))
    connection.execute(update(t.person).where(p.person_id == person).values(erased_at=at))
    _end(connection, person, at)
    audit.note(connection, by_whom, "erase", person, now)
    return True


def _bar(store: Store, connection: Connection, person: str, points: list[int], at: int) -> None:
    count = len(points) + 1
    rows = pa.table(
        {
            "person_id": [person, *[NOBODY] * len(points)],
            "point": pa.array([NOWHERE, *points], pa.int64()),
            "channel": ["all"] * count,
            "reason": [_REASON] * count,
            "source": ["host"] * count,
            "at": pa.array([at] * count, pa.int64()),
        }
    )
    refuse(store, connection, rows)


def _end(connection: Connection, person: str, at: int) -> None:
    """Erasure ends every pass at once."""
    p, c = t.passage.c, t.touch.c
    mine = select(p.id).where(p.person_id == person)
    open_ = c.pass_id.in_(mine) & c.state.in_(["planned", "claimed"])
    cancelled = {"state": "cancelled", "reason": _REASON, "done_at": at, "claim_token": None, "worker_id": None}
    connection.execute(update(t.touch).where(open_).values(**cancelled))
    inside = (p.person_id == person) & (p.state == "inside")
    connection.execute(update(t.passage).where(inside).values(state="ended", outcome=_REASON, ended_at=at))
