"""The ways out: channels with their prices, room and conditions, offers, letters."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.contracts.values import Duration
from reactivate.economics import NONE
from reactivate.errors import PluginError
from reactivate.host.protocols import Channel, Context, Offer
from reactivate.ledger import Conditions
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.plugin_specs import OfferSpec
from reactivate.stages.letters import Letters, Sender, cost_of
from reactivate.stages.memory import Memory
from reactivate.stages.periods import period_start
from reactivate.stages.permission import Permission

_USUAL_PARTS = 2
"""Parts of a usual SMS, for sums before its text is known."""


@define(slots=False)
class Outbound:
    """Everything that leaves goes through here; plug-ins are created once, when first used."""

    business: Business
    campaign: Campaign
    tables: Mapping[str, NodeTable]
    memory: Memory
    permission: Permission
    context: Callable[[str], Context]

    @property
    def entry_ways(self) -> list[tuple[str, str]]:
        """(channel, purpose) pairs of the journey proper: by one of these a person must be reachable to enter."""
        nodes = [node for table in self.tables.values() for node in table.nodes if node.contacts]
        return list(dict.fromkeys((name, node.purpose) for node in nodes for name in node.by))

    @property
    def ways(self) -> list[tuple[str, str]]:
        """(channel, purpose) pairs that the journey uses."""
        nodes = [n for table in self.tables.values() for n in (*table.nodes, *table.after_goal) if n.contacts]
        return list(dict.fromkeys((name, node.purpose) for node in nodes for name in node.by))

    def channel(self, name: str) -> Channel:
        """The channel plug-in, created once. PluginError R505 when it is planned only."""
        if name not in self._channels:
            spec = self.business.channels[name]
            self._channels[name] = spec.descriptor.create(spec.settings, self.context(name))
        return self._channels[name]

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {}

    @property
    def real_channels(self) -> list[str]:
        """Channels of the journey that would really reach somebody."""
        names = dict.fromkeys(name for name, _ in self.ways)
        return [name for name in names if not self.business.channels[name].descriptor.local]

    def check_built(self) -> None:
        """PluginError R505 for every plug-in of this spec that is planned, not built."""
        faults = []
        used: list[Any] = [*self.business.sources.values(), *(self.business.channels[name] for name, _ in self.ways)]
        for spec in used:
            if spec.descriptor.stability == "planned":
                message = f"{spec.plugin} {spec.use!r} of {spec.name!r} is not built yet: it can be checked and planned"
                faults.append(PluginError.because("R505", message).diagnostics[0])
        if faults:
            raise PluginError(dict.fromkeys(faults))

    def offer(self, name: str) -> Offer:
        """The offer plug-in, created once."""
        return self.offers[name]

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """Every offer of the campaign; those made of others come last and are given them."""
        made: dict[str, Offer] = {}
        for name, spec in sorted(self.campaign.offers.items(), key=lambda item: bool(_parts_of(item[1]))):
            made[name] = spec.descriptor.create(spec.settings, evolve(self.context(name), offers=dict(made)))
        return made

    def pool_of(self, name: str) -> str | None:
        """The offer whose codes `name` hands out: its own, or those of its one part that has some; None = no code."""
        spec = self.campaign.offers[name]
        if spec.descriptor.needs_codes:
            return name
        return next((pool for part in _parts_of(spec) if (pool := self.pool_of(part)) is not None), None)

    def valid_of(self, name: str) -> Duration | None:
        """How long an offer holds from handing over; one made of others as long as the shortest of them."""
        spec = self.campaign.offers[name]
        known = [valid for part in _parts_of(spec) if (valid := self.valid_of(part)) is not None]
        return spec.valid or min(known, key=lambda valid: valid.days, default=None)

    def offer_words(self, pass_id: int, offer: str | None) -> dict[str, Any] | None:
        """What a template may read of a person's offer; None also where the code it lives by has run out."""
        if offer is None or offer == NONE:
            return None
        pool, ledger = self.pool_of(offer), self.memory.ledger
        code = None if pool is None else ledger.money.reserve_code(pass_id, pool)
        if pool is not None and code is None:
            return None
        valid, zone = self.valid_of(offer), self.business.zone
        until = None if valid is None else valid.after(self.memory.moment.now, zone)
        if until is not None and pool is not None:
            until = ledger.money.code_until(pass_id, pool, until)
        return self._words(offer, code, until)

    def sample_words(self, _: int, offer: str | None) -> dict[str, Any] | None:
        """The same for a sample: a code that nobody can use, nothing reserved."""
        if offer is None or offer == NONE:
            return None
        valid = self.valid_of(offer)
        until = None if valid is None else valid.after(self.memory.moment.now, self.business.zone)
        return self._words(offer, None if self.pool_of(offer) is None else "SAMPLE", until)

    def _words(self, offer: str, code: str | None, until: datetime | None) -> dict[str, Any]:
        day = None if until is None else until.astimezone(self.business.zone).date()
        return {"name": offer, "gives": self.offer(offer).terms.gives, "code": code, "valid_until": day}

    def contact_price(self, channel: str, node: Node) -> float:
        """Price of one contact; an SMS priced by the part counts as the parts of a usual text (2)."""
        price = self.business.channels[channel].cost
        if price is None:
            return 0.0
        return float(price.amount) * (_USUAL_PARTS if price.per_part else 1)

    @property
    def budget_period(self) -> str:
        """The ledger's name of the period that a budget holds for now: `all`, a month `2026-11`, else its first day."""
        budget = self.campaign.limits.budget
        if budget is None or budget.per is None:
            return "all"
        zone = self.business.zone
        start = period_start(budget.per, self.memory.moment.now, zone).astimezone(zone)
        return f"{start:%Y-%m}" if budget.per == "month" else f"{start:%Y-%m-%d}"

    def channel_room(self, name: str) -> int | None:
        """How many messages a channel may still take in its period; None = no limit."""
        limit = self.business.channels[name].at_most
        if limit is None:
            return None
        if limit.per is None:
            return int(limit.amount)
        since = period_start(limit.per, self.memory.moment.now, self.business.zone)
        touches = self.memory.ledger.touches(states=("sending", "accepted", "unknown"))
        mine = pc.and_(pc.equal(touches["channel"], name), pc.greater_equal(touches["done_at"], pa.scalar(since)))
        return max(0, int(limit.amount) - int(pc.sum(mine).as_py() or 0))

    def _at_most(self, name: str) -> tuple[int, datetime] | None:
        """The channel's limit and since when it counts, for the ledger to check again at each intent."""
        limit = self.business.channels[name].at_most
        if limit is None or limit.per is None:
            return None
        return int(limit.amount), period_start(limit.per, self.memory.moment.now, self.business.zone)

    def conditions(self, channel: str, node: Node) -> Conditions:
        """What the ledger checks again in the transaction of each intent."""
        spec = self.business.channels[channel]
        price = spec.cost
        cap = self.business.cap
        per = cap.per if cap.per is not None else Duration(30, "d")
        soft = self.permission.pack.need(spec.reaches, node.purpose).basis == "soft_opt_in"
        return Conditions(
            purpose=node.purpose,
            # A soft opt-in rests on an order, which the ledger does not hold; refusals are checked there all the same.
            consent=None if soft else self.permission.needed(spec.reaches, node.purpose),
            cap=(int(cap.amount), period_start(per, self.memory.moment.now, self.business.zone)),
            cost=None if price is None else lambda m: cost_of(m, price.amount, price.per_part, spec.reaches),
            period=self.budget_period,
            at_most=self._at_most(channel),
        )

    @property
    def sender(self) -> Sender:
        business = self.business
        return Sender(
            brand=business.brand,
            footer=business.footer or "",
            web=business.web or "",
            language=business.language,
            secret=self.memory.ledger.secret,
            key_id=self.memory.ledger.key_id,
            templates=template_folder(self.campaign.folder),
            asks=any(node.ask for table in self.tables.values() for node in (*table.nodes, *table.after_goal)),
            questions={
                name: dict(question.choices) if isinstance(question.choices, dict) else {}
                for name, question in business.questions.items()
            },
        )

    @property
    def letters(self) -> Letters:
        return Letters(self.sender)


def _parts_of(spec: OfferSpec) -> tuple[str, ...]:
    """Names of the offers that this one is made of."""
    return tuple(getattr(spec.settings, "of", ()))


def template_folder(folder: Path) -> Path:
    """`templates/` beside the campaign file, or one level up."""
    beside = folder / "templates"
    return beside if beside.is_dir() or not (folder.parent / "templates").is_dir() else folder.parent / "templates"
