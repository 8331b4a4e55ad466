"""Writing down what the channel said, and the only two ways back through the door."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from reactivate.contracts.messages import Receipt
from reactivate.ledger import schema as t
from reactivate.ledger.budgets import settle
from reactivate.ledger.clock import micros, moment
from reactivate.ledger.store import Store
from reactivate.ledger.suppressions import NOBODY, NOWHERE, refuse

_BASE, _LONGEST = timedelta(seconds=30), timedelta(hours=1)


def record(
    store: Store,
    connection: Connection,
    receipts: Sequence[tuple[Receipt, int]],
    worker_id: str,
    at: int,
    period: str,
) -> None:
    """Write the fate of messages that are `sending` or `unknown`; `at` in microseconds.

    Each receipt comes with the number of the attempt it speaks of: late news of an earlier attempt changes nothing.

    accepted, rejected, unknown are where they stay. not_sent, the channel's proof that nothing left, puts the touch
    back to `planned` with a back-off, and frees its key.
    """
    if not receipts:
        return
    facts = _facts(connection, [receipt.key for receipt, _ in receipts])
    told, back, attempts = [], [], []
    for receipt, number in receipts:
        row = facts.get(receipt.key)
        if row is None or row.attempts != number or (row.state == "unknown" and receipt.state == "unknown"):
            continue
        mine = {"of_pass": row.pass_id, "of_step": row.step_id, "of_key": receipt.key, "why": receipt.reason}
        if receipt.state == "not_sent":
            back.append(mine | {"later": _later(receipt, number, at), "why": receipt.reason or "not_sent"})
        else:
            told.append(mine | {"fate": receipt.state, "at": at, "provider": receipt.provider_id})
        attempts.append(
            {"key": receipt.key, "n": number, "worker_id": worker_id, "at": at}
            | {"outcome": receipt.state, "code": receipt.code, "reason": receipt.reason}
        )
        if row.cost and row.state == "sending":
            settle(connection, row.campaign_id, period, row.cost, spent=receipt.state in ("accepted", "unknown"))
        if receipt.dead_address:
            close_address(store, connection, row.person_id, row.point, row.reaches, at)
    for statement, rows in (
        (_TOLD, told),
        (_NAMED, [row for row in told if row["provider"] is not None]),
        (_BACK, back),
        (_FREED, back),
        (_ATTEMPT, attempts),
    ):
        if rows:
            connection.execute(statement, rows)


_MINE = (t.touch.c.pass_id == bindparam("of_pass")) & (t.touch.c.step_id == bindparam("of_step"))
_CLOSED: dict[str, Any] = {"claim_token": None, "lease_until": None}
_TOLD = (
    update(t.touch)
    .where(_MINE)
    .values(
        state=bindparam("fate"),
        reason=bindparam("why"),
        done_at=bindparam("at"),
        # Whether a message in doubt may be looked up depends on whether its worker is gone.
        worker_id=case((bindparam("fate") == "unknown", t.touch.c.worker_id), else_=None),
        **_CLOSED,
    )
)
_AGAIN: dict[str, Any] = {"state": "planned", "done_at": None, "cost": None, "worker_id": None}
_BACK = (
    update(t.touch)
    .where(_MINE)
    .values(reason=bindparam("why"), next_attempt_at=bindparam("later"), **_AGAIN, **_CLOSED)
)
_NAMED = update(t.message).where(t.message.c.key == bindparam("of_key")).values(provider_id=bindparam("provider"))
_FREED = delete(t.message).where(t.message.c.key == bindparam("of_key"))
_ATTEMPT = insert(t.attempt)


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


_FACTS = (
    select(t.message.c.key, t.message.c.pass_id, t.message.c.step_id, t.message.c.person_id, t.message.c.point)
    .add_columns(t.message.c.reaches, t.touch.c.state, t.touch.c.attempts, t.touch.c.cost, t.passage.c.campaign_id)
    .join(t.touch, (t.touch.c.pass_id == t.message.c.pass_id) & (t.touch.c.step_id == t.message.c.step_id))
    .join(t.passage, t.passage.c.id == t.message.c.pass_id)
    .where(
        t.message.c.key.in_(bindparam("of_keys", expanding=True)),
        t.touch.c.state.in_(["sending", "unknown"]),
    )
)


def _facts(connection: Connection, keys: Sequence[str]) -> dict[str, Any]:
    return {row.key: row for row in connection.execute(_FACTS, {"of_keys": list(keys)})}


def _later(receipt: Receipt, attempts: int, at: int) -> int:
    """When to try again: what the provider asked for, else doubling with a jitter drawn from the key."""
    if receipt.retry_after is not None:
        return micros(moment(at) + receipt.retry_after)
    longest = min(_LONGEST, _BASE * 2 ** min(attempts, 10))
    jitter = (sum(receipt.key.encode()) * 2654435761 + attempts * 40503) % 1000 / 1000
    return micros(moment(at) + longest * (0.5 + jitter / 2))
