"""The one-way door: everything that must hold at the moment a message leaves, checked in the transaction that says so.

Once an intent is durable the message may have left, so nothing but the channel's own proof opens the door again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import Connection, func, insert, or_, select, update

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
    for (claimed, message), own, permission in zip(batch, points, permitted, strict=True):
        facts = ours.get(claimed.pass_id)
        if facts is None:
            done.lost.append(claimed.key)
            continue
        verdict = (
            _standing(door, facts)
            or (Verdict("suppressed" if permission == "suppressed" else "skipped", permission) if permission else None)
            or _shared(facts, claimed, others.get(claimed.pass_id, []))
            or _full(door, claimed, contacts, room, len(done.leaving))
            or _pay(door, claimed, message)
        )
        if verdict:
            done.refused[claimed.key] = verdict
            continue
        _open(door, claimed, message, own[1])
        contacts[claimed.person_id] = contacts.get(claimed.person_id, 0) + 1
        for other, theirs in zip(batch, points, strict=True):
            if theirs[1] == own[1] or other[0].person_id == claimed.person_id:
                others.setdefault(other[0].pass_id, []).append((claimed.pass_id, None))
        done.leaving[claimed.key] = facts.attempts + 1
    return done


def _still_ours(door: _Door, batch: Sequence[tuple[Claimed, Message]], token: str) -> dict[int, Any]:
    c, p = t.touch.c, t.passage.c
    query = (
        select(
            c.pass_id, c.expires_at, c.attempts, p.state, p.arm, p.part, p.entered_at, p.goal_at, t.person.c.erased_at
        )
        .join(t.passage, p.id == c.pass_id)
        .outerjoin(t.person, t.person.c.person_id == p.person_id)
        .where(
            c.step_id == batch[0][0].step_id,
            c.pass_id.in_([claimed.pass_id for claimed, _ in batch]),
            c.state == "claimed",
            c.claim_token == token,
            c.lease_until > wall(),
        )
    )
    return {row.pass_id: row for row in door.connection.execute(query)}


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


def _points(door: _Door, messages: Sequence[Message]) -> list[tuple[frozenset[int], int]]:
    """Per message the hashes its address is known under, and the one that identifies it."""
    kind = KIND_OF_CHANNEL.get(door.descriptor.reaches, door.descriptor.reaches)
    shown = [keys.point(door.secret, kind, message.to) for message in messages]
    c = t.contact.c
    query = select(c.point, func.min(c.canonical)).where(c.point.in_(shown)).group_by(c.point)
    canonical = {row[0]: row[1] for row in door.connection.execute(query)}
    return [(frozenset((point, canonical.get(point, point))), canonical.get(point, point)) for point in shown]


def _permissions(
    door: _Door, batch: Sequence[tuple[Claimed, Message]], points: Sequence[tuple[frozenset[int], int]]
) -> list[str | None]:
    if not door.to_people:
        return [None] * len(batch)
    asked = [(claimed.person_id, own) for (claimed, _), (own, _) in zip(batch, points, strict=True)]
    return allowed(door.connection, asked, door.descriptor.reaches, batch[0][0].campaign, door.conditions.consent)


def _same_step(
    door: _Door, batch: Sequence[tuple[Claimed, Message]], points: Sequence[tuple[frozenset[int], int]]
) -> dict[int, list[tuple[int, int | None]]]:
    """Per pass, who else received this step at the same address or as the same person: `(pass, ended_at)`."""
    if not door.to_people:
        return {}
    m, p = t.message.c, t.passage.c
    people = [claimed.person_id for claimed, _ in batch]
    query = (
        select(m.pass_id, m.person_id, m.point, p.ended_at)
        .join(t.passage, p.id == m.pass_id)
        .join(t.touch, (t.touch.c.pass_id == m.pass_id) & (t.touch.c.step_id == m.step_id))
        .where(
            m.step_id == batch[0][0].step_id,
            or_(m.point.in_([point for _, point in points]), m.person_id.in_(people)),
            t.touch.c.state.in_(HANDED),
        )
    )
    found: dict[int, list[tuple[int, int | None]]] = {}
    rows = door.connection.execute(query).all()
    for (claimed, _), (_, point) in zip(batch, points, strict=True):
        found[claimed.pass_id] = [
            (row.pass_id, row.ended_at) for row in rows if row.point == point or row.person_id == claimed.person_id
        ]
    return found


def _shared(facts: Any, claimed: Claimed, others: Sequence[tuple[int, int | None]]) -> Verdict | None:
    """A pass that overlaps with ours already brought this step here: a shared address, or people merged since."""
    overlapping = any(
        other != claimed.pass_id and (ended is None or ended > facts.entered_at) for other, ended in others
    )
    return Verdict("skipped", "shared_address") if overlapping else None


def _contacts(door: _Door, batch: Sequence[tuple[Claimed, Message]]) -> dict[str, int]:
    """Contacts per person that count against the cap."""
    if door.conditions.cap is None or not door.counts:
        return {}
    m = t.message.c
    query = (
        select(m.person_id, func.count())
        .join(t.touch, (t.touch.c.pass_id == m.pass_id) & (t.touch.c.step_id == m.step_id))
        .where(
            m.person_id.in_([claimed.person_id for claimed, _ in batch]),
            m.counted == 1,
            m.intent_at >= micros(door.conditions.cap[1]),
            t.touch.c.state.in_(HANDED),
        )
        .group_by(m.person_id)
    )
    return {row[0]: row[1] for row in door.connection.execute(query)}


def _room(door: _Door, batch: Sequence[tuple[Claimed, Message]]) -> int | None:
    """How many messages the channel may still take; None = no limit."""
    if door.conditions.at_most is None:
        return None
    most, since = door.conditions.at_most
    m = t.message.c
    query = select(func.count()).where(m.channel == batch[0][0].channel, m.intent_at >= micros(since))
    return most - int(door.connection.execute(query).scalar_one())


def _full(door: _Door, claimed: Claimed, contacts: Mapping[str, int], room: int | None, leaving: int) -> Verdict | None:
    if door.counts and door.conditions.cap and contacts.get(claimed.person_id, 0) >= door.conditions.cap[0]:
        return Verdict("planned", "cap")
    if room is not None and leaving >= room:
        return Verdict("planned", "channel_full")
    return None


def _pay(door: _Door, claimed: Claimed, message: Message) -> Verdict | None:
    """Reserve the cost of the contact and bind its code; the last check, for it changes the ledger."""
    cost = minor(door.conditions.cost(message)) if door.conditions.cost else 0
    if cost and not reserve(door.connection, claimed.campaign_id, door.conditions.period, cost):
        return Verdict("skipped", "budget")
    issue(door.connection, claimed.pass_id, micros(door.now))
    if cost:
        c = t.touch.c
        mine = (c.pass_id == claimed.pass_id) & (c.step_id == claimed.step_id)
        door.connection.execute(update(t.touch).where(mine).values(cost=cost))
    return None


def _open(door: _Door, claimed: Claimed, message: Message, point: int) -> None:
    c = t.touch.c
    mine = (c.pass_id == claimed.pass_id) & (c.step_id == claimed.step_id)
    lease = wall() + SEND_SECONDS * 1_000_000
    sending = {"state": "sending", "reason": None, "claims": 0, "attempts": c.attempts + 1, "lease_until": lease}
    door.connection.execute(update(t.touch).where(mine).values(**sending))
    # The primary key of `message` is the idempotency key: a second intent for it cannot be written.
    door.connection.execute(
        insert(t.message).values(
            key=message.key,
            pass_id=claimed.pass_id,
            step_id=claimed.step_id,
            person_id=claimed.person_id,
            channel=claimed.channel,
            reaches=door.descriptor.reaches,
            purpose=door.conditions.purpose,
            point=point,
            intent_at=micros(door.now),
            counted=int(door.counts),
        )
    )
