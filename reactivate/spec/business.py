"""The business file: who we are, where the data lies, what we may do."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from attrs import frozen

from reactivate.contracts.settings import Name, Share, Text, setting
from reactivate.contracts.values import Duration, Hours, Rate, Secret
from reactivate.spec.kinds import (
    ONE_OR_MORE,
    Address,
    CountRate,
    Currency,
    Language,
    OneOrMore,
    Places,
    Rule,
    Zone,
    inner,
)
from reactivate.spec.plugin_specs import ChannelSpec, ColumnSpec, GuardSpec, MatchSpec, SourceSpec


@frozen(kw_only=True)
class SendHours:
    """When people may be contacted, in their own zone; a part left out = not at all."""

    weekdays: Hours | None = setting("hours from Monday to Friday", default=None, example="09:00-21:00")
    weekend: Hours | None = setting("hours on Saturday and Sunday", default=None, example="10:00-20:00")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Service:
    """An interval of wear, by time or mileage, whichever is first."""

    every: Duration | None = setting("time between two services", default=None, example="365d")
    km: int | None = setting("kilometres between two services", default=None, example="10000", unit="km")
    name: str = inner("")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Question:
    """Something we ask; answers belong to the person and all campaigns can read them."""

    text: Text | dict[Language, Text] = setting("the question, or one per language", example='"What kept you away?"')
    pick: Literal["one", "many", "text", "0-10"] = setting("how it is answered", example="one")
    choices: dict[Name, Text] | Name | None = setting(
        'word: "label" pairs, or a list column such as categories',
        default=None,
        key="from",
        example='{slow: "Delivery"}',
    )
    grants: Annotated[tuple[Name, ...], ONE_OR_MORE] = setting(
        "channels: answering is recorded as consent, with proof", default=(), example="[email]"
    )
    name: str = inner("")
    places: Places = inner(factory=Places)

    @property
    def words(self) -> tuple[str, ...]:
        """The fixed words of an answer; empty when it is free or comes from a list column."""
        return tuple(self.choices) if isinstance(self.choices, dict) else ()


@frozen(kw_only=True)
class WriteBack:
    """What is written back to a source; by default nothing."""

    add: tuple[Literal["phone", "email", "tags"], ...] = setting("only adds", default=(), example="[phone, email]")
    fields: dict[str, str] = setting("their field: our column", factory=dict, example="{Segment: rfm}")
    tag: Text | None = setting("tag on every card touched", default=None, example='"очистка 2026-11"')
    note: Literal["outcome"] | None = setting("one note per finished pass", default=None)
    duplicates: Literal["task"] | None = setting("links for a human; we never merge there", default=None)
    name: str = inner("")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Business:
    """A business file. While its `Loaded` has errors, required fields may be None."""

    brand: Text = setting("the name people see; a file with `brand` is a business file", example='"Saffron Road"')
    footer: Text | None = setting(
        "legal line under every message: owner, address, tax number; required as soon as a campaign sends",
        default=None,
        example='"ИП Айым, Алматы"',
    )
    web: Address | None = setting(
        "public address of our pages: questions, preferences, unsubscribe; required as soon as a campaign sends",
        default=None,
        example="https://r.aiym.example",
    )
    currency: Currency = setting("the one currency of money in these files", example="UAH")
    timezone: Zone = setting(
        "calendar of the business; people whose own zone is unknown are contacted only in hours allowed in every zone "
        "of their country",
        example="Europe/Kyiv",
    )
    language: Language = setting("templates' default language", default="en", example="uk")
    policy: str = setting(
        "country rules with a date; the stricter of pack and file holds; older than 12 months must be confirmed",
        example="ua",
    )
    margin: Share | dict[str, Share] | None = setting(
        "share of the price left after goods, delivery, payment; without it no offer is allowed",
        default=None,
        example="{default: 19%, kitchen: 24%}",
    )
    send_hours: SendHours | None = setting(
        "when people may be contacted, in their own zone; a part left out = not at all; weekdays 09:00-21:00 and "
        "weekend 10:00-20:00 without it",
        default=None,
        example="{weekdays: 10:00-17:00}",
    )
    cap: CountRate = setting(
        "most contacts per person over all campaigns and channels; a call counts once; ads and service messages do not",
        default=CountRate(Rate(Decimal(3), Duration(30, "d"))),
        example="4 per 30d",
    )
    cool_off: Duration = setting(
        "rest after a pass that ended without the goal, holdout alike; all marketing campaigns respect it; a campaign "
        "may set its own",
        default=Duration(180, "d"),
        example="90d",
    )
    holdout_all: Share = setting(
        "people, fixed by lot, whom no marketing campaign ever contacts", default=Share(0.0), example="5%"
    )
    ledger: Path | Secret | None = setting(
        "where decisions are kept; one per business; .reactivate/ledger.db beside this file without it",
        default=None,
        example="env:LEDGER_URL",
    )
    sources: dict[Name, SourceSpec] = setting("where the data lies", example="{orders: {use: csv, path: orders.csv}}")
    match: MatchSpec = setting(
        "which records are one person; {use: probabilistic, by: [phone, email, name]} without it",
        default=None,
        example="{use: exact, by: [phone]}",
    )
    services: dict[Name, Service] = setting(
        "intervals of wear; give due_service and until_service", factory=dict, example="{oil: {every: 365d, km: 10000}}"
    )
    columns: dict[Name, ColumnSpec] = setting(
        "columns computed by segmenter plug-ins; rfm and stage exist without it",
        factory=dict,
        example="{rfm: {use: rfm, period: 730d}}",
    )
    questions: dict[Name, Question] = setting(
        "what we ask", factory=dict, example='{why: {text: "What kept you away?", pick: text}}'
    )
    channels: dict[Name, ChannelSpec] = setting(
        "ways to reach people, or staff", factory=dict, example="{email: {use: smtp, host: env:SMTP_HOST}}"
    )
    expect: Annotated[tuple[Rule, ...], OneOrMore()] = setting(
        "gates: rules on figures; one that is not true ends plan and run with code 5",
        default=(),
        example="[good.email >= 30%]",
    )
    write_back: dict[Name, WriteBack] = setting(
        "source: what is written back to it", factory=dict, example="{amo: {add: [phone, email], duplicates: task}}"
    )
    guards: tuple[GuardSpec, ...] = setting(
        "may refuse a person, an offer or a run, and say why; the sums of the framework always run besides",
        default=(),
        example="[{use: stock, path: data/stock.csv}]",
    )
    fresh: Duration = setting(
        "how old the synced base may be when a campaign runs", default=Duration(24, "h"), example="6h"
    )
    file: str = inner("")
    folder: Path = inner(Path())
    places: Places = inner(factory=Places)

    @property
    def zone(self) -> ZoneInfo:
        """The calendar of the business."""
        return ZoneInfo(self.timezone)

    @property
    def marks(self) -> frozenset[str]:
        """Questions that are answered by a number from 0 to 10."""
        return frozenset(name for name, question in self.questions.items() if question.pick == "0-10")

    def margin_of(self, category: str | None) -> float | None:
        """Share of the price left for a category; None when the business names no margin."""
        if self.margin is None or not isinstance(self.margin, dict):
            return self.margin
        return self.margin.get(category or "", self.margin.get("default"))
