"""Writing down what the channel said, and the only two ways back through the door."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, delete, insert, select, update

from reactivate.contracts.messages import Receipt
from reactivate.ledger import schema as t
from reactivate.ledger.budgets import settle
from reactivate.ledger.clock import micros, moment
from reactivate.ledger.consents import NOBODY, NOWHERE, refuse
from reactivate.ledger.store import Store

_BASE, _LONGEST = timedelta(seconds=30), timedelta(hours=1)


def record(
    store: Store,
    connection: Connection,
    receipts: Sequence[tuple[Receipt, int]],
    worker_id: str,
    started: int,
    at: int,
    period: str,
) -> None:
    """Write the fate of messages that are `sending` or `unknown`; `started` and `at` in microseconds.

    Each receipt comes with the number of the attempt it speaks of: late news of an earlier attempt changes nothing.

    accepted, rejected, unknown are where they stay. not_sent, the channel's proof that nothing left, puts the touch
    back to `planned` with a back-off, and frees its key.
    """
    facts = _facts(connection, [receipt.key for receipt, _ in receipts])
    for receipt, number in receipts:
        row = facts.get(receipt.key)
        if row is None or row.attempts != number or (row.state == "unknown" and receipt.state == "unknown"):
            continue
        mine = (t.touch.c.pass_id == row.pass_id) & (t.touch.c.step_id == row.step_id)
        closed = {"claim_token": None, "lease_until": None}
        if receipt.state == "not_sent":
            later = _later(receipt, row.attempts, at)
            again = {"state": "planned", "reason": receipt.reason or "not_sent", "next_attempt_at": later, "cost": None}
            connection.execute(update(t.touch).where(mine).values(**again, **closed))
            connection.execute(delete(t.message).where(t.message.c.key == receipt.key))
        else:
            told = {"state": receipt.state, "reason": receipt.reason, "done_at": at}
            connection.execute(update(t.touch).where(mine).values(**told, **closed))
            if receipt.provider_id is not None:
                named = update(t.message).where(t.message.c.key == receipt.key).values(provider_id=receipt.provider_id)
                connection.execute(named)
        if row.cost and row.state == "sending":
            settle(connection, row.campaign_id, period, row.cost, spent=receipt.state in ("accepted", "unknown"))
        connection.execute(
            insert(t.attempt).values(
                key=receipt.key, n=row.attempts, worker_id=worker_id, started_at=started, ended_at=at,
                outcome=receipt.state, code=receipt.code, reason=receipt.reason,
            )
        )  # fmt: skip
        if receipt.dead_address:
            close_address(store, connection, row.person_id, row.point, row.reaches, at)


def close_address(store: Store, connection: Connection, person: str, point: int, reaches: str, at: int) -> None:
    """A hard bounce: the address is dead for everybody, and this channel is closed for the person."""
    rows = pa.table(
        {
            "person_id": [NOBODY, person],
            "point": [point, NOWHERE],
            "channel": [reaches, reaches],
            "reason": ["hard_bounce", "hard_bounce"],
            "source": ["channel", "channel"],
            "at": pa.array([at, at], pa.int64()),
        }
    )
    refuse(store, connection, rows)


def unknown_attempt(connection: Connection, key: str) -> int | None:
    """Number of the attempt whose fate is unknown; None when this message is not in doubt."""
    m, c = t.message.c, t.touch.c
    query = (
        select(c.attempts)
        .join(t.message, (c.pass_id == m.pass_id) & (c.step_id == m.step_id))
        .where(m.key == key, c.state == "unknown")
    )
    return connection.execute(query).scalar_one_or_none()


def _facts(connection: Connection, keys: Sequence[str]) -> dict[str, Any]:
    m, c = t.message.c, t.touch.c
    query = (
        select(m.key, m.pass_id, m.step_id, m.person_id, m.point, m.reaches, c.state, c.attempts, c.cost,
               t.passage.c.campaign_id)
        .join(t.touch, (c.pass_id == m.pass_id) & (c.step_id == m.step_id))
        .join(t.passage, t.passage.c.id == m.pass_id)
        .where(m.key.in_(list(keys)), c.state.in_(["sending", "unknown"]))
    )  # fmt: skip
    return {row.key: row for row in connection.execute(query)}


def _later(receipt: Receipt, attempts: int, at: int) -> int:
    """When to try again: what the provider asked for, else doubling with a jitter drawn from the key."""
    if receipt.retry_after is not None:
        return micros(moment(at) + receipt.retry_after)
    longest = min(_LONGEST, _BASE * 2 ** min(attempts, 10))
    jitter = (sum(receipt.key.encode()) * 2654435761 + attempts * 40503) % 1000 / 1000
    return micros(moment(at) + longest * (0.5 + jitter / 2))
