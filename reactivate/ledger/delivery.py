"""The send protocol: claim -> prepare -> durable intent -> one call -> record.

At most once, whatever crashes: a message leaves only after its intent is on the disk, and an intent is never taken
back without the channel's proof that nothing left. What cannot be known is `unknown`, shown, never resent by itself.
No transaction is open while a message is built or sent.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field
from sqlalchemy import Connection, select, update

from reactivate.contracts.messages import Message, Receipt
from reactivate.diagnostics import Diagnostic
from reactivate.errors import ReactivateError, in_words
from reactivate.host.descriptors import ChannelType
from reactivate.host.protocols import Channel
from reactivate.ledger import schema as t
from reactivate.ledger.claims import Step, claim, put_aside
from reactivate.ledger.clock import micros
from reactivate.ledger.control import stopped
from reactivate.ledger.delivered import DELIVERED, as_it_stands
from reactivate.ledger.door import Claimed, Conditions, Verdict
from reactivate.ledger.intent import Intents, commit_intents
from reactivate.ledger.outcomes import record
from reactivate.ledger.recovery import SUSPECT, give_back, recover
from reactivate.ledger.workers import Worker

if TYPE_CHECKING:
    from reactivate.ledger.ledger import Ledger

CLAIM = 100
"""Touches taken in hand at once; messages per intent are the channel's `batch`."""

FREE_BATCH = 20
"""Most messages per intent, whatever a channel says: so many are in doubt when the process dies."""

_BREAKER_FROM, _BREAKER_SHARE = 20, 0.2

Build = Callable[[pa.Table], Mapping[str, Message | Diagnostic]]
Gate = Callable[[pa.Table], Mapping[str, Verdict]]


def deliver(
    ledger: "Ledger",
    channel: Channel,
    descriptor: ChannelType,
    due: pa.Table,
    build: Build,
    *,
    gate: Gate | None = None,
    conditions: Conditions | None = None,
    now: Callable[[], datetime] | None = None,
    worker: Worker | None = None,
) -> pa.Table:
    """Hand over `due`: touches of one step and one channel, in the order in which they should go.

    `build` makes the messages of the claimed rows of `due` (all its columns) by key; a Diagnostic instead sets that
    touch aside as `dead`. `gate` may refuse claimed rows a moment before (key -> Verdict). Returns `key, pass_id,
    person_id, step, state, reason, provider_id` for every row of `due`, as the ledger then has it; `planned` = held.
    """
    if due.num_rows == 0:
        return DELIVERED.empty_table()
    run = _Run(
        ledger,
        Step.of(ledger, due),
        channel,
        descriptor,
        build,
        gate or _no_gate,
        conditions or Conditions(),
        now or ledger.now,
        worker or ledger.worker,
    )
    run.worker.start()
    recover(ledger.store, channel, run.step.channel, run.worker, run.now(), run.conditions.period)
    for chunk in _chunks(ledger, run.step, due):
        if run.halted:
            break
        run.take(chunk)
    return as_it_stands(ledger, due, run.halted)


def _chunks(ledger: "Ledger", step: Step, due: pa.Table) -> Iterator[pa.Table]:
    """`due` in handfuls; what was in hand when workers died comes last and alone, so that it takes nobody along."""
    c = t.touch.c
    query = select(c.pass_id).where(c.step_id == step.id, c.state == "planned", c.done_at.is_(None))
    with ledger.store.read() as connection:
        found = pa.array(connection.execute(query.where(c.claims >= SUSPECT)).scalars().all(), pa.int64())
    suspect = pc.is_in(due["pass_id"], found)
    plain, alone = due.filter(pc.invert(suspect)), due.filter(suspect)
    yield from (plain.slice(start, CLAIM) for start in range(0, plain.num_rows, CLAIM))
    yield from (alone.slice(row, 1) for row in range(alone.num_rows))


def _no_gate(rows: pa.Table) -> Mapping[str, Verdict]:
    return {}


