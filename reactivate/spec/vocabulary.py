"""Which names a rule may use where: the scopes of SPEC sections 7 and 8 for one business and campaign."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from attrs import evolve, frozen

from reactivate.rules.types import Kind, Name, Vocabulary
from reactivate.spec import names
from reactivate.spec.business import Business, Question
from reactivate.spec.campaign import Campaign
from reactivate.spec.steps import Ads, Call, Contact, Send, Step

_ENTRY = "it says what happened since entry, so only the journey can ask it"
_FIGURE = "it is a figure of the whole base; figures stand under `expect`"
_PERSON = "it belongs to one person; `expect` judges figures of the whole base"


@frozen(slots=False)
class Scopes:
    """The vocabularies of one spec. `everything` is what the rules of a checked journey are compiled against."""

    business: Business
    campaign: Campaign | None = None

    @cached_property
    def people(self) -> Vocabulary:
        """`audience` and `segments`: the card as it is now."""
        card = list(card_names(self.business))
        away = {event.name: _ENTRY for event in self._events()}
        away |= dict.fromkeys(("segment",), "segments are given on entry")
        away |= {figure.name: _FIGURE for figure in self._figures()}
        away |= {f"{step.name}.{fact}": "steps are taken after entry"
                 for step in self._contacts() for fact in names.STEP_FACTS}  # fmt: skip
        return Vocabulary(card, away)

    @cached_property
    def offers(self) -> Vocabulary:
        """`if` of an offer: the card and the segment."""
        away = {} if self._segment() else {"segment": "this campaign has no `segments`"}
        return self.people.plus(*self._segment(), unavailable=away)

    @cached_property
    def everything(self) -> Vocabulary:
        """`staff_bonus`, and whatever looks back on a whole pass."""
        return self._journey(self._contacts())

    @cached_property
    def figures(self) -> Vocabulary:
        """`expect`."""
        return Vocabulary(self._figures(), dict.fromkeys((*self.people, *self._event_names()), _PERSON))

    def at(self, segment: str, index: int) -> Vocabulary:
        """A step of the journey: it may speak of the steps above it, and `or_until` of nothing else."""
        if self.campaign is None:
            return self.people
        where = f"this step stands further below{', or in another segment' if self.campaign.divided else ''}"
        steps = self.campaign.journeys.get(segment, ())
        return self._journey(_contacts(steps[:index]), where, _contacts(steps[index : index + 1]))

    def after(self, index: int) -> Vocabulary:
        """A step of `after_goal`: it may speak of the whole journey too."""
        if self.campaign is None:
            return self.people
        before = [step for steps in self.campaign.journeys.values() for step in steps]
        above = _contacts((*before, *self.campaign.after_goal[:index]))
        return self._journey(above, itself=_contacts(self.campaign.after_goal[index : index + 1]))

    def _journey(
        self, above: Sequence[Contact], where: str = "this step stands further below", itself: Sequence[Contact] = ()
    ) -> Vocabulary:
        facts: list[Name] = []
        away: dict[str, str] = {}
        known = {step.name for step in above}
        for step in above:
            given, absent = step_names(step, self.business, self.campaign)
            facts += given
            away |= absent
        for step in self._contacts():
            if step.name not in known:
                why = "this is the step itself, and a rule speaks of steps above it" if step in itself else where
                away |= {f"{step.name}.{fact}": why for fact in names.STEP_FACTS}
        return self.offers.plus(*self._events(), *facts, unavailable=away)

    def _contacts(self) -> list[Contact]:
        return _contacts(self.campaign.steps()) if self.campaign is not None else []

    def _segment(self) -> list[Name]:
        if self.campaign is None or not self.campaign.segments:
            return []
        return [Name("segment", Kind.TEXT, "segment of this pass", frozenset({*self.campaign.segments, "rest"}))]

    def _events(self) -> list[Name]:
        found = [Name("ordered", Kind.YESNO, "ordered since entry", moment=True)]
        for question in self.business.questions:
            found.append(Name(f"answered_{question}", Kind.YESNO, f"answered {question!r} since entry", moment=True))
        for event in event_names(self.business):
            found.append(Name(event, Kind.YESNO, f"{event} since entry", moment=True))
        return found

    def _event_names(self) -> list[str]:
        return [event.name for event in self._events()]

    def _figures(self) -> list[Name]:
        reach = [
            Name(f"reach.{name}", Kind.SHARE, f"people who may be contacted by {name}")
            for name in self.business.channels
        ]
        ours = names.CAMPAIGN_FIGURES if self.campaign is not None else ()
        return [*names.BUSINESS_FIGURES, *reach, *ours]


def goal_events(business: Business) -> list[str]:
    """What may stand under `goal: event`."""
    return ["ordered", *(f"answered_{name}" for name in business.questions), *event_names(business)]


def event_names(business: Business) -> list[str]:
    """Events that the sources report, in our words."""
    return list(dict.fromkeys(event for source in business.sources.values() for event in source.events))


def card_names(business: Business) -> Iterator[Name]:
    """Names that are allowed everywhere; a later one takes the place of an earlier one of the same name."""
    services = frozenset(business.services)
    yield from names.CARD
    yield Name("due_service", Kind.TEXT, "the service that is due next", services)
    yield Name("until_service", Kind.DURATION, "how long until the next service")
    for source in business.sources.values():
        for own, kind in source.own_columns.items():
            yield Name(own, Kind(kind), f"own column of {source.name}")
    for column in business.columns.values():
        for position, added in enumerate(getattr(column.descriptor, "adds", ())):
            name = column.name if position == 0 else added.name
            yield Name(name, Kind(added.type), added.doc, frozenset(added.words))
    for event in event_names(business):
        yield Name(f"since_{event}", Kind.DURATION, f"calendar days since {event}")
    for name, question in business.questions.items():
        yield question_name(name, question)
        yield Name(f"since_{name}", Kind.DURATION, f"calendar days since the last answer to {name!r}")
    for name, channel in business.channels.items():
        if channel.reaches != "staff":
            yield Name(f"can_{name}", Kind.YESNO, f"{name}: address, consent and no refusal")


def question_name(name: str, question: Question) -> Name:
    """The latest answer, to whichever campaign."""
    kinds = {"one": Kind.TEXT, "many": Kind.LIST, "0-10": Kind.COUNT}
    kind = kinds.get(question.pick, Kind.TEXT)
    return Name(name, kind, f"latest answer to {name!r}", frozenset(question.words))


def step_names(step: Contact, business: Business, campaign: Campaign | None) -> tuple[list[Name], dict[str, str]]:
    """What may be asked of a step below it, and why the rest may not."""
    given = [Name(f"{step.name}.sent", Kind.YESNO, "really sent", moment=True)]
    away: dict[str, str] = {}

    def offer(fact: str, name: Name | None, why: str) -> None:
        if name is None:
            away[f"{step.name}.{fact}"] = why
        else:
            given.append(evolve(name, name=f"{step.name}.{fact}", moment=True))

    for fact in names.SEND_FACTS:
        caution = names.OPENED if fact == "opened" else None
        found = Name(fact, Kind.YESNO, fact, caution=caution) if isinstance(step, Send) else None
        offer(fact, found, f"only a `send` can be {fact}; of a call one asks `.result`")
    result = Name("result", Kind.TEXT, "final result", names.RESULT_WORDS) if isinstance(step, Call) else None
    offer("result", result, "only a call has a result")
    asked = list(step.ask) if isinstance(step, (Send, Call)) else []
    offer("answered", Name("answered", Kind.YESNO, "answered") if asked else None, "this step asks nothing")
    question = business.questions.get(asked[0]) if len(asked) == 1 else None
    why = "this step asks several questions: write the question's own name" if asked else "this step asks nothing"
    offer("answer", question_name(asked[0], question) if question else None, why)
    arms = frozenset(step.split or ()) if isinstance(step, (Send, Call)) else frozenset()
    offer("variant", Name("variant", Kind.TEXT, "arm of the split", arms) if arms else None, "this step has no `split`")
    offers = frozenset(_offers(step, campaign))
    found = Name("offer", Kind.TEXT, "offer that went with it, or none", offers | {"none"}) if offers else None
    offer("offer", found, "this step gives no offer")
    return given, away


def _offers(step: Contact, campaign: Campaign | None) -> Iterable[str]:
    if isinstance(step, Ads):
        return ()
    written = {step.offer, *(variant.offer for variant in (step.split or {}).values())} - {None}
    if "best" in written and campaign is not None:
        return (written - {"best"}) | set(campaign.offers)  # type: ignore[return-value]
    return written  # type: ignore[return-value]


def _contacts(steps: Iterable[Step]) -> list[Contact]:
    return [step for step in steps if isinstance(step, (Send, Call, Ads)) and step.name]
