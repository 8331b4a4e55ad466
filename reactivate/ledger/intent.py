"""The one-way door: a message's intent made durable, in the transaction that checks that it may leave.

Once an intent is durable the message may have left, so nothing but the channel's own proof opens the door again.
"""

from datetime import datetime
from typing import Any

from attrs import define, field
from sqlalchemy import Connection, bindparam, insert, update

from reactivate.host.descriptors import ChannelType
from reactivate.ledger import schema as t
from reactivate.ledger.budgets import reserve, used_up
from reactivate.ledger.clock import micros, minor
from reactivate.ledger.coupons import issue
from reactivate.ledger.door import Batch, Claimed, Conditions, Door, Verdict
from reactivate.ledger.workers import SEND_SECONDS, wall


@define
class Intents:
    """The outcome of one intent transaction: keys that may leave now, each with its attempt's number, and why not."""

    leaving: dict[str, int] = field(factory=dict)
    refused: dict[str, Verdict] = field(factory=dict)
    lost: list[str] = field(factory=list)


def commit_intents(
    connection: Connection,
    secret: bytes,
    descriptor: ChannelType,
    conditions: Conditions,
    batch: Batch,
    token: str,
    now: datetime,
) -> Intents:
    """Check and mark one batch as `sending`; must be called in a write transaction, which makes it durable.

    A touch that is no longer ours (lease lost, token changed) is dropped: somebody else owns it.
    """
    door = Door.facing(connection, secret, descriptor, conditions, batch, token, now)
    done = Intents()
    opened: list[dict[str, Any]] = []
    with_code: list[int] = []
    for claimed, message in batch:
        facts = door.ours.get(claimed.pass_id)
        if facts is None:
            done.lost.append(claimed.key)
            continue
        verdict = door.verdict(claimed)
        cost = minor(conditions.cost(message)) if conditions.cost and not verdict else 0
        if cost and not reserve(connection, claimed.campaign_id, conditions.period, cost):
            verdict = Verdict("skipped", "budget")
        if not verdict and facts.offer and used_up(connection, claimed.campaign_id, conditions.period):
            # Codes that came back have eaten the budget: no further one leaves (stop-loss).
            verdict = Verdict("skipped", "budget")
        if verdict:
            done.refused[claimed.key] = verdict
            continue
        door.let_out(claimed)
        opened.append(_row(door, claimed, cost))
        with_code += [claimed.pass_id] if facts.offer else []
        done.leaving[claimed.key] = facts.attempts + 1
    _open(connection, opened)
    if with_code:
        issue(connection, with_code, micros(now))
    return done


def _row(door: Door, claimed: Claimed, cost: int) -> dict[str, Any]:
    """What the ledger keeps of a message that is about to leave: everything but its text and its address."""
    return {
        "key": claimed.key,
        "pass_id": claimed.pass_id,
        "step_id": claimed.step_id,
        "person_id": claimed.person_id,
        "channel": claimed.channel,
        "reaches": door.descriptor.reaches,
        "purpose": door.conditions.purpose,
        "point": door.points[claimed.key],
        "intent_at": micros(door.now),
        "counted": int(door.counts),
        "of_cost": cost or None,
    }


_SENDING = (
    update(t.touch)
    .where(t.touch.c.pass_id == bindparam("of_pass"), t.touch.c.step_id == bindparam("of_step"))
    .values(
        state="sending",
        reason=None,
        claims=0,
        attempts=t.touch.c.attempts + 1,
        lease_until=bindparam("lease"),
        cost=bindparam("of_cost"),
    )
)
_INTENT = insert(t.message)


def _open(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    lease = wall() + SEND_SECONDS * 1_000_000
    marks = [
        {"of_pass": row["pass_id"], "of_step": row["step_id"], "lease": lease, "of_cost": row.pop("of_cost")}
        for row in rows
    ]
    connection.execute(_SENDING, marks)
    # The primary key of `message` is the idempotency key: a second intent for it cannot be written.
    connection.execute(_INTENT, rows)
