"""What each step says must exist: its channel, question, offer; names must be its own."""

import re
from collections.abc import Iterator

from reactivate.diagnostics import Collector, Diagnostic, Span
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.claims import never_together, segments_of
from reactivate.spec.refer import refer
from reactivate.spec.steps import Ads, Call, Contact, Send, Stop, Wait
from reactivate.text import one_of

_FITS = {"call": {"call"}, "ads": {"ads"}, "send": {"email", "sms", "messenger", "push", "staff"}}


def check_steps(campaign: Campaign, business: Business, found: Collector) -> None:
    """References and shapes, step by step."""
    first: dict[str, Span | None] = {}
    asked: set[str] = set()
    for step in campaign.steps():
        if isinstance(step, (Send, Call, Ads)):
            _name(step, first, found)
            _channels(step, business, found)
        if isinstance(step, (Send, Call)):
            _offers(step, campaign, found)
            _split(step, found)
            asked |= set(step.ask or ())
            for position, question in enumerate(step.ask or ()):
                refer("question", "R304", question, business.questions or {}, step.places.of(f"ask.{position}"), found)
            if "ask" in step.places.keys and len(set(step.ask or ())) < len(step.ask or ()):
                found.error("R219", "a question is asked twice in one message", step.places.of("ask"))
        if isinstance(step, Call) and step.attempts == 0:
            found.error("R219", "a call that is never tried", step.places.of("attempts"), "write `attempts: 3`")
        if isinstance(step, Stop):
            for position, channel in enumerate(step.pause or ()):
                refer("channel", "R303", channel, business.channels or {}, step.places.of(f"pause.{position}"), found)
        if isinstance(step, Wait) and getattr(step.until, "count", 1) == 0:
            found.warning("R357", "a wait of no time ends at once", step.places.of("wait"), "delete it")
    _goal_is_asked(campaign, asked, found)
    _awaited_is_asked(campaign, asked, found)
    _given(campaign, found)


def _name(step: Contact, first: dict[str, Span | None], found: Collector) -> None:
    """R307: names of sends, calls and ads are unique in the file."""
    if not step.name:
        return
    place = step.places.of(type(step).verb)
    if step.name in first:
        before = first[step.name]
        related = ((before, "first used here"),) if before else ()
        hint = "give one of them another name; to use one text twice write `template:`"
        found.add(Diagnostic("R307", f"two steps are called {step.name!r}", span=place, hint=hint, related=related))
    else:
        first[step.name] = place


def _channels(step: Contact, business: Business, found: Collector) -> None:
    verb = type(step).verb
    for name in step.by or ():
        if not refer("channel", "R303", name, business.channels or {}, step.places.of("by"), found):
            continue
        kind = business.channels[name].reaches
        if kind and kind not in _FITS[verb]:
            fitting = next(word for word, kinds in _FITS.items() if kind in kinds)
            found.error("R322", f"channel {name!r} is for {kind}, {verb!r} cannot use it", step.places.of("by"),
                        f"write `{fitting}: {step.name}`")  # fmt: skip


def _offers(step: Send | Call, campaign: Campaign, found: Collector) -> None:
    purpose = (step.purpose if isinstance(step, Send) else None) or campaign.purpose
    for offer, place in _named_offers(step):
        if purpose in ("service", "permission"):
            found.error(
                "R319", f"a message of `purpose: {purpose}` gives no offer", place, "delete `offer`, or the purpose"
            )
        elif offer == "best":
            if not campaign.offers and "offers" not in campaign.places.keys:
                found.error(
                    "R305",
                    "`offer: best` chooses among the campaign's offers, and there are none",
                    place,
                    "declare `offers`",
                )
        else:
            refer("offer", "R305", offer, campaign.offers or {}, place, found)


def _named_offers(step: Send | Call) -> Iterator[tuple[str, Span | None]]:
    if step.offer:
        yield step.offer, step.places.of("offer")
    for variant in (step.split or {}).values():
        if variant.offer:
            yield variant.offer, variant.places.of("offer")


def _split(step: Send | Call, found: Collector) -> None:
    arms = list((step.split or {}).values())
    shares = [arm.share for arm in arms if arm.share is not None]
    place = step.places.key("split")
    total = sum(shares)
    if len(arms) == 1:
        found.error("R318", "a test needs at least two variants", place, "add one, even an unchanged one with a share")
    elif arms and len(shares) == len(arms) and abs(total - 1) > 1e-9:
        found.error("R318", f"the shares of the variants sum to {total * 100:g}%, not to 100%", place)
    elif shares and len(shares) < len(arms) and total >= 1:
        found.error("R318", f"{total * 100:g}% are given away, nothing is left for the variants without a share", place)


def _goal_is_asked(campaign: Campaign, asked: set[str], found: Collector) -> None:
    """A goal `answered_x` of a question that this campaign never asks; another one may ask it."""
    goal = campaign.goal
    if goal is None:
        return
    for event in goal.event or ():
        question = event.removeprefix("answered_")
        if event != question and question not in asked:
            said = f"the goal is an answer to {question!r}, and no step asks it"
            hint = f"write `ask: {question}` in a step, if no other campaign asks it"
            found.warning("R352", said, goal.places.of("event"), hint)


def _awaited_is_asked(campaign: Campaign, asked: set[str], found: Collector) -> None:
    """A journey that waits for `answered_x`, which nobody is asked here."""
    for step in campaign.steps():
        for rule in filter(None, (step.rule, getattr(step, "or_until", None))):
            for question in set(re.findall(r"\banswered_([a-z][a-z0-9_]*)", rule.text)) - asked:
                said = f"the rule awaits an answer to {question!r}, and no step asks it"
                hint = f"write `ask: {question}` in a step, if no other campaign asks it"
                found.warning("R352", said, rule.span, hint)


def _given(campaign: Campaign, found: Collector) -> None:
    """R353: an offer that nobody ever gets, because no step gives it or nobody may have it."""
    by_segment: dict[str | None, set[str]] = {
        segment: {offer for step in steps if isinstance(step, (Send, Call)) for offer, _ in _named_offers(step)}
        for segment, steps in (*campaign.journeys.items(), (None, campaign.after_goal or ()))
    }
    given: set[str] = set().union(*by_segment.values())
    parts = {str(part) for name, offer in (campaign.offers or {}).items() if {name, "best"} & given
             for part in getattr(offer.settings, "of", None) or ()}  # fmt: skip
    for name, offer in (campaign.offers or {}).items():
        place = campaign.places.key(f"offers.{name}")
        rule = offer.rule.text if offer.rule else None
        only = segments_of(rule)
        if not {name, "best"} & given and name not in parts:
            hint = f"write `offer: {name}` or `offer: best` in a step"
            found.warning("R353", f"no step gives the offer {name!r}", place, hint)
        elif any(never_together(one.text, rule) for one in campaign.audience or ()):
            said = f"nobody may have the offer {name!r}: nobody of the audience can meet its `if`"
            found.warning("R353", said, place, "change the one or the other")
        elif campaign.divided and only and not any({name, "best"} & by_segment.get(one, set()) for one in only):
            said = f"nobody gets the offer {name!r}: only {one_of(only)} may have it, and no step there gives it"
            found.warning("R353", said, place, f"write `offer: {name}` in a step of {one_of(only)}")
