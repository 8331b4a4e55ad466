"""A spec made ready to work with: files read, plug-ins created, ledger open, base there, rules compiled.

Everything that plan and run ask about the world goes through here; the stages themselves stay pure.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from reactivate import analytics
from reactivate.contracts.nodes import Node, NodeTable
from reactivate.host.protocols import Context
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.ledger.ledger import utc_now
from reactivate.policies.pack import Pack
from reactivate.policies.pack import load as load_pack
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.checks_templates import templates_folder
from reactivate.spec.compile import compile_campaign
from reactivate.spec.load import Loaded
from reactivate.stages.asof import AsOf
from reactivate.stages.base import Base
from reactivate.stages.memory import Memory
from reactivate.stages.outbound import Outbound
from reactivate.stages.permission import Permission
from reactivate.stages.profile import Column
from reactivate.stages.rulebook import Rulebook
from reactivate.stages.shelf import NAMES, read_by
from reactivate.stages.tables import whole

STANDARD_COLUMNS = ("rfm", "stage")
"""Segmenters that are there without a word under `columns`."""


@define(slots=False)
class Opened:
    """One business, perhaps one campaign, at one moment."""

    loaded: Loaded
    registry: Registry
    ledger: Ledger
    base: Base
    moment: AsOf
    real_now: datetime
    clock: Callable[[], datetime] = field(default=utc_now, repr=False)
    remarks: list[str] = field(factory=list)

    def time(self) -> datetime:
        """The moment that was given, for as long as the run takes; else the clock, which goes on.

        Channels that reach people go by the clock whatever was given: a past `--as-of` must not write at night.
        """
        pretend = self.moment.given and not (self.loaded.campaign and self.outbound.real_channels)
        return self.moment.now if pretend else self.clock()

    @property
    def business(self) -> Business:
        return self.loaded.business

    @property
    def campaign(self) -> Campaign:
        assert self.loaded.campaign is not None
        return self.loaded.campaign

    @property
    def zone(self) -> ZoneInfo:
        return self.business.zone

    @property
    def purpose(self) -> str:
        return self.loaded.campaign.purpose if self.loaded.campaign else "marketing"

    @property
    def purposes(self) -> list[str]:
        """Every purpose that a step of this campaign has, the campaign's own first."""
        return list(dict.fromkeys([self.purpose, *(node.purpose for node in self._contact_nodes())]))

    @property
    def ledger_place(self) -> str:
        return str(self.ledger.place)

    @property
    def base_age_hours(self) -> float:
        return (self.real_now - self.base.manifest.synced_at).total_seconds() / 3600

    @cached_property
    def pack(self) -> Pack:
        return load_pack(self.business.policy, self.business.folder)

    @cached_property
    def tables(self) -> dict[str, NodeTable]:
        return compile_campaign(self.campaign)

    @cached_property
    def versions(self) -> dict[int, dict[str, NodeTable]]:
        """Journeys of every version that somebody still follows, as the ledger keeps them."""
        if self.loaded.campaign is None:
            return {}
        followed = pc.unique(self.memory.walking()["version"]).to_pylist()
        return {version: dict(self.ledger.campaigns.node_tables(version)) for version in followed}

    def _contact_nodes(self) -> list[Node]:
        """Contact steps of the file as it is, then those that only people inside older versions have."""
        if self.loaded.campaign is None:
            return []
        tables = [*self.tables.values(), *(table for old in self.versions.values() for table in old.values())]
        return [n for table in tables for n in (*table.nodes, *table.after_goal) if n.contacts]

    @cached_property
    def rules(self) -> Rulebook:
        tables = self.tables if self.loaded.campaign else {}
        return Rulebook(self.business, self.loaded.campaign, tables, self.ledger.secret)

    @cached_property
    def memory(self) -> Memory:
        return Memory(self.business, self.loaded.campaign, self.ledger, self.base, self.moment)

    @cached_property
    def permission(self) -> Permission:
        return Permission(self.business, self.pack, self.memory)

    @cached_property
    def outbound(self) -> Outbound:
        return Outbound(self.business, self.campaign, self.tables, self.memory, self.permission, self.context)

    @cached_property
    def columns(self) -> list[Column]:
        """The segmenters of `columns`, and the standard ones that are not overridden."""
        found = []
        for name in STANDARD_COLUMNS:
            if name not in self.business.columns and name in self.registry.words("segmenter"):
                descriptor: Any = self.registry.get("segmenter", name)
                found.append(Column(name, descriptor.create(descriptor.settings(), self.context(name)), descriptor))
        for name, spec in self.business.columns.items():
            created = spec.descriptor.create(spec.settings, self.context(name))
            found.append(Column(name, created, spec.descriptor))
        return found

    @cached_property
    def margins(self) -> dict[str, float] | None:
        margin = self.business.margin
        if margin is None:
            return None
        return {str(k): float(v) for k, v in margin.items()} if isinstance(margin, dict) else {"default": float(margin)}

    @cached_property
    def asked_forecasts(self) -> list[str]:
        """Columns of the buying models that a rule of this campaign reads."""
        return sorted(self.rules.names & set(analytics.FORECASTS))

    @cached_property
    def forecasts(self) -> list[str]:
        """The same, and those that tell who of a judged campaign would order by himself."""
        more = {"chance_alive", "chance_order"} if self.judged and self.campaign.goal.is_order else set()
        return sorted({*self.asked_forecasts, *more})

    @cached_property
    def judged(self) -> bool:
        """Whether each entrant is judged by what he is expected to bring: where something is given, or hoped for.

        A plain letter of which the file expects nothing is judged by nobody (SPEC section 6).
        """
        campaign = self.loaded.campaign
        if campaign is None or campaign.purpose != "marketing":
            return False
        hoped = campaign.goal.assumed_lift is not None
        return bool(campaign.offers) or hoped or campaign.limits.budget is not None

    @cached_property
    def shelf(self) -> frozenset[str]:
        """Lists of titles that a rule or a letter of this campaign reads."""
        if self.loaded.campaign is None:
            return frozenset()
        return (self.rules.names & set(NAMES)) | read_by(self.loaded.files.values(), templates_folder(self.campaign))

    @property
    def goal_days(self) -> int:
        """The goal's `within` in days, which `chance_order` looks ahead."""
        return max(1, round(self.campaign.goal.within.days)) if self.loaded.campaign else 90

    @cached_property
    def services(self) -> dict[str, analytics.Service] | None:
        """The norms of wear, as the profile wants them; None without any."""
        return {
            name: analytics.Service(None if norm.every is None else norm.every.days, norm.km)
            for name, norm in self.business.services.items()
        } or None

    def margin_shares(self, categories: pa.ChunkedArray) -> pa.Array:
        """Margin share per category; null where the business names none."""
        coded = whole(categories).dictionary_encode()
        shares = [self.business.margin_of(category) for category in coded.dictionary.to_pylist()]
        known = pa.array(shares, pa.float64()).take(coded.indices)
        return pc.coalesce(known, pa.scalar(self.business.margin_of(None), pa.float64()))

    def version(self) -> int:
        nodes = {segment: table.to_json() for segment, table in self.tables.items()}
        text = self.loaded.files[self.loaded.path]
        return self.ledger.campaigns.campaign_version(self.campaign.name, self.loaded.hash, nodes, text)

    def context(self, name: str) -> Context:
        return Context(name, self.business.folder, self.zone, self.business.currency, lambda: self.moment.now,
                       language=self.business.language)  # fmt: skip

    @property
    def plugins(self) -> list[dict[str, str]]:
        """The plug-ins this spec uses, with their owners."""
        used = {("matcher", self.business.match.use)}
        used |= {("source", spec.use) for spec in self.business.sources.values()}
        used |= {("channel", spec.use) for spec in self.business.channels.values()}
        found = [(f"{kind}.{word}", self.registry.found.get((kind, word))) for kind, word in sorted(used)]
        return [
            {"name": name, "distribution": plugin.distribution, "version": plugin.version}
            for name, plugin in found
            if plugin is not None
        ]
