"""The one-way door: everything that must hold at the moment a message leaves, checked in the transaction that says so.

Once an intent is durable the message may have left, so nothing but the channel's own proof opens the door again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, select, union_all, update

from reactivate.contracts.messages import Message
from reactivate.host.descriptors import ChannelType
from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.budgets import reserve
from reactivate.ledger.clock import micros, minor
from reactivate.ledger.consents import KIND_OF_CHANNEL, allowed
from reactivate.ledger.coupons import issue
from reactivate.ledger.touches import HANDED
from reactivate.ledger.workers import SEND_SECONDS, wall


@frozen
class Conditions:
    """What the law, the business and the campaign demand of every message of this step.

    consent: purposes of which one proven consent is needed; None = the policy asks for none. cap: most contacts per
    person since a moment, over all campaigns. at_most: most messages of the channel since a moment. cost: of one
    finished message, charged to the campaign's budget of `period` where it has one.
    """

    purpose: str = "marketing"
    consent: tuple[str, ...] | None = ("marketing",)
    cap: tuple[int, datetime] | None = None
    at_most: tuple[int, datetime] | None = None
    cost: Callable[[Message], Decimal] | None = None
    period: str = "all"


@frozen
class Claimed:
    """One touch in this worker's hands."""

    pass_id: int
    person_id: str
    key: str
    campaign_id: int
    campaign: str
    step_id: int
    step: str
    channel: str


@define
class Verdict:
    """What a claimed touch becomes instead of being sent. `planned` = held, tried again later."""

    state: str
    reason: str


@define
class Intents:
    """The outcome of one intent transaction: keys that may leave now, each with its attempt's number, and why not."""

    leaving: dict[str, int] = field(factory=dict)
    refused: dict[str, Verdict] = field(factory=dict)
    lost: list[str] = field(factory=list)


@define
class _Door:
    """The facts read at the door for one small batch of messages."""

    connection: Connection
    secret: bytes
    descriptor: ChannelType
    conditions: Conditions
    now: datetime

    @property
    def to_people(self) -> bool:
        """Channels to staff contact nobody: consent, refusals, caps do not apply."""
        return self.descriptor.reaches != "staff"

    @property
    def counts(self) -> bool:
        """Whether a message counts against the cap: ads and service messages do not."""
        return self.descriptor.reaches not in ("staff", "ads") and self.conditions.purpose != "service"


def commit_intents(
    connection: Connection,
    secret: bytes,
    descriptor: ChannelType,
    conditions: Conditions,
    batch: Sequence[tuple[Claimed, Message]],
    token: str,
    now: datetime,
) -> Intents:
    """Check and mark one batch as `sending`; must be called in a write transaction, which makes it durable.

    A touch that is no longer ours (lease lost, token changed) is dropped: somebody else owns it.
    """
    door = _Door(connection, secret, descriptor, conditions, now)
    done = Intents()
    ours = _still_ours(door, batch, token)
    points = _points(door, [message for _, message in batch])
    permitted = _permissions(door, batch, points)
    others = _same_step(door, batch, points)
    contacts, room = _contacts(door, batch), _room(door, batch)
    opened: list[dict[str, Any]] = []
    with_code: list[int] = []
    for (claimed, message), (_, point), permission in zip(batch, points, permitted, strict=True):
        facts = ours.get(claimed.pass_id)
        if facts is None:
            done.lost.append(claimed.key)
            continue
        verdict = (
            _standing(door, facts)
            or (Verdict("suppressed" if permission == "suppressed" else "skipped", permission) if permission else None)
            or _shared(facts, claimed, point, others)
            or _full(door, claimed, contacts, room, len(opened))
        )
        cost = 0 if verdict else _cost(door, message)
        if cost and not reserve(connection, claimed.campaign_id, conditions.period, cost):
            verdict = Verdict("skipped", "budget")
        if verdict:
            done.refused[claimed.key] = verdict
            continue
        contacts[claimed.person_id] = contacts.get(claimed.person_id, 0) + 1
        others.append((claimed.pass_id, claimed.person_id, point, None))
        opened.append(_row(door, claimed, message, point, cost))
        with_code += [claimed.pass_id] if facts.offer else []
        done.leaving[claimed.key] = facts.attempts + 1
    _open(connection, opened)
    if with_code:
        issue(connection, with_code, micros(now))
    return done


