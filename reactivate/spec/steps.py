"""The six verbs of a journey: send, call, ads, wait, tag, stop."""

from datetime import date, time
from typing import Annotated, ClassVar, Literal

from attrs import frozen

from reactivate.contracts.settings import Name, Share, Text, setting
from reactivate.contracts.values import Duration
from reactivate.spec.kinds import ONE_OR_MORE, Either, Places, Rule, Template, inner

Purpose = Literal["marketing", "service", "permission"]

_IF = "when it is not true the step is passed over and the next one follows at once"
_BY = "a channel, or `telegram or sms`: the first that is possible for this person now, never both"
_OFFER = (
    "an offer's name: given to all who come here; `best`: for each person the one with the largest expected extra "
    "profit, no offer included"
)


@frozen(kw_only=True)
class Variant:
    """One arm of a test: the fields that differ."""

    share: Share | None = setting("part of the people; equal parts without it", default=None, example="70%")
    template: Template | None = setting("text file", default=None, example="due_offer")
    subject: Text | None = setting("subject line", default=None, example='"Wybraliśmy coś dla Ciebie"')
    offer: Name | None = setting(_OFFER, default=None, example="best")
    name: str = inner("")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Send:
    """Hand one message over."""

    verb: ClassVar[str] = "send"

    name: Name = setting("what this step is called; unique, part of identity", key="send", example="thanks")
    by: Either = setting(_BY, example="telegram or sms")
    template: Template | None = setting(
        "text file; name.sms.md and name.uk.md go before name.md; the step's name without it", default=None
    )
    subject: Text | None = setting(
        "subject line; the template's without it", default=None, example='"Новинки: три книги"'
    )
    ask: Annotated[tuple[Name, ...], ONE_OR_MORE] = setting(
        "question, or list of questions; the template must hold the link", default=(), example="topics"
    )
    offer: Name | None = setting(_OFFER, default=None, example="best")
    at: time | Literal["best"] | None = setting(
        "a time of day, or best = the person's own best hour; as soon as allowed without it",
        default=None,
        example="11:00",
    )
    split: dict[Name, Variant] = setting(
        "test: name and the fields that differ; drawn by lot for each pass, after the holdout", factory=dict
    )
    expires: Duration = setting("held back longer than this = skipped", default=Duration(7, "d"), example="3d")
    purpose: Purpose | None = setting("the campaign's without it", default=None, example="service")
    rule: Rule | None = setting(_IF, default=None, key="if", example="not thanks.clicked")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Call:
    """Put on the call list; the step lasts until the result is final."""

    verb: ClassVar[str] = "call"

    name: Name = setting("what this step is called; unique, part of identity", key="call", example="why_silent")
    by: Either = setting(_BY, example="desk")
    template: Template | None = setting("the script; the step's name without it", default=None)
    ask: Annotated[tuple[Name, ...], ONE_OR_MORE] = setting(
        "question, or list of questions: the operator writes the answers", default=(), example="why"
    )
    offer: Name | None = setting(_OFFER, default=None, example="best")
    split: dict[Name, Variant] = setting(
        "test: name and the fields that differ; drawn by lot for each pass, after the holdout", factory=dict
    )
    attempts: int = setting("how often it is tried", default=3, example="4")
    within: Duration = setting("then the result is not_called or no_answer", default=Duration(14, "d"), example="21d")
    rule: Rule | None = setting(_IF, default=None, key="if", example="price_list.clicked")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Ads:
    """Put into an advertising audience, go on at once; taken out after `for`, or at once on goal or refusal."""

    verb: ClassVar[str] = "ads"

    name: Name = setting("what this step is called; unique, part of identity", key="ads", example="new_collection")
    by: Either = setting("an advertising channel", example="meta")
    keep_for: Duration = setting("how long they stay in the audience", key="for", example="30d")
    rule: Rule | None = setting(_IF, default=None, key="if", example="not thanks.clicked")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Wait:
    """Go on after a time, counted from the end of the step before, or on a date."""

    verb: ClassVar[str] = "wait"

    until: Duration | date = setting("how long, or until which day", key="wait", example="14d")
    or_until: Rule | None = setting(
        "go on as soon as this is true, at the latest after that time", default=None, example="farewell.answered"
    )
    rule: Rule | None = setting(_IF, default=None, key="if", example="novelties.clicked")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Tag:
    """Put a tag on the card."""

    verb: ClassVar[str] = "tag"

    tag: str = setting("the tag", example="outdated")
    rule: Rule | None = setting(_IF, default=None, key="if", example="not thanks.sent")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Stop:
    """End the pass under this name in the funnel."""

    verb: ClassVar[str] = "stop"

    outcome: Name = setting("the outcome", key="stop", example="sunset")
    pause: Annotated[tuple[Name, ...], ONE_OR_MORE] = setting(
        "channel or list: no marketing there until the person orders, clicks, answers or asks",
        default=(),
        example="email",
    )
    cool_off: Duration | None = setting("instead of the campaign's", default=None, example="365d")
    rule: Rule | None = setting(
        "when it is not true the pass goes on; without it this must be the last step",
        default=None,
        key="if",
        example="not farewell.answered",
    )
    places: Places = inner(factory=Places)


Step = Send | Call | Ads | Wait | Tag | Stop
STEPS: dict[str, type] = {cls.verb: cls for cls in (Send, Call, Ads, Wait, Tag, Stop)}
Contact = Send | Call | Ads
