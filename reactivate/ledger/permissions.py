"""Consent and refusal; every method is one transaction."""

from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.ledger import (
    consents,
    keys,
    suppressions,
)
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store


@frozen
class Permissions:
    """Who agreed, who refused, who is paused."""

    store: Store
    secret: bytes = field(repr=False)
    now: Callable[[], datetime]

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
