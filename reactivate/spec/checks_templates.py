"""The texts of a campaign: each step has one, with known names and its link, and no selling where it may not."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from reactivate.diagnostics import Collector, Diagnostic, Span
from reactivate.errors import SpecError
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.steps import Call, Send
from reactivate.spec.vocabulary import card_names

CONTENT = frozenset(
    {"first_name", "last_name", "patronymic", "name", "last_items", "recommended", "last_staff", "offer", "brand",
     "ask_link", "unsubscribe_link", "preferences_link", "segment", "variant"}
)  # fmt: skip
"""Names of content that templates know besides those of rules."""


def templates_folder(campaign: Campaign) -> Path | None:
    """`templates/` beside the campaign file, or one level up; None when there is neither."""
    places = (campaign.folder / "templates", campaign.folder.parent / "templates")
    return next((place for place in places if place.is_dir()), None)


def check_templates(campaign: Campaign, business: Business, found: Collector) -> dict[str, str]:
    """Faults of all templates that the steps name; their texts by path."""
    folder = templates_folder(campaign) or campaign.folder / "templates"
    known = CONTENT | {name.name for name in card_names(business)}
    texts: dict[str, str] = {}
    for step in campaign.steps():
        if not isinstance(step, (Send, Call)) or not step.name:
            continue
        for name, place in _named(step):
            for kind in _kinds(step, business):
                if _exists(folder, name, kind, campaign, business, place, found):
                    texts |= _one(folder, name, step, kind, campaign, business, known, found)
    return texts


def _named(step: Send | Call) -> Iterator[tuple[str, Span | None]]:
    """The templates of a step with the places where they are named."""
    arms = list((step.split or {}).values())
    if not arms or any(arm.template is None for arm in arms):
        yield step.template or step.name, step.places.of("template" if step.template else type(step).verb)
    for arm in arms:
        if arm.template is not None:
            yield arm.template, arm.places.of("template")


def _kinds(step: Send | Call, business: Business) -> list[str]:
    kinds = [channel.reaches for name in step.by or () if (channel := business.channels.get(name))]
    return list(dict.fromkeys(kind or "email" for kind in kinds)) or ["email"]


def _exists(
    folder: Path, name: str, kind: str, campaign: Campaign, business: Business, place: Span | None, found: Collector
) -> bool:
    """R330 when there is no text, once per place."""
    from reactivate.rendering.templates import find

    if find(folder, name, kind, business.language or "en") is not None:
        return True
    if not any(item.code == "R330" and item.span == place for item in found.items):
        where = os.path.relpath(folder, campaign.folder)
        found.error("R330", f"there is no text for {name!r}", place, f"write it into {where}/{name}.md")
    return False


def _one(
    folder: Path,
    name: str,
    step: Send | Call,
    kind: str,
    campaign: Campaign,
    business: Business,
    known: frozenset[str],
    found: Collector,
) -> dict[str, str]:
    """Check one file; its text by the path that messages name."""
    from reactivate.rendering.checks import bare_names, check
    from reactivate.rendering.lint import selling_words
    from reactivate.rendering.templates import find, load

    path = find(folder, name, kind, business.language or "en")
    assert path is not None
    file = os.path.normpath(os.path.join(os.path.dirname(campaign.file), os.path.relpath(path, campaign.folder)))
    try:
        template = evolve(load(folder, name, kind, business.language or "en"), file=file)
    except SpecError as fault:
        found.extend(_placed(item, file) for item in fault.diagnostics)
        return {file: _text(path)}
    needs = frozenset({"ask_link"}) if step.ask and isinstance(step, Send) and kind != "staff" else frozenset()
    text = _text(path)
    complaints = [_pointed(item, text) for item in check(template, known, needs)]
    complaints += _values(bare_names(template), step, campaign, name, file)
    if isinstance(step, Send):
        complaints += selling_words(template, step.subject) if _purpose(step, campaign) == "permission" else []
        complaints += _no_subject(step, template.subject, kind)
    found.extend(complaints)
    return {file: text}


def _values(bare: set[str], step: Send | Call, campaign: Campaign, name: str, file: str) -> list[Diagnostic]:
    """R338 for a text whose names never have a value here, R339 for one that cannot be made for those without offer."""
    at, found = Span(file, 1, 1), []
    asks = any(other.ask for other in campaign.steps() if isinstance(other, (Send, Call)))
    if "ask_link" in bare and not asks and "ask" not in step.places.keys:
        said = f"{name!r} holds `ask_link`, and this campaign asks nothing: no text can be made of it"
        found.append(Diagnostic("R338", said, span=at, hint="write `ask: …` in the step, or take the link out"))
    given = {step.offer, *(arm.offer for arm in (step.split or {}).values())} - {None}
    if "offer" in bare and not campaign.offers and not given:
        said = f"{name!r} holds `offer`, and this campaign has no offers: no text can be made of it"
        found.append(Diagnostic("R338", said, span=at, hint="write {% if offer %} … {% endif %} around it"))
    elif "offer" in bare and "best" in given:
        said = f"{name!r} cannot be read without an offer, and `offer: best` gives none to some"
        hint = "write {% if offer %} … {% endif %} around what speaks of it"
        found.append(Diagnostic("R339", said, "warning", at, hint))
    return found


def _pointed(item: Diagnostic, text: str) -> Diagnostic:
    """An unknown name under its own letters: what reads templates knows the line only, and not that of a subject."""
    name = re.fullmatch(r"unknown name '([^']+)'", item.message)
    if name is None or item.span is None:
        return item
    place = re.compile(rf"{{[{{%][^}}]*?(?<![\w.]){re.escape(name[1])}(?!\w)")
    for number, row in enumerate(text.split("\n"), 1):
        found = place.search(row) if number >= item.span.line else None
        if found is not None:
            span = Span(item.span.file, number, found.end() - len(name[1]) + 1, found.end() + 1)
            return evolve(item, span=span)
    return item


def _text(path: Path) -> str:
    """The text of a template for excerpts and hashes; nothing when it is not text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError):
        return ""


def _purpose(step: Send, campaign: Campaign) -> str:
    return step.purpose or campaign.purpose


def _no_subject(step: Send, subject: str | None, kind: str) -> list[Diagnostic]:
    """R358: an e-mail without a subject."""
    arms = list((step.split or {}).values())
    if kind != "email" or subject or step.subject or (arms and all(arm.subject for arm in arms)):
        return []
    return [
        Diagnostic("R358", f"the letter {step.name!r} has no subject", "warning", step.places.of("send"),
                   'write `subject: "…"` in the step, or between two lines --- at the top of its template')
    ]  # fmt: skip


def _placed(item: Diagnostic, file: str) -> Diagnostic:
    """A fault of a template file under the name by which the spec knows it."""
    return evolve(item, span=evolve(item.span, file=file) if item.span else Span(file, 1, 1))