_OURS = (
    select(t.touch.c.pass_id, t.touch.c.expires_at, t.touch.c.attempts)
    .add_columns(t.passage.c.state, t.passage.c.arm, t.passage.c.part, t.passage.c.entered_at, t.passage.c.goal_at)
    .add_columns(t.person.c.erased_at, func.coalesce(t.touch.c.offer, t.passage.c.offer).label("offer"))
    .join(t.passage, t.passage.c.id == t.touch.c.pass_id)
    .outerjoin(t.person, t.person.c.person_id == t.passage.c.person_id)
    .where(
        t.touch.c.step_id == bindparam("step"),
        t.touch.c.pass_id.in_(bindparam("ids", expanding=True)),
        t.touch.c.state == "claimed",
        t.touch.c.claim_token == bindparam("token"),
        t.touch.c.lease_until > bindparam("wall"),
    )
)


def _still_ours(door: _Door, batch: Sequence[tuple[Claimed, Message]], token: str) -> dict[int, Any]:
    asked = {
        "step": batch[0][0].step_id,
        "ids": [claimed.pass_id for claimed, _ in batch],
        "token": token,
        "wall": wall(),
    }
    return {row.pass_id: row for row in door.connection.execute(_OURS, asked)}


def _standing(door: _Door, facts: Any) -> Verdict | None:
    """What the pass and the person themselves say."""
    if facts.erased_at is not None:
        return Verdict("suppressed", "erased")
    if facts.arm != "treated":
        return Verdict("cancelled", "holdout")
    if facts.state != "inside":
        return Verdict("cancelled", "pass_ended")
    if facts.part == "journey" and facts.goal_at is not None:
        return Verdict("cancelled", "goal")
    if facts.expires_at <= micros(door.now):
        return Verdict("expired", "expired")
    return None


_CANONICAL = (
    select(t.contact.c.point, func.min(t.contact.c.canonical))
    .where(t.contact.c.point.in_(bindparam("points", expanding=True)))
    .group_by(t.contact.c.point)
)


def _points(door: _Door, messages: Sequence[Message]) -> list[tuple[frozenset[int], int]]:
    """Per message the hashes its address is known under, and the one that identifies it."""
    kind = KIND_OF_CHANNEL.get(door.descriptor.reaches, door.descriptor.reaches)
    shown = [keys.point(door.secret, kind, message.to) for message in messages]
    canonical = {row[0]: row[1] for row in door.connection.execute(_CANONICAL, {"points": shown})}
    return [(frozenset((point, canonical.get(point, point))), canonical.get(point, point)) for point in shown]


def _permissions(
    door: _Door, batch: Sequence[tuple[Claimed, Message]], points: Sequence[tuple[frozenset[int], int]]
) -> list[str | None]:
    if not door.to_people:
        return [None] * len(batch)
    asked = [(claimed.person_id, own) for (claimed, _), (own, _) in zip(batch, points, strict=True)]
    return allowed(door.connection, asked, door.descriptor.reaches, batch[0][0].campaign, door.conditions.consent)


def _received(condition: ColumnElement[bool]) -> Select[Any]:
    m = t.message.c
    return (
        select(m.pass_id, m.person_id, m.point, t.passage.c.ended_at)
        .join(t.passage, t.passage.c.id == m.pass_id)
        .join(t.touch, (t.touch.c.pass_id == m.pass_id) & (t.touch.c.step_id == m.step_id))
        .where(m.step_id == bindparam("step"), condition, t.touch.c.state.in_(HANDED))
    )


