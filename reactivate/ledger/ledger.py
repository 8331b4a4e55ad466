"""The ledger as the rest of the framework sees it: every method is one transaction."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.messages import Receipt
from reactivate.contracts.nodes import NodeTable
from reactivate.host.protocols import Channel
from reactivate.ledger import (
    approvals,
    audit,
    bases,
    budgets,
    campaigns,
    checks,
    consents,
    control,
    coupons,
    decisions,
    erasure,
    events,
    keys,
    lifts,
    outcomes,
    passes,
    persons,
    suppressions,
    touches,
    unmerge,
)
from reactivate.ledger.bases import Manifest
from reactivate.ledger.clock import micros, minor, moment
from reactivate.ledger.decisions import Decision
from reactivate.ledger.opening import open_store
from reactivate.ledger.recovery import look_up, settle_dead
from reactivate.ledger.store import Store
from reactivate.ledger.workers import Worker


def utc_now() -> datetime:
    """The real clock, in UTC."""
    return datetime.now(UTC)


@define
class Ledger:
    """The durable memory of a business: who is who, who agreed, who was written to, what came back.

    `secret` keys lots and ids; `folder` holds the key and, when somebody puts it there, the file STOP.
    """

    store: Store
    folder: Path
    secret: bytes = field(repr=False)
    now: Callable[[], datetime] = utc_now
    _worker: Worker | None = None

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        create: bool,
        now: Callable[[], datetime] = utc_now,
        home: Path | None = None,
    ) -> "Ledger":
        """Open the ledger at `place`, a file or a PostgreSQL URL (its key then lies in `home`); `create`: make it.

        Raises EnvironmentFault: R910 not there, R911 damaged or no ledger, R912 too new, R913 on a network disk,
        R914 key missing or foreign, R915 not writable, R916 locked, R917 server or driver.
        """
        store, folder, secret = open_store(place, create=create, home=home, now=now())
        ledger = cls(store, folder, secret, now)
        settle_dead(store, ledger.worker, now())
        return ledger

    @property
    def place(self) -> str:
        """Path or URL, without password."""
        return self.store.place

    @property
    def key_id(self) -> str:
        """Public name of the secret: printed by every run, so that two ledgers are not mistaken for one."""
        return keys.key_id(self.secret)

    @property
    def worker(self) -> Worker:
        """The sender that this process is."""
        if self._worker is None:
            self._worker = Worker(self.store, self.folder)
        return self._worker

    def close(self) -> None:
        """Let go of the file; a worker's lock is given back."""
        if self._worker is not None:
            self._worker.close()
        self.store.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- persons and base

    def assign(self, records: pa.Table) -> pa.Table:
        """A members table for `records` (source, record_id, cluster int64; optional probability, points)."""
        with self.store.read() as connection:
            return persons.assign(connection, self.secret, records)

    def commit_base(
        self,
        manifest: Manifest,
        members: pa.Table,
        contacts: pa.Table | None = None,
        consents: pa.Table | None = None,
        suppressions: pa.Table | None = None,
        events: pa.Table | None = None,
    ) -> None:
        """Make a base the truth, with its members, addresses, consents, refusals and events, in one transaction."""
        tables = {"contacts": contacts, "consents": consents, "suppressions": suppressions, "events": events}
        with self.store.write() as connection:
            bases.commit(self.store, connection, self.secret, manifest, members, tables, self.now())

    def decisions(self) -> pa.Table:
        """What reviewers said about pairs of records (`decisions.DECISIONS`)."""
        with self.store.read() as connection:
            return decisions.read(connection)

    def decide_pairs(self, said: Iterable[Decision], by_whom: str) -> int:
        """Write reviewers' decisions; a later one about a pair replaces the earlier. Returns how many changed."""
        with self.store.write() as connection:
            return decisions.put(self.store, connection, said, by_whom, self.now())

    def forget_decisions(self, pairs: Iterable[Decision], by_whom: str) -> int:
        """Take decisions back; returns how many there were."""
        with self.store.write() as connection:
            return decisions.forget(connection, pairs, by_whom, self.now())

    def records_moved_from(self, person_id: str) -> list[tuple[str, str]]:
        """(source, record id) of the records that a person brought when it became part of another."""
        with self.store.read() as connection:
            return unmerge.records_moved_from(connection, person_id)

    def last_base(self) -> Manifest | None:
        """The manifest of the last sync; None before the first."""
        with self.store.read() as connection:
            return bases.last(connection)

    # -- consent and suppression

    def consent_now(self, purpose: str | tuple[str, ...]) -> pa.Table:
        """`person_id, channel, given_at, proof, source`: the newest proven consent per person and kind of channel."""
        with self.store.read() as connection:
            return consents.consent_now(connection, (purpose,) if isinstance(purpose, str) else purpose)

    def suppressed(self, contacts: pa.Table, channel: str | None = None, scope: str | None = None) -> pa.Array:
        """Per row of `contacts` (person_id, kind, value, display), whether nothing may be sent there.

        `channel`: kind of channel (email, sms, call …); without it only refusals of everything count, and only those
        that are newer than every consent of the person.
        """
        with self.store.read() as connection:
            return suppressions.suppressed(connection, self.secret, contacts, channel, scope)

    def import_consents(self, table: pa.Table) -> int:
        """Take in a consents table; returns how many rows named somebody known."""
        with self.store.write() as connection:
            return consents.import_consents(self.store, connection, self.secret, table)

    def import_suppressions(self, table: pa.Table) -> int:
        """Take in a suppressions table; returns how many rows named a person or an address."""
        with self.store.write() as connection:
            return suppressions.import_suppressions(self.store, connection, self.secret, table, self.now())

    def suppress(
        self,
        *,
        person_id: str | None = None,
        contact: tuple[str, str] | None = None,
        channel: str = "all",
        reason: str,
        scope: str = "all",
        source: str = "host",
        at: datetime | None = None,
    ) -> None:
        """Bar a person, an address (kind, value), or both as a pair, from a kind of channel."""
        row = {
            "person_id": pa.array([person_id], pa.string()),
            "point": pa.array([keys.point(self.secret, *contact) if contact else None], pa.int64()),
            "channel": [channel],
            "reason": [reason],
            "source": [source],
            "at": pa.array([micros(at or self.now())], pa.int64()),
        }
        with self.store.write() as connection:
            suppressions.refuse(self.store, connection, pa.table(row), scope)

    def suppress_people(
        self, persons: pa.Array, *, channel: str, reason: str, source: str = "host", at: datetime | None = None
    ) -> None:
        """Bar many persons from a kind of channel at once; `pause` ends by itself when they click, answer or order."""
        count = len(persons)
        rows = {
            "person_id": persons,
            "point": pa.nulls(count, pa.int64()),
            "channel": pa.repeat(pa.scalar(channel), count),
            "reason": pa.repeat(pa.scalar(reason), count),
            "source": pa.repeat(pa.scalar(source), count),
            "at": pa.repeat(pa.scalar(micros(at or self.now()), pa.int64()), count),
        }
        with self.store.write() as connection:
            suppressions.refuse(self.store, connection, pa.table(rows))

    def end_pauses_by_orders(self, orders: pa.Table) -> None:
        """Pauses of people who ordered since are over. `orders`: person_id, ordered_at, and whatever else."""
        with self.store.read() as connection:
            paused = suppressions.pauses(connection)
        if paused.num_rows == 0:
            return
        last = orders.group_by("person_id").aggregate([("ordered_at", "max")])
        both = paused.join(last, keys="person_id", join_type="inner")
        over = both.filter(pc.greater(both["ordered_at_max"], both["at"]))
        if over.num_rows:
            with self.store.write() as connection:
                suppressions.end_pauses(self.store, connection, over)

    # -- campaigns and passes

    def campaign_version(self, name: str, spec_hash: str, nodes: Mapping[str, str], spec_json: str) -> int:
        """Number of this version of a campaign; `nodes`: node table as JSON per segment."""
        with self.store.write() as connection:
            return campaigns.version_of(self.store, connection, name, spec_hash, nodes, spec_json, self.now())

    def node_tables(self, version: int) -> dict[str, NodeTable]:
        """The journeys of a version, per segment."""
        with self.store.read() as connection:
            return campaigns.node_tables(connection, version)

    def enter(self, campaign: str, version: int, entrants: pa.Table, seen: int | None = None) -> pa.Table:
        """Open passes for `entrants` (person_id, segment, arm, offer, entered_at); returns those that are new.

        `seen`: the `last_pass_id` when they were chosen; whoever has entered since then is left out.
        """
        with self.store.write() as connection:
            return passes.enter(self.store, connection, campaign, version, entrants, self.now(), seen)

    def last_pass_id(self, campaign: str) -> int:
        """The highest pass id of a campaign, 0 before its first."""
        with self.store.read() as connection:
            return passes.last_id(connection, campaign)

    def passes(self, campaign: str | None = None, state: str | None = "inside") -> pa.Table:
        """Passes of a campaign or of all; `state` None = inside and ended."""
        with self.store.read() as connection:
            return passes.passes(connection, campaign, state)

    def save_passes(self, changed: pa.Table) -> None:
        """Write where these passes stand; those that ended lose their open touches and unused codes."""
        self.advance(changed, None)

    def advance(self, changed: pa.Table, planned: pa.Table | None) -> None:
        """Move passes and plan their next touches: both or neither."""
        with self.store.write() as connection:
            passes.save(self.store, connection, changed, self.now())
            if planned is not None:
                touches.plan(self.store, connection, planned)

    def cooling(self, now: datetime | None = None) -> pa.Table:
        """`person_id, until` of everybody who rests after a pass without the goal."""
        with self.store.read() as connection:
            return passes.cooling(connection, now or self.now())

    def ever_entered(self, campaign: str) -> pa.Array:
        """Ids of everybody who ever had a pass of this campaign."""
        with self.store.read() as connection:
            return passes.ever_entered(connection, campaign)

    # -- touches and what came back

    def plan_touches(self, planned: pa.Table) -> None:
        """Write touches, one per (step, pass); those still planned take the new state, channel and reason."""
        with self.store.write() as connection:
            touches.plan(self.store, connection, planned)

    def cancel_touches(self, pass_ids: pa.Array, reason: str) -> None:
        """Cancel what is planned for these passes."""
        with self.store.write() as connection:
            passes.cancel(self.store, connection, pass_ids, reason, self.now())

    def touches(self, campaign: str | None = None, states: tuple[str, ...] | None = None) -> pa.Table:
        """Touches of a campaign or of all, in the order of their passes."""
        with self.store.read() as connection:
            return touches.read(connection, self.secret, campaign, states)

    def key_for(self, campaign: str, step: str, person: str, number: int) -> str:
        """The idempotency key of a touch: 26 base32 characters."""
        return keys.message_key(self.secret, campaign, step, person, number)

    def contacted(self, since: datetime) -> pa.Table:
        """`person_id, n, last_at`: contacts that count against the cap, over all campaigns."""
        with self.store.read() as connection:
            return touches.contacted(connection, since)

    def import_events(self, table: pa.Table, grants: Mapping[str, Iterable[str]] | None = None) -> int:
        """Take in what came back (`events.INCOMING`); `grants`: question -> kinds of channel its answer allows."""
        with self.store.write() as connection:
            return events.import_events(self.store, connection, self.secret, table, grants or {})

    def unknown_people(self, table: pa.Table) -> int:
        """How many events of `table` (source, event_id), once taken in, name nobody known."""
        with self.store.read() as connection:
            return events.unknown_people(connection, table)

    def events(self, campaign: str | None = None) -> pa.Table:
        """`person_id, kind, value, at, source, event_id, campaign, step, pass_id`, oldest first."""
        with self.store.read() as connection:
            return events.read(connection, campaign)

    def answers(self) -> pa.Table:
        """`person_id, question, value, at`, oldest first."""
        with self.store.read() as connection:
            return events.answers(connection)

    # -- coupons and money

    def add_codes(self, campaign: str, offer: str, codes: Iterable[str]) -> int:
        """Fill an offer's pool; returns how many codes are free."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return coupons.add_codes(self.store, connection, self.secret, number, offer, codes)

    def reserve_code(self, pass_id: int, offer: str) -> str | None:
        """The code of this pass for this offer, the same however often asked; None when the pool is dry."""
        with self.store.write() as connection:
            return coupons.reserve_code(connection, pass_id, offer, micros(self.now()))

    def code_until(self, pass_id: int, offer: str, until: datetime) -> datetime:
        """When the code of this pass ends: as it was when handed over, else `until`, which is noted."""
        with self.store.write() as connection:
            return moment(coupons.keep_until(connection, pass_id, offer, micros(until)))

    def reserve_codes(self, wanted: Iterable[tuple[int, str]]) -> list[int]:
        """Reserve a code for each (pass, offer), all in one transaction; the passes for which the pool was dry."""
        with self.store.write() as connection:
            at, wanted = micros(self.now()), list(wanted)
            coupons.prune(connection, [pass_id for pass_id, _ in wanted[:1]])
            return [p for p, offer in wanted if coupons.reserve_code(connection, p, offer, at) is None]

    def codes_gone(self) -> list[str]:
        """Every code that is somebody's or was, of whichever campaign."""
        with self.store.read() as connection:
            return coupons.gone(connection)

    def open_offers(self, now: datetime) -> pa.Table:
        """`person_id, campaign, offer, until` of codes not used yet; `until` null = not handed over yet."""
        with self.store.read() as connection:
            rows = coupons.open_offers(connection, micros(now))
        columns = list(zip(*rows, strict=True)) or [[], [], [], []]
        until = [None if at is None else moment(at) for at in columns[3]]
        texts = {name: pa.array(columns[i], pa.string()) for i, name in enumerate(("person_id", "campaign", "offer"))}
        return pa.table({**texts, "until": pa.array(until, MOMENT)})

    def codes(self, campaign: str, offer: str) -> tuple[int, int]:
        """How many codes of a pool are free, and how many are or were somebody's."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            if number is None:
                return 0, 0
            return coupons.free(connection, number, offer), coupons.given(connection, number, offer)

    def redeem_code(self, code: str, order_id: str | None = None, at: datetime | None = None) -> bool:
        """Note that a code came back; false when it was never given out, or came back before."""
        with self.store.write() as connection:
            return coupons.redeem(connection, self.secret, code, order_id, micros(at or self.now()))

    def set_budget(self, campaign: str, cap: Decimal, period: str = "all") -> None:
        """Cap of a campaign's spending in a period (`all`, or a month as `2026-11`)."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            budgets.set_cap(self.store, connection, number, period, cap)

    def book_offers(self, campaign: str, period: str, sums: Mapping[int, Decimal]) -> list[int]:
        """Reserve what the offer of each pass is expected to cost; the passes for which the budget did not suffice.

        Nothing is reserved twice for one pass, and a campaign without a cap is never short.
        """
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return [
                pass_id
                for pass_id, amount in sums.items()
                if not budgets.book(self.store, connection, number, period, f"pass/{pass_id}", minor(amount))
            ]

    def booked_offers(self, campaign: str) -> list[int]:
        """Passes whose offers still have money reserved."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return [] if number is None else [int(n) for n in budgets.booked(connection, number, "pass/")]

    def settle_offers(self, campaign: str, spent: Mapping[int, Decimal]) -> None:
        """Close the reservations of passes that have ended: what their offers cost in the end, 0 = not used."""
        with self.store.write() as connection:
            number = campaigns.find_campaign(connection, campaign)
            if number is None:
                return
            for pass_id, amount in spent.items():
                budgets.unbook(connection, number, f"pass/{pass_id}", spent=minor(amount))

    def budget(self, campaign: str) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Per period: cap, reserved, spent."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return {} if number is None else budgets.state(connection, number)

    def book(self, campaign: str, ref: str, amount: Decimal, period: str = "all") -> bool:
        """Reserve money under a name, such as a pass and its offer; the same name twice is once. False: no room."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            return budgets.book(self.store, connection, number, period, ref, minor(amount))

    def unbook(self, campaign: str, ref: str, spent: Decimal = Decimal(0)) -> None:
        """Close a reservation: `spent` of it was used, the rest is free again."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            budgets.unbook(connection, number, ref, spent=minor(spent))

    # -- approval and starting point

    def approve(self, campaign: str, spec_hash: str, ceilings_json: str, valid_until: datetime, by_whom: str) -> None:
        """Write down that this version of a campaign may run, up to these ceilings and this moment."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            given = approvals.Approved(spec_hash, ceilings_json, self.now(), valid_until, by_whom)
            approvals.approve(connection, number, campaign, given)

    def last_approval(self, campaign: str) -> approvals.Approved | None:
        """The newest approval of a campaign; None when nobody approved it."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return None if number is None else approvals.last_approval(connection, number)

    def done(self, campaign: str) -> approvals.Done:
        """What a campaign has done in all, over every version: what its ceilings are checked against."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return approvals.Done(0, {}, Decimal(0)) if number is None else approvals.done(connection, number)

    def put_baseline(self, campaign: str, figures: Mapping[tuple[str, str, str], tuple[float, int]]) -> None:
        """Keep the starting point: (metric, arm, period) -> (value, people); written once, never changed."""
        with self.store.write() as connection:
            number = campaigns.campaign_id(self.store, connection, campaign, self.now())
            approvals.put_baseline(self.store, connection, number, figures, micros(self.now()))

    def baseline(self, campaign: str) -> dict[tuple[str, str, str], tuple[float, int]]:
        """The starting point of a campaign; empty when none was taken."""
        with self.store.read() as connection:
            number = campaigns.find_campaign(connection, campaign)
            return {} if number is None else approvals.baseline(connection, number)

    def taught(self) -> pa.Table:
        """Goals reached per campaign, version, segment, offer and arm, of passes whose window is over (`lifts`)."""
        with self.store.read() as connection:
            return lifts.taught(connection, self.now())

    def redeemed(self, campaign: str) -> pa.Array:
        """Ids of the passes of this campaign whose code has been redeemed."""
        with self.store.read() as connection:
            return lifts.redeemed(connection, campaign, self.now())

    # -- control

    def pause(self, campaign: str, by_whom: str = "host") -> None:
        """Nothing more of this campaign leaves, from this moment."""
        with self.store.write() as connection:
            key = control.campaign_switch(campaign)
            control.put_switch(self.store, connection, key, "paused", by_whom, self.now())
            audit.note(connection, by_whom, "pause", campaign, self.now())

    def resume(self, campaign: str, by_whom: str = "host") -> None:
        """The campaign goes on."""
        with self.store.write() as connection:
            control.lift_switch(connection, control.campaign_switch(campaign))
            audit.note(connection, by_whom, "resume", campaign, self.now())

    def stop_everything(self, by_whom: str = "host") -> None:
        """Nothing leaves any more, whatever the campaign."""
        with self.store.write() as connection:
            control.put_switch(self.store, connection, control.EVERYTHING, "stop", by_whom, self.now())
            audit.note(connection, by_whom, "stop", "everything", self.now())

    def start_again(self, by_whom: str = "host") -> None:
        """Lift the stop of everything."""
        with self.store.write() as connection:
            control.lift_switch(connection, control.EVERYTHING)
            audit.note(connection, by_whom, "start", "everything", self.now())

    def forget(self, person_id: str, by_whom: str = "host") -> bool:
        """Erase a person: addresses, answers and consents go, the refusal stays; false when there is nobody."""
        with self.store.write() as connection:
            return erasure.forget(self.store, connection, person_id, by_whom, self.now())

    def resolve(self, key: str, state: str, by_whom: str = "host") -> bool:
        """A person decides about an `unknown` message: accepted, rejected, or not_sent (it will go out again)."""
        if state not in ("accepted", "rejected", "not_sent"):
            raise ValueError(f"an unknown message becomes accepted, rejected or not_sent, not {state!r}")
        with self.store.write() as connection:
            attempt = outcomes.unknown_attempt(connection, key)
            if attempt is None:
                return False
            at = micros(self.now())
            receipt = Receipt(key, state, reason=f"resolved by {by_whom}")  # type: ignore[arg-type]
            outcomes.record(self.store, connection, [(receipt, attempt)], by_whom, at, "all")
            audit.note(connection, by_whom, f"resolve {state}", key, self.now())
            return True

    def look_up(self, channel: Channel, name: str) -> int:
        """Ask a channel about its messages in doubt; returns how many it cleared up. `deliver` does so by itself."""
        return look_up(self.store, channel, name, self.worker, self.now(), "all")

    def check(self) -> dict[str, int]:
        """The promises of the send protocol as counts of what breaks them; all zero in a sound ledger."""
        with self.store.read() as connection:
            return checks.violations(connection)

    def figures(self) -> dict[str, Any]:
        """Persons, passes, touches and codes by state, for reports and metrics."""
        with self.store.read() as connection:
            return checks.figures(connection)
