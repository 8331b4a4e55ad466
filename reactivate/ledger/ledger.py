"""The ledger as the rest of the framework sees it: every method is one transaction."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
from attrs import define, field

from reactivate.ledger import (
    bases,
    checks,
    events,
    keys,
    passes,
    touches,
)
from reactivate.ledger.bases import Manifest
from reactivate.ledger.identity import Identity
from reactivate.ledger.money import Money
from reactivate.ledger.opening import open_store
from reactivate.ledger.operator import Control
from reactivate.ledger.permissions import Permissions
from reactivate.ledger.recovery import settle_dead
from reactivate.ledger.register import Campaigns
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

    @property
    def money(self) -> Money:
        """What offers cost: codes that are somebody's, sums that are reserved."""
        return Money(self.store, self.secret, self.now)

    @property
    def permissions(self) -> Permissions:
        """Who agreed, who refused, who is paused."""
        return Permissions(self.store, self.secret, self.now)

    @property
    def control(self) -> Control:
        """Stops, erasures, and decisions about messages in doubt."""
        return Control(self.store, self.now, lambda: self.worker)

    @property
    def identity(self) -> Identity:
        """Which records are which person: what a sync found, what reviewers decided."""
        return Identity(self.store, self.secret, self.now)

    @property
    def campaigns(self) -> Campaigns:
        """The files that campaigns ran by, who approved them, and what they started from."""
        return Campaigns(self.store, self.now)

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

    def last_base(self) -> Manifest | None:
        """The manifest of the last sync; None before the first."""
        with self.store.read() as connection:
            return bases.last(connection)

    # -- campaigns and passes

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

    # -- control

    def check(self) -> dict[str, int]:
        """The promises of the send protocol as counts of what breaks them; all zero in a sound ledger."""
        with self.store.read() as connection:
            return checks.violations(connection)

    def figures(self) -> dict[str, Any]:
        """Persons, passes, touches and codes by state, for reports and metrics."""
        with self.store.read() as connection:
            return checks.figures(connection)
