"""Helpers for tests of the campaign language."""

import shutil
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from reactivate.contracts.values import Duration, Money, Secret
from reactivate.diagnostics import Collector, Diagnostic
from reactivate.errors import SpecError
from reactivate.host.descriptors import (
    ChannelType,
    Descriptor,
    GuardType,
    MatcherType,
    OfferType,
    SegmenterType,
    SourceType,
)
from reactivate.host.registry import Registry, unknown_word
from reactivate.host.settings import Share, Text, setting
from reactivate.spec.load import Loaded, load
from reactivate.spec.steps import Call, Send

SPECS = Path(__file__).parent / "specs"
DESIGN = Path(__file__).parents[1] / "reactivate" / "starter" / "campaigns"
BUSINESS = """\
brand: "Сова"
footer: "ФОП Коваль О. І."
web: https://r.sova.example
currency: UAH
timezone: Europe/Kyiv
policy: ua
margin: 32%
sources:
  orders: {use: csv, path: orders.csv, rows: orders, paid: [Выдан]}
questions:
  why: {text: "Чому?", pick: one, from: {slow: "Доставка", price: "Ціни"}}
  topics: {text: "Про що писати?", pick: many, from: categories, grants: [email]}
channels:
  email: {use: smtp, host: env:SMTP_HOST, from: hello@sova.example, cost: 0.02 UAH}
  sms: {use: sms_outbox, path: out/sms.csv, cost: 0.90 UAH per part}
  desk: {use: call_list, folder: out/calls, at_most: 60 per day, cost: 14 UAH}
"""
CAMPAIGN = """\
campaign: hello_again
audience: since_last_order > 180d
goal: {event: ordered, within: 45d, follow: 90d}
journey:
  - send: thanks
    by: email
  - wait: 7d
  - send: reminder
    by: sms
    if: not thanks.clicked
"""


def codes(found: Loaded | Collector | list[Diagnostic]) -> list[str]:
    """`R203@4:5` of each diagnostic, in order of places."""
    items = found.diagnostics if isinstance(found, Loaded) else list(found)
    return [f"{item.code}@{item.span.line}:{item.span.column}" if item.span else item.code for item in items]


def write(folder: Path, campaign: str = CAMPAIGN, business: str = BUSINESS, **templates: str) -> Path:
    """A campaign with its business file and templates; the path of the campaign file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "business.yml").write_text(business, encoding="utf-8")
    (folder / "campaign.yml").write_text(campaign, encoding="utf-8")
    (folder / "templates").mkdir(exist_ok=True)
    for name, text in {"thanks": '---\nsubject: "Hello"\n---\nHello\n', "reminder": "Hello", **templates}.items():
        (folder / "templates" / f"{name}.md").write_text(text, encoding="utf-8")
    return folder / "campaign.yml"


def loaded(folder: Path, campaign: str = CAMPAIGN, business: str = BUSINESS, **templates: str) -> Loaded:
    """The campaign of `write`, loaded with the stub plug-ins."""
    return load(write(folder, campaign, business, **templates), stubs())


def designs(folder: Path) -> list[Path]:
    """The specs of the design in `folder`, unchanged, with a minimal template for each of their steps."""
    shutil.copytree(DESIGN, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("templates"))
    (folder / "templates").mkdir()
    paths = sorted(folder.glob("*.yml"))
    for path in paths:
        campaign = load(path, stubs()).campaign
        for step in campaign.steps() if campaign else ():
            if isinstance(step, (Send, Call)):
                names = {step.template or step.name, *(arm.template for arm in step.split.values())} - {None}
                for name in names:
                    link = "{{ ask_link }}" if step.ask else ""
                    (folder / "templates" / f"{name}.md").write_text(
                        f'---\nsubject: "Hi"\n---\nHi {link}\n', encoding="utf-8"
                    )
    return paths


@frozen
class Csv:
    path: Path | Secret = setting("file", example="data/orders.csv")
    rows: Literal["orders", "people", "events", "consents", "refusals"] = setting("what a row is", default="orders")
    dates: str = setting("how dates are written", default="YYYY-MM-DD")
    encoding: str = setting("character encoding", default="utf-8")


@frozen
class By:
    by: list[str] = setting(
        "fields", default=("phone",), words=("phone", "email", "name", "address", "vehicle", "tax_id")
    )


@frozen
class Rfm:
    period: Duration = setting("how far back", default=Duration(730, "d"))


@frozen
class Codes:
    value: Money | Share = setting("discount", example="10%")
    pool: Path | Literal["generate"] = setting("file with codes, or generate", default="generate")
    at_most: Money | None = setting("largest discount", default=None)


@frozen
class Gift:
    gives: Text = setting("what", example='"a tea"')
    cost: Money | None = setting("our cost", default=None)


@frozen
class Bonus:
    value: Money = setting("worth")
    breakage: Share | None = setting("share never used", default=None)


@frozen
class Of:
    of: tuple[str, ...] = setting("names of offers")


@frozen
class Folder:
    folder: Path = setting("where files go", example="out")


@frozen
class File:
    path: Path = setting("file that grows", example="out/sms.csv")


@frozen
class Smtp:
    host: str | Secret = setting("server")
    sender: str = setting("from", key="from")


class Stubs:
    """The plug-ins of the language without their code, so that these tests stand on their own."""

    def __init__(self, *descriptors: Descriptor) -> None:
        self.known: dict[tuple[str, str], Any] = {(item.kind, item.name): item for item in descriptors}

    def get(self, kind: str, word: str) -> Any:
        if (kind, word) not in self.known:
            raise SpecError(unknown_word(kind, word, self.words(kind)))
        return self.known[kind, word]

    def words(self, kind: str) -> list[str]:
        return sorted(word for found, word in self.known if found == kind)


def stubs() -> Stubs:
    from reactivate_plugins import planned

    return Stubs(
        SourceType(name="csv", summary="", settings=Csv),
        MatcherType(name="exact", summary="", settings=By),
        MatcherType(name="probabilistic", summary="", settings=By),
        SegmenterType(name="rfm", summary="", settings=Rfm),
        SegmenterType(name="stage", summary=""),
        OfferType(name="codes", summary="", settings=Codes, needs_codes=True),
        OfferType(name="gift", summary="", settings=Gift),
        OfferType(name="points", summary="", settings=Bonus),
        OfferType(name="service", summary="", settings=Gift),
        OfferType(name="early_access", summary="", settings=Gift),
        OfferType(name="bundle", summary="", settings=Of),
        ChannelType(name="smtp", summary="", settings=Smtp, reaches="email"),
        ChannelType(name="outbox", summary="", settings=Folder, reaches="email"),
        ChannelType(name="sms_outbox", summary="", settings=File, reaches="sms"),
        ChannelType(name="call_list", summary="", settings=Folder, reaches="call"),
        *planned.reactivate_sources(),
        *planned.reactivate_channels(),
        GuardType(name="stock", summary="", settings=Folder, stability="planned"),
    )


def registry() -> Registry:
    """The plug-ins that are really installed."""
    return Registry()
