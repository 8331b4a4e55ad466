"""Which records are which person, and what people decided about it; every method is one transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pyarrow as pa
from attrs import field, frozen

from reactivate.ledger import (
    decisions,
    persons,
    unmerge,
)
from reactivate.ledger.decisions import Decision
from reactivate.ledger.store import Store


@frozen
class Identity:
    """Which records are which person: what a sync found, what reviewers decided."""

    store: Store
    secret: bytes = field(repr=False)
    now: Callable[[], datetime]

    def assign(self, records: pa.Table) -> pa.Table:
        """A members table for `records` (source, record_id, cluster int64; optional probability, points)."""
        with self.store.read() as connection:
            return persons.assign(connection, self.secret, records)

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
