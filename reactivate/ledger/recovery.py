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


def settle_dead(store: Store, worker: Worker, now: datetime) -> None:
    """What dead workers held goes back to `planned`; what they were sending is shown as `unknown`.

    Done whenever a ledger is opened, for no channel is needed to see it. Writes nothing when there is nothing.
    """
    gone = _gone(store, worker, ("claimed", "sending"))
    if not gone:
        return
    c, at = t.touch.c, micros(now)
    with store.write() as connection:
        give_back(connection, (c.state == "claimed") & c.worker_id.in_(gone), "worker_lost", at)
        doubt = {"state": "unknown", "reason": "worker_lost", "done_at": at, "claim_token": None, "lease_until": None}
        lost = (c.state == "sending") & c.worker_id.in_(gone)
        connection.execute(update(t.touch).where(lost).values(**doubt))


def recover(store: Store, channel: Channel, name: str, worker: Worker, now: datetime, period: str) -> None:
    """Bring back everything on this channel that no living worker holds."""
    settle_dead(store, worker, now)
    c = t.touch.c
    late = c.worker_id.is_not(None) & (c.state == "claimed") & (c.channel == name) & (c.lease_until < wall())
    with store.write() as connection:
        give_back(connection, late, "lease_lost", micros(now))
    look_up(store, channel, name, worker, now, period)


def look_up(store: Store, channel: Channel, name: str, worker: Worker, now: datetime, period: str) -> int:
    """Ask the channel about its messages in doubt; returns how many it could clear up."""
    gone = _gone(store, worker, ("unknown",))
    cleared = 0
    for part in _doubtful(store, name):
        asked = [(_asked(channel, key, proven=who in gone), attempts) for key, attempts, who in part]
        cleared += sum(receipt.state != "unknown" for receipt, _ in asked)
        with store.write() as connection:
            record(store, connection, asked, worker.worker_id, micros(now), period)
    return cleared


def _gone(store: Store, worker: Worker, states: tuple[str, ...]) -> set[str]:
    """Workers that have touches in one of `states` and are proven dead."""
    c = t.touch.c
    query = select(c.worker_id).where(c.state.in_(states), c.worker_id.is_not(None)).distinct()
    with store.read() as connection:
        holding = list(connection.execute(query).scalars())
    return {name for name in holding if worker.is_dead(name)}


def give_back(connection: Connection, condition: Any, reason: str, at: int) -> None:
    """Claimed touches to `planned`; those that keep killing their worker become `dead`."""
    c = t.touch.c
    free = {"claim_token": None, "lease_until": None, "worker_id": None, "reason": reason}
    poison = update(t.touch).where(condition, c.claims >= POISON)
    connection.execute(poison.values(**{**free, "state": "dead", "reason": "poison", "done_at": at}))
    connection.execute(update(t.touch).where(condition).values(state="planned", **free))


def _doubtful(store: Store, channel: str) -> Iterator[list[tuple[str, int, str]]]:
    """Messages whose fate nobody wrote down, as (key, attempt, worker), a few at a time."""
    c, m = t.touch.c, t.message.c
    late = (c.state == "sending") & (c.lease_until < wall())
    query = (
        select(m.key, c.attempts, c.worker_id)
        .join(t.touch, (c.pass_id == m.pass_id) & (c.step_id == m.step_id))
        .where(c.worker_id.is_not(None), c.channel == channel, or_(late, c.state == "unknown"))
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
