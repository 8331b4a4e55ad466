"""Every rule of a spec, with its scope and its place."""

from collections.abc import Iterator

from attrs import evolve, frozen

from reactivate.diagnostics import Collector, Diagnostic, Span
from reactivate.rules.check import read
from reactivate.rules.typed import Typed
from reactivate.rules.types import Vocabulary
from reactivate.spec.kinds import Rule
from reactivate.spec.tree import Scalar
from reactivate.spec.vocabulary import Scopes


@frozen
class Placed:
    """A rule and the names that it may use; `where` says what it belongs to."""

    rule: Rule
    scope: Vocabulary
    where: str


def rules_of(scopes: Scopes) -> Iterator[Placed]:
    """All rules in document order of their keys."""
    campaign = scopes.campaign
    for rule in scopes.business.expect or ():
        yield Placed(rule, scopes.figures, "expect")
    if campaign is None:
        return
    for rule in campaign.audience or ():
        yield Placed(rule, scopes.people, "audience")
    for segment, condition in (campaign.segments or {}).items():
        if isinstance(condition, Rule):
            yield Placed(condition, scopes.people, f"segment {segment!r}")
    for name, offer in (campaign.offers or {}).items():
        if offer.rule is not None:
            yield Placed(offer.rule, scopes.offers, f"offer {name!r}")
    for rule in campaign.expect or ():
        yield Placed(rule, scopes.figures, "expect")
    yield from _journey_rules(scopes)
    if campaign.staff_bonus is not None and campaign.staff_bonus.rule is not None:
        yield Placed(campaign.staff_bonus.rule, scopes.everything, "staff_bonus")


def _journey_rules(scopes: Scopes) -> Iterator[Placed]:
    campaign = scopes.campaign
    if campaign is None:
        return
    lists = [
        (steps, lambda index, segment=segment: scopes.at(segment, index))
        for segment, steps in campaign.journeys.items()
    ]
    for steps, scope_at in (*lists, (campaign.after_goal or (), scopes.after)):
        for index, step in enumerate(steps):
            for rule in (step.rule, getattr(step, "or_until", None)):
                if rule is not None:
                    yield Placed(rule, scope_at(index), f"step {index + 1}")


def typed(placed: Placed, currency: str, found: Collector) -> Typed | None:
    """The typed rule, or None; what is wrong with it goes to `found`, at its place in the file."""
    rule, complaints = read(placed.rule.text, placed.scope, currency=currency, span=Span(placed.rule.span.file, 1, 1))
    found.extend(_uncut(in_file(item, placed.rule), placed.rule) for item in complaints)
    return rule


def _uncut(item: Diagnostic, rule: Rule) -> Diagnostic:
    """A rule that breaks off at a ` #`: YAML took the rest for a comment, and that is the way out to show."""
    if not rule.comment or item.code != "R410":
        return item
    return evolve(item, hint="YAML takes everything behind ` #` for a comment; put a word with # in quotes: '#vip'")


def in_file(item: Diagnostic, rule: Rule) -> Diagnostic:
    """A diagnostic whose place counts from the beginning of the rule, moved to the rule's place in its file."""
    if item.span is None:
        return evolve(item, span=rule.span)
    rows = rule.text.split("\n")
    start = sum(len(row) + 1 for row in rows[: item.span.line - 1]) + item.span.column - 1
    length = (item.span.end_column or item.span.column + 1) - item.span.column
    scalar = Scalar(rule.text, rule.span, pieces=rule.pieces)
    return evolve(item, span=scalar.part(start, start + length), excerpt=None)
