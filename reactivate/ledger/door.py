"""What is checked at the door: everything that must hold at the moment a message leaves.

Each question is put once for a small batch, inside the intent transaction, and answered message by message.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import define, field, frozen
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, union_all

from reactivate.contracts.messages import Message
from reactivate.host.descriptors import ChannelType
from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.allowed import allowed
from reactivate.ledger.clock import micros
from reactivate.ledger.consents import KIND_OF_CHANNEL
from reactivate.ledger.touches import HANDED
from reactivate.ledger.workers import wall


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


Batch = Sequence[tuple[Claimed, Message]]
"""Touches of one step and one channel, each with its finished message."""

Same = tuple[int, str, int, int | None]
"""Somebody who received the step: pass, person, address, end of the pass."""


@define
class Door:
    """The door as one batch finds it: what the law demands, what the ledger knows, and who went through before."""

    descriptor: ChannelType
    conditions: Conditions
    now: datetime
    ours: dict[int, Any] = field(factory=dict)  # pass -> its row, for touches that are still this worker's
    points: dict[str, int] = field(factory=dict)  # key -> the hash that identifies its address
    barred: dict[str, str] = field(factory=dict)  # key -> suppressed or no_consent
    received: list[Same] = field(factory=list)
    contacts: dict[str, int] = field(factory=dict)  # person -> contacts that count against the cap
    room: int | None = None  # messages the channel may still take; None = no limit

    @property
    def to_people(self) -> bool:
        """Channels to staff contact nobody: consent, refusals, caps do not apply."""
        return self.descriptor.reaches != "staff"

    @property
    def counts(self) -> bool:
        """Whether a message counts against the cap: ads and service messages do not."""
        return self.descriptor.reaches not in ("staff", "ads") and self.conditions.purpose != "service"

    @classmethod
    def facing(
        cls,
        connection: Connection,
        secret: bytes,
        descriptor: ChannelType,
        conditions: Conditions,
        batch: Batch,
        token: str,
        now: datetime,
    ) -> "Door":
        """Read all that the answers for `batch` need."""
        door = cls(descriptor, conditions, now)
        door.ours = _still_ours(connection, batch, token)
        known_as = _points(connection, secret, descriptor, [message for _, message in batch])
        door.points = {claimed.key: point for (claimed, _), (_, point) in zip(batch, known_as, strict=True)}
        if door.to_people:
            door.barred = _barred(connection, descriptor, conditions, batch, [own for own, _ in known_as])
            door.received = _same_step(connection, batch, list(door.points.values()))
        if conditions.cap and door.counts:
            door.contacts = _contacts(connection, batch, conditions.cap[1])
        if conditions.at_most:
            door.room = conditions.at_most[0] - _on_channel(connection, batch[0][0].channel, conditions.at_most[1])
        return door

    def verdict(self, claimed: Claimed) -> Verdict | None:
        """Why this touch may not leave now; None = it may."""
        facts = self.ours[claimed.pass_id]
        return self._standing(facts) or self._refused(claimed) or self._shared(facts, claimed) or self._full(claimed)

    def let_out(self, claimed: Claimed) -> None:
        """Note that a touch leaves: the next ones of the batch meet it here."""
        self.contacts[claimed.person_id] = self.contacts.get(claimed.person_id, 0) + 1
        self.received.append((claimed.pass_id, claimed.person_id, self.points[claimed.key], None))
        if self.room is not None:
            self.room -= 1

    def _standing(self, facts: Any) -> Verdict | None:
        """What the pass and the person themselves say."""
        if facts.erased_at is not None:
            return Verdict("suppressed", "erased")
        if facts.arm != "treated":
            return Verdict("cancelled", "holdout")
        if facts.state != "inside":
            return Verdict("cancelled", "pass_ended")
        if facts.part == "journey" and facts.goal_at is not None:
            return Verdict("cancelled", "goal")
        if facts.expires_at <= micros(self.now):
            return Verdict("expired", "expired")
        return None

    def _refused(self, claimed: Claimed) -> Verdict | None:
        reason = self.barred.get(claimed.key)
        return Verdict("suppressed" if reason == "suppressed" else "skipped", reason) if reason else None

    def _shared(self, facts: Any, claimed: Claimed) -> Verdict | None:
        """A pass that overlaps with ours already brought this step here: a shared address, or people merged since."""
        point = self.points[claimed.key]
        for other, person, address, ended in self.received:
            same = (address == point or person == claimed.person_id) and other != claimed.pass_id
            if same and (ended is None or ended > facts.entered_at):
                return Verdict("skipped", "shared_address")
        return None

    def _full(self, claimed: Claimed) -> Verdict | None:
        cap = self.conditions.cap
        if self.counts and cap and self.contacts.get(claimed.person_id, 0) >= cap[0]:
            return Verdict("planned", "cap")
        if self.room is not None and self.room <= 0:
            return Verdict("planned", "channel_full")
        return None


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


def _still_ours(connection: Connection, batch: Batch, token: str) -> dict[int, Any]:
    ids = [claimed.pass_id for claimed, _ in batch]
    asked = {"step": batch[0][0].step_id, "ids": ids, "token": token, "wall": wall()}
    return {row.pass_id: row for row in connection.execute(_OURS, asked)}


_CANONICAL = (
    select(t.contact.c.point, func.min(t.contact.c.canonical))
    .where(t.contact.c.point.in_(bindparam("points", expanding=True)))
    .group_by(t.contact.c.point)
)


def _points(
    connection: Connection, secret: bytes, descriptor: ChannelType, messages: Sequence[Message]
) -> list[tuple[frozenset[int], int]]:
    """Per message the hashes its address is known under, and the one that identifies it."""
    kind = KIND_OF_CHANNEL.get(descriptor.reaches, descriptor.reaches)
    shown = [keys.point(secret, kind, message.to) for message in messages]
    canonical = {row[0]: row[1] for row in connection.execute(_CANONICAL, {"points": shown})}
    return [(frozenset((point, canonical.get(point, point))), canonical.get(point, point)) for point in shown]


def _barred(
    connection: Connection,
    descriptor: ChannelType,
    conditions: Conditions,
    batch: Batch,
    points: Sequence[frozenset[int]],
) -> dict[str, str]:
    asked = [(claimed.person_id, own) for (claimed, _), own in zip(batch, points, strict=True)]
    answers = allowed(connection, asked, descriptor.reaches, batch[0][0].campaign, conditions.consent)
    return {claimed.key: answer for (claimed, _), answer in zip(batch, answers, strict=True) if answer}


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


def _same_step(connection: Connection, batch: Batch, points: Sequence[int]) -> list[Same]:
    """Who received this step already, at one of these addresses or as one of these persons."""
    people = [claimed.person_id for claimed, _ in batch]
    asked = {"step": batch[0][0].step_id, "points": points, "people": people}
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(_SAME_STEP, asked)]


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


def _contacts(connection: Connection, batch: Batch, since: datetime) -> dict[str, int]:
    asked = {"people": [claimed.person_id for claimed, _ in batch], "since": micros(since)}
    return {row[0]: row[1] for row in connection.execute(_CONTACTS, asked)}


_ON_CHANNEL = select(func.count()).where(
    t.message.c.channel == bindparam("channel"), t.message.c.intent_at >= bindparam("since")
)


def _on_channel(connection: Connection, channel: str, since: datetime) -> int:
    return int(connection.execute(_ON_CHANNEL, {"channel": channel, "since": micros(since)}).scalar_one())
