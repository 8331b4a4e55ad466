"""What workers that are gone left behind: claims go back, half-sent messages are looked up or shown as unknown."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from reactivate.contracts.messages import Receipt
from reactivate.host.protocols import Channel
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.outcomes import record
from reactivate.ledger.store import Store
from reactivate.ledger.workers import Worker, wall

SUSPECT, POISON = 2, 5
"""A touch in hand when so many workers died is taken alone from then on; in the end it is set aside as dead."""


def recover(store: Store, channel: Channel, name: str, worker: Worker, now: datetime, period: str) -> None:
    """Bring back everything on this channel that no living worker holds."""
    gone = _gone(store, worker)
    c = t.touch.c
    at = micros(now)
    with store.write() as connection:
        lost = (c.state == "claimed") & (c.channel == name) & or_(c.worker_id.in_(gone), c.lease_until < wall())
        give_back(connection, lost, "worker_lost", at)
    for part in _doubtful(store, name, gone):
        asked = [(_asked(channel, key, proven=who in gone), attempts) for key, attempts, who in part]
        with store.write() as connection:
            record(store, connection, asked, worker.worker_id, at, period)


def _gone(store: Store, worker: Worker) -> set[str]:
    """Workers that hold something, or left something unknown, and are proven dead."""
    c = t.touch.c
    with store.read() as connection:
        open_ = c.state.in_(["claimed", "sending", "unknown"])
        query = select(c.worker_id).where(open_, c.worker_id.is_not(None)).distinct()
        holding = list(connection.execute(query).scalars())
    return {name for name in holding if worker.is_dead(name)}


def give_back(connection: Connection, condition: Any, reason: str, at: int) -> None:
    """Claimed touches to `planned`; those that keep killing their worker become `dead`."""
    c = t.touch.c
    free = {"claim_token": None, "lease_until": None, "reason": reason}
    poison = update(t.touch).where(condition, c.claims >= POISON)
    connection.execute(poison.values(**{**free, "state": "dead", "reason": "poison", "done_at": at}))
    connection.execute(update(t.touch).where(condition).values(state="planned", **free))


def _doubtful(store: Store, channel: str, gone: set[str]) -> Iterator[list[tuple[str, int, str]]]:
    """Messages whose fate nobody wrote down, as (key, attempt, worker), a few at a time."""
    c, m = t.touch.c, t.message.c
    lost = (c.state == "sending") & or_(c.worker_id.in_(gone), c.lease_until < wall())
    query = (
        select(m.key, c.attempts, c.worker_id)
        .join(t.touch, (c.pass_id == m.pass_id) & (c.step_id == m.step_id))
        .where(c.channel == channel, or_(lost, c.state == "unknown"))
    )
    with store.read() as connection:
        found = [(row[0], row[1], row[2]) for row in connection.execute(query)]
    for start in range(0, len(found), 100):
        yield found[start : start + 100]


def _asked(channel: Channel, key: str, *, proven: bool) -> Receipt:
    """What the channel knows of a message; `unknown` when it cannot tell, for then only a person can.

    While the worker is not proven dead its message may still be on the way: only `accepted` is news then.
    """
    try:
        found = channel.lookup(key)
    except Exception as fault:  # noqa: BLE001 - a plug-in's fault must not hide the message: it stays unknown, with the reason
        return Receipt(key, "unknown", reason=f"look-up failed: {type(fault).__name__}")
    if found is None or (found.state != "accepted" and not proven):
        return Receipt(key, "unknown", reason="worker_lost")
    return found
