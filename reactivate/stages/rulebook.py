"""The rules of a spec, compiled: audience, segments, offers, journey, gates; and what they need of a profile."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
from attrs import define, field

from reactivate.contracts.contract import MONEY
from reactivate.contracts.nodes import NodeTable
from reactivate.experiment import variants
from reactivate.rules.compile import CompiledRule, compile_rule
from reactivate.rules.types import Kind, Name, Vocabulary
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.kinds import Rule
from reactivate.spec.names import STEP_FACTS
from reactivate.spec.vocabulary import Scopes
from reactivate.stages.audience import segments
from reactivate.stages.tables import whole

_ARROW = {
    Kind.COUNT: pa.int64(),
    Kind.MONEY: MONEY,
    Kind.SHARE: pa.float64(),
    Kind.POINTS: pa.float64(),
    Kind.DURATION: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TEXT: pa.string(),
    Kind.LIST: pa.list_(pa.string()),
    Kind.YESNO: pa.bool_(),
}


@define(slots=False)
class Rulebook:
    """Every rule compiled once. A business file alone has only gates."""

    business: Business
    _campaign: Campaign | None
    tables: Mapping[str, NodeTable]
    secret: bytes = field(repr=False)

    @property
    def campaign(self) -> Campaign:
        assert self._campaign is not None
        return self._campaign

    @cached_property
    def scopes(self) -> Scopes:
        return Scopes(self.business, self._campaign)

    @cached_property
    def audience(self) -> list[CompiledRule]:
        return [self._compiled(rule, "people") for rule in self.campaign.audience]

    @cached_property
    def gates(self) -> list[CompiledRule]:
        rules = [*self.business.expect, *(self._campaign.expect if self._campaign else ())]
        return [self._compiled(rule, "figures") for rule in rules]

    @cached_property
    def windows(self) -> frozenset[tuple[str, float]]:
        """Every `name(duration)` that a rule of this campaign uses."""
        if self._campaign is None:
            return frozenset()
        found = [rule.windows for rule in self.compiled]
        return frozenset().union(*found) if found else frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """Every column that a rule of this campaign reads."""
        return frozenset().union(*(rule.names for rule in self.compiled)) if self._campaign else frozenset()

    @property
    def entering(self) -> list[CompiledRule]:
        """The rules of the audience and of the segments: who enters, and by which journey."""
        divided = [rule for rule in self.campaign.segments.values() if isinstance(rule, Rule)]
        return [*self.audience, *(self._compiled(rule, "people") for rule in divided)]

    @property
    def compiled(self) -> list[CompiledRule]:
        """Every rule of the campaign about people: audience, segments, offers, journey, bonus."""
        rules = self.entering
        rules += [rule for name in self.campaign.offers if (rule := self.offer(name)) is not None]
        for table in self.tables.values():
            rules += self.journey(table).values()
        return rules if self.bonus is None else [*rules, self.bonus]

    def journey(self, table: NodeTable) -> dict[str, CompiledRule]:
        """Compiled rules of a node table by their text."""
        scope = self.scopes.everything.plus(*_steps_of(table, self.scopes.everything))
        texts = {text for node in (*table.nodes, *table.after_goal) for text in (node.rule, node.or_until) if text}
        return {text: compile_rule(text, scope, currency=self.business.currency) for text in sorted(texts)}

    def _compiled(self, rule: Rule, scope: str) -> CompiledRule:
        vocabulary = getattr(self.scopes, scope)
        return compile_rule(rule.text, vocabulary, currency=self.business.currency, span=rule.span)

    def with_missing(self, profiles: pa.Table) -> pa.Table:
        """Profiles with a column of nulls for names of the language that nothing computes yet."""
        for name in self.scopes.people.values():
            if name.source not in profiles.column_names and not name.needs_window:
                profiles = profiles.append_column(name.source, pa.nulls(profiles.num_rows, _ARROW[name.kind]))
        return profiles

    def segments_of(self, profiles: pa.Table) -> pa.Array:
        """The segment of each profile: by rule from the top, or by lot where shares are given."""
        if not self.campaign.segments:
            return segments(profiles, {})
        rules = {name: rule for name, rule in self.campaign.segments.items() if isinstance(rule, Rule)}
        if rules:
            return segments(profiles, {name: self._compiled(rule, "people") for name, rule in rules.items()})
        shares = {str(name): float(share) for name, share in self.campaign.segments.items()}  # type: ignore[arg-type]
        salt = f"segments/{self.campaign.name}"
        return variants(whole(profiles["person_id"]), shares, secret=self.secret, salt=salt)

    def figures_table(self, found: Mapping[str, float | None]) -> pa.Table:
        """The figures as a table of one row, typed as the rules want them."""
        columns = {}
        for name in self.scopes.figures.values():
            value: Any = found.get(name.name)
            if value is not None and name.kind is Kind.MONEY:
                value = Decimal(f"{value:.2f}")
            columns[name.source] = pa.array([value], _ARROW[name.kind])
        return pa.table(columns)

    @cached_property
    def bonus(self) -> CompiledRule | None:
        """When staff have earned a bonus; None = whenever somebody came back."""
        due = self.campaign.staff_bonus
        return None if due is None or due.rule is None else self._compiled(due.rule, "everything")

    def offer(self, name: str) -> CompiledRule | None:
        rule = self.campaign.offers[name].rule
        return None if rule is None else self._compiled(rule, "offers")


def _steps_of(table: NodeTable, known: Vocabulary) -> Iterator[Name]:
    """What rules of an older version may ask of steps that the file no longer has."""
    for node in (*table.nodes, *table.after_goal):
        if node.contacts:
            for fact in STEP_FACTS:
                name = f"{node.name}.{fact}"
                if name not in known:
                    kind = Kind.TEXT if fact in ("answer", "result", "variant", "offer") else Kind.YESNO
                    yield Name(name, kind, "a step of an older version", moment=True)