@define
class _Run:
    """One call of `deliver`."""

    ledger: "Ledger"
    step: Step
    channel: Channel
    descriptor: ChannelType
    build: Build
    gate: Gate
    conditions: Conditions
    now: Callable[[], datetime]
    worker: Worker
    halted: str | None = None
    results: int = 0
    failures: int = 0
    told: list[tuple[Receipt, int]] = field(factory=list)

    def take(self, rows: pa.Table) -> None:
        """Claim, prepare and send one chunk; what is not sent goes back."""
        token = secrets.token_hex(8)
        claimed = self._claim(rows, token)
        if not claimed:
            return
        try:
            mine = rows.filter(pc.is_in(rows["pass_id"], pa.array(sorted(claimed), pa.int64())))
            verdicts = dict(self.gate(mine))
            self._put_aside(token, claimed, verdicts)
            mine = mine.filter(pc.invert(pc.is_in(mine["key"], pa.array(list(verdicts), pa.string()))))
            messages = self._messages(mine, claimed, token)
            size = max(1, min(self.descriptor.batch, FREE_BATCH))
            for start in range(0, len(messages), size):
                if self.halted:
                    break
                self._hand_over(messages[start : start + size], token)
        finally:
            with self.ledger.store.write() as connection:
                self._record(connection)
                c = t.touch.c
                left = (c.claim_token == token) & (c.state == "claimed")
                connection.execute(update(t.touch).where(left).values(claims=0))
                give_back(connection, left, self.halted or "released", micros(self.now()))
            self.told.clear()

    def _claim(self, rows: pa.Table, token: str) -> dict[int, Claimed]:
        with self.ledger.store.write() as connection:
            self.halted = stopped(connection, self.ledger.folder, self.step.campaign, self.step.channel)
            return {} if self.halted else claim(connection, self.step, rows, token, self.worker, self.now())

    def _messages(self, rows: pa.Table, claimed: Mapping[int, Claimed], token: str) -> list[tuple[Claimed, Message]]:
        """Finished messages in the order of `rows`; those that could not be built are dead, the others go on."""
        if rows.num_rows == 0:
            return []
        built = self.build(rows)
        ready, dead = [], {}
        for pass_id, key in zip(rows["pass_id"].to_pylist(), rows["key"].to_pylist(), strict=True):
            message = built.get(key)
            if isinstance(message, Message) and message.key == key:
                ready.append((claimed[pass_id], message))
            else:
                dead[key] = Verdict(
                    "dead", message.message if isinstance(message, Diagnostic) else "no message was built"
                )
        self._put_aside(token, claimed, dead)
        return ready

    def _put_aside(self, token: str, claimed: Mapping[int, Claimed], verdicts: Mapping[str, Verdict]) -> None:
        if not verdicts:
            return
        by_key = {one.key: one for one in claimed.values()}
        with self.ledger.store.write() as connection:
            put_aside(connection, {k: v for k, v in verdicts.items() if k in by_key}, by_key, token, self.now())

    def _hand_over(self, batch: Sequence[tuple[Claimed, Message]], token: str) -> None:
        """Intent and send for one small batch. What the last one brought is written with the intent of this one:
        one wait for the disk instead of two, at the price of a few more messages in doubt when we are killed.
        """
        first = batch[0][0]
        with self.ledger.store.write() as connection:
            self._record(connection)
            self.halted = self.halted or stopped(connection, self.ledger.folder, first.campaign, first.channel)
            if self.halted:
                return
            intents = commit_intents(
                connection, self.ledger.secret, self.descriptor, self.conditions, batch, token, self.now()
            )
            by_key = {claimed.key: claimed for claimed, _ in batch}
            put_aside(connection, intents.refused, by_key, token, self.now())
        self.told.clear()
        messages = [message for _, message in batch if message.key in intents.leaving]
        if messages:
            self._send(messages, intents.leaving)
        if _no_room(intents):
            self.halted = "channel_full"

    def _send(self, messages: Sequence[Message], attempts: Mapping[str, int]) -> None:
        for receipt in self._receipts(messages):
            self.told.append((receipt, attempts[receipt.key]))
            self.results += 1
            self.failures += receipt.state in ("unknown", "not_sent")
        if self.results >= _BREAKER_FROM and self.failures > self.results * _BREAKER_SHARE:
            self.halted = self.halted or "channel_failing"

    def _record(self, connection: Connection) -> None:
        at = micros(self.now())
        record(self.ledger.store, connection, self.told, self.worker.worker_id, at, self.conditions.period)

    def _receipts(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message, whatever the channel does: what it does not account for is unknown."""
        waiting = {message.key: None for message in messages}
        reason = "the channel gave no receipt"
        try:
            for receipt in self.channel.send(messages):
                if receipt.key in waiting:
                    del waiting[receipt.key]
                    yield receipt
        except Exception as fault:  # noqa: BLE001 - a plug-in's fault: the messages are in doubt and say why, the channel halts
            reason = fault.diagnostics[0].message if isinstance(fault, ReactivateError) else in_words(fault)
            reason = f"the channel failed: {reason}"
            self.halted = "channel_failed"
        for key in waiting:
            yield Receipt(key, "unknown", reason=reason)


def _no_room(intents: Intents) -> bool:
    return any(verdict.reason == "channel_full" for verdict in intents.refused.values())


__all__ = ["Build", "CLAIM", "Conditions", "DELIVERED", "Gate", "Verdict", "deliver"]
