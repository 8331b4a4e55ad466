"""The campaign file: whom, why, with what, by which journey."""

from pathlib import Path
from typing import Annotated, Literal

from attrs import frozen

from reactivate.contracts.settings import Name, Points, Share, setting
from reactivate.contracts.values import Duration, Money
from reactivate.spec.kinds import (
    ONE_OR_MORE,
    Budget,
    Either,
    OfMargin,
    OrderCount,
    People,
    Places,
    Rule,
    inner,
)
from reactivate.spec.plugin_specs import OfferSpec
from reactivate.spec.steps import Purpose, Step


@frozen(kw_only=True)
class Goal:
    """What we want to happen."""

    event: Either = setting(
        "ordered, answered_ a question, an event of a source, or several with or", example="booked or ordered"
    )
    within: Duration = setting("counted from entry, same for holdout", example="45d")
    follow: Duration | None = setting(
        "how long money is counted from entry; `within` without it", default=None, example="180d"
    )
    assumed_lift: Points | None = setting(
        "extra share reaching the goal, halved and marked until measured; needed when there are offers and no earlier "
        "result",
        default=None,
        example="4pp",
    )
    worth: Money | None = setting(
        "what reaching a goal that is no order is worth to us, as a margin, not a price; without it the plan says what "
        "it costs and what it would have to be worth",
        default=None,
        example="5 USD",
    )
    places: Places = inner(factory=Places)

    @property
    def follow_for(self) -> Duration:
        """How long money is counted."""
        return self.follow or self.within

    @property
    def is_order(self) -> bool:
        """Whether an order reaches the goal, so that a margin says what it is worth."""
        return "ordered" in self.event


@frozen(kw_only=True)
class Limits:
    """How many and how much."""

    people: People | None = setting(
        "how many may enter; required unless enter: once", default=None, example="400 per week"
    )
    budget: Budget | None = setting(
        "expected cost of contacts and offers, in all or per month; shared by all segments, best return first",
        default=None,
        example="3000 USD per month",
    )
    at_most: dict[Name, Share] = setting(
        "largest part of the budget for a segment", factory=dict, example="{asleep: 25%}"
    )
    payback: OrderCount | None = setting("later orders after which money must be back", default=None, example="1 order")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class StaffBonus:
    """Export of what is due to the person named in `staff` of the first order since entry."""

    pay: OfMargin = setting("what is due", example="5% of margin")
    rule: Rule | None = setting("when", default=None, key="if", example="how_was_it.answer >= 9")
    places: Places = inner(factory=Places)


@frozen(kw_only=True)
class Campaign:
    """A campaign file. While its `Loaded` has errors, required fields may be None."""

    campaign: Name = setting("identity: renaming makes a new campaign", example="spice_letter")
    business: Path = setting(
        "its business file; business.yml beside it without this key", default=None, example="business/books.yml"
    )
    purpose: Purpose = setting(
        "what the pack is asked. service: about something bought. permission: asks for consent; selling and flattering "
        "words are errors. Both forbid offers",
        default="marketing",
        example="permission",
    )
    enter: Literal["once", "daily", "weekly", "monthly"] = setting(
        "when people are taken in: at the first confirmed run only, or at the first run of every day, week, month",
        default="once",
        example="monthly",
    )
    audience: Annotated[tuple[Rule, ...], ONE_OR_MORE] = setting(
        "who enters; all rules hold; looked at on entering only", example="since_last_order > 30d"
    )
    goal: Goal = setting("what we want to happen", example="{event: ordered, within: 30d}")
    holdout: Share = setting(
        "those who qualify and are left alone, by lot, in every segment", default=Share(0.1), example="20%"
    )
    holdout_by: Annotated[tuple[Name, ...], ONE_OR_MORE] = setting(
        "names of words, or of yes and no, by which the lot is stratified: of each group that they make the holdout "
        "takes its exact share at every entry",
        default=(),
        example="[segment, stage]",
    )
    cool_off: Duration | None = setting(
        "rest after a pass of this campaign; the business's without it; 0d = none", default=None, example="60d"
    )
    segments: dict[Name, Share | Rule] = setting(
        "tried from the top, the first that is true; everyone else is `rest`; fixed on entry. Shares instead of rules "
        "divide by lot and must sum to 100%",
        factory=dict,
        example="{premium: avg_order >= 15000 RUB}",
    )
    offers: dict[Name, OfferSpec] = setting(
        "what may be given; no offer is always a candidate", factory=dict, example="{ten: {use: codes, value: 10%}}"
    )
    limits: Limits = setting("how many and how much", factory=Limits, example="{people: 400 per week}")
    expect: Annotated[tuple[Rule, ...], ONE_OR_MORE] = setting(
        "gates of this campaign, besides the business's", default=(), example="[smallest_lift <= 4pp]"
    )
    journey: tuple[Step, ...] | dict[Name, tuple[Step, ...]] = setting(
        "list of steps, or segment: list; a segment without a list does not enter", example="[{send: hello, by: email}]"
    )
    after_goal: tuple[Step, ...] = setting(
        "done once when the goal is seen within `within`, even if the steps had ended; not for the holdout", default=()
    )
    staff_bonus: StaffBonus | None = setting(
        "what is due to staff; the guard counts it as a cost", default=None, example="{pay: 5% of margin}"
    )
    file: str = inner("")
    folder: Path = inner(Path())
    places: Places = inner(factory=Places)

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.campaign

    @property
    def journeys(self) -> dict[str, tuple[Step, ...]]:
        """Steps by segment; one list under '' when the journey is not divided."""
        return dict(self.journey) if isinstance(self.journey, dict) else {"": self.journey or ()}

    @property
    def divided(self) -> bool:
        """Whether each segment has steps of its own."""
        return isinstance(self.journey, dict)

    def steps(self) -> tuple[Step, ...]:
        """All steps in document order, `after_goal` last."""
        return (*(step for steps in self.journeys.values() for step in steps), *self.after_goal)
