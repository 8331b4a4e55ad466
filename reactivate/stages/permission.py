"""Who may be contacted, and when: the policy pack met with the business's own hours."""

from datetime import datetime, time, timedelta
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from reactivate.contracts.nodes import Node
from reactivate.contracts.values import Hours
from reactivate.policies.hours import next_allowed, zones_of
from reactivate.policies.pack import Pack, Windows
from reactivate.spec.business import Business
from reactivate.stages.clean import region_of
from reactivate.stages.memory import Memory
from reactivate.stages.tables import aligned, whole

USUAL_HOURS = Windows(Hours(time(9), time(21)), Hours(time(10), time(20)))
"""`send_hours` of a business that says nothing (SPEC section 3)."""


@define(slots=False)
class Permission:
    """The stricter of pack and business file."""

    business: Business
    pack: Pack
    memory: Memory
    _consents: dict[tuple[str, ...], pa.Table] = field(factory=dict)

    def needed(self, kind: str, purpose: str) -> tuple[str, ...] | None:
        """Purposes of which one proven consent must be there for this kind of channel; None = the pack asks none."""
        basis = self.pack.need(kind, purpose).basis
        return None if basis == "none" else ("marketing", "permission") if purpose == "permission" else (purpose,)

    def consented(self, kind: str, purpose: str) -> pa.Array:
        """People with a proven consent for the channel, or an order new enough where the pack has a soft opt-in."""
        purposes = self.needed(kind, purpose) or (purpose,)
        if purposes not in self._consents:
            self._consents[purposes] = self.memory.ledger.permissions.consent_now(purposes)
        found = self._consents[purposes]
        people = whole(found.filter(pc.equal(found["channel"], kind))["person_id"])
        months = self.pack.need(kind, purpose).months
        if months:
            orders = self.memory.orders
            since = pa.scalar(self.memory.moment.day - timedelta(days=round(months * 30.44)), pa.date32())
            recent = orders.filter(pc.and_(orders["paid"], pc.greater_equal(orders["ordered_on"], since)))
            people = pa.concat_arrays([people, whole(recent["person_id"])])
        return pc.unique(people)

    def open_hours(
        self, people: pa.ChunkedArray, channel: str, node: Node, profiles: pa.Table, now: datetime | None = None
    ) -> pa.Array:
        """Per person whether the channel may be used now; people of unknown country live in the business's."""
        kind = self.business.channels[channel].reaches
        if kind in ("staff", "ads"):
            return pa.repeat(pa.scalar(True), len(people))
        now = now or self.memory.moment.now
        country = whole(pc.fill_null(aligned(people, profiles)["country"], self._home)).dictionary_encode()
        allowed = [self._open_in(code, now) for code in country.dictionary.to_pylist()]
        in_hours = pa.array(allowed, pa.bool_()).take(country.indices)
        return pc.and_(in_hours, self._at_hour(node, people, profiles, now))

    def _open_in(self, country: str, now: datetime) -> bool:
        """Whether now lies in the hours of pack and business, in every zone of the country."""
        return next_allowed(now, self._windows, zones_of(country, self.business.zone)) == now

    @cached_property
    def _home(self) -> str:
        return region_of(str(self.business.timezone), self.business.policy)

    @cached_property
    def _windows(self) -> Windows:
        own = self.business.send_hours
        return self.pack.windows.meet(USUAL_HOURS if own is None else Windows(own.weekdays, own.weekend))

    def _at_hour(self, node: Node, people: pa.ChunkedArray, profiles: pa.Table, now: datetime) -> pa.Array:
        """`at`: not before that time of the day; `best` = the person's own hour, now where it is not known."""
        local = now.astimezone(self.business.zone)
        if node.at == "best":
            hour = whole(aligned(people, profiles)["favourite_hour"])
            return pc.fill_null(pc.less_equal(hour, local.hour), True)
        reached = node.at is None or local.time() >= time.fromisoformat(node.at)
        return pa.repeat(pa.scalar(reached), len(people))