# Two questions, each with its index; asked as one with `or`, SQLite would read every message of the step.
_SAME_STEP = union_all(
    _received(t.message.c.point.in_(bindparam("points", expanding=True))),
    _received(t.message.c.person_id.in_(bindparam("people", expanding=True))),
)

Same = tuple[int, str, int, int | None]
"""Somebody who received the step: pass, person, address, end of the pass."""


def _same_step(
    door: _Door, batch: Sequence[tuple[Claimed, Message]], points: Sequence[tuple[frozenset[int], int]]
) -> list[Same]:
    """Who received this step already, at one of these addresses or as one of these persons."""
    if not door.to_people:
        return []
    asked = {
        "step": batch[0][0].step_id,
        "points": [point for _, point in points],
        "people": [claimed.person_id for claimed, _ in batch],
    }
    return [(row[0], row[1], row[2], row[3]) for row in door.connection.execute(_SAME_STEP, asked)]


def _shared(facts: Any, claimed: Claimed, point: int, others: Sequence[Same]) -> Verdict | None:
    """A pass that overlaps with ours already brought this step here: a shared address, or people merged since."""
    for other, person, address, ended in others:
        same = (address == point or person == claimed.person_id) and other != claimed.pass_id
        if same and (ended is None or ended > facts.entered_at):
            return Verdict("skipped", "shared_address")
    return None


_CONTACTS = (
    select(t.message.c.person_id, func.count())
    .join(t.touch, (t.touch.c.pass_id == t.message.c.pass_id) & (t.touch.c.step_id == t.message.c.step_id))
    .where(
        t.message.c.person_id.in_(bindparam("people", expanding=True)),
        t.message.c.counted == 1,
        t.message.c.intent_at >= bindparam("since"),
        t.touch.c.state.in_(HANDED),
    )
    .group_by(t.message.c.person_id)
)


def _contacts(door: _Door, batch: Sequence[tuple[Claimed, Message]]) -> dict[str, int]:
    """Contacts per person that count against the cap."""
    if door.conditions.cap is None or not door.counts:
        return {}
    asked = {"people": [claimed.person_id for claimed, _ in batch], "since": micros(door.conditions.cap[1])}
    return {row[0]: row[1] for row in door.connection.execute(_CONTACTS, asked)}


_ON_CHANNEL = select(func.count()).where(
    t.message.c.channel == bindparam("channel"), t.message.c.intent_at >= bindparam("since")
)


def _room(door: _Door, batch: Sequence[tuple[Claimed, Message]]) -> int | None:
    """How many messages the channel may still take; None = no limit."""
    if door.conditions.at_most is None:
        return None
    most, since = door.conditions.at_most
    asked = {"channel": batch[0][0].channel, "since": micros(since)}
    return most - int(door.connection.execute(_ON_CHANNEL, asked).scalar_one())


def _full(door: _Door, claimed: Claimed, contacts: Mapping[str, int], room: int | None, leaving: int) -> Verdict | None:
    if door.counts and door.conditions.cap and contacts.get(claimed.person_id, 0) >= door.conditions.cap[0]:
        return Verdict("planned", "cap")
    if room is not None and leaving >= room:
        return Verdict("planned", "channel_full")
    return None


def _cost(door: _Door, message: Message) -> int:
    return minor(door.conditions.cost(message)) if door.conditions.cost else 0


def _row(door: _Door, claimed: Claimed, message: Message, point: int, cost: int) -> dict[str, Any]:
    """What the ledger keeps of a message that is about to leave: everything but its text and its address."""
    return {
        "key": message.key,
        "pass_id": claimed.pass_id,
        "step_id": claimed.step_id,
        "person_id": claimed.person_id,
        "channel": claimed.channel,
        "reaches": door.descriptor.reaches,
        "purpose": door.conditions.purpose,
        "point": point,
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
