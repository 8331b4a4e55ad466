"""What an operator decides by hand; every method is one transaction."""

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from reactivate.contracts.messages import Receipt
from reactivate.host.protocols import Channel
from reactivate.ledger import (
    audit,
    control,
    erasure,
    outcomes,
)
from reactivate.ledger.clock import micros
from reactivate.ledger.recovery import look_up
from reactivate.ledger.store import Store
from reactivate.ledger.workers import Worker


@frozen
class Control:
    """Stops, erasures, and decisions about messages in doubt."""

    store: Store
    now: Callable[[], datetime]
    worker: Callable[[], Worker]

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
        return look_up(self.store, channel, name, self.worker(), self.now(), "all")
