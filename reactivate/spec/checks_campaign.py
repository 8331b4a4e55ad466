"""What a campaign says of itself and of its business must fit together."""

from itertools import combinations

from reactivate.diagnostics import Collector
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.checks_business import standing
from reactivate.spec.checks_holdout import check_holdout
from reactivate.spec.claims import never_together
from reactivate.spec.plugin_specs import OfferSpec
from reactivate.spec.refer import refer
from reactivate.spec.steps import Send, Step
from reactivate.spec.vocabulary import goal_events


def check_campaign(campaign: Campaign, business: Business, found: Collector) -> None:
    """Goal, limits, offers, segments, and what the business must have for them."""
    _goal(campaign, business, found)
    _audience(campaign, found)
    _limits(campaign, found)
    for name, offer in (campaign.offers or {}).items():
        _offer(name, offer, campaign, found)
    if campaign.offers:
        _offers_allowed(campaign, business, found)
    check_holdout(campaign, business, found)
    if any(sends(step, business) for step in campaign.steps()):
        _legal(business, found)


def sends(step: Step, business: Business) -> bool:
    """Whether the step writes to customers (not to staff)."""
    channels = [business.channels.get(name) for name in step.by] if isinstance(step, Send) and step.by else []
    return any(channel is None or channel.reaches != "staff" for channel in channels)


def _goal(campaign: Campaign, business: Business, found: Collector) -> None:
    goal = campaign.goal
    if goal is None:
        return
    for event in goal.event or ():
        refer("goal event", "R313", event, goal_events(business), goal.places.of("event"), found)
    if goal.within is not None and goal.within.days <= 0:
        found.error("R219", "a goal needs time: `within` is 0", goal.places.of("within"), "write 30d")
    if goal.follow is not None and goal.within is not None and goal.follow.days < goal.within.days:
        found.error("R219", f"money is followed for {goal.follow}, shorter than the goal's {goal.within}",
                    goal.places.of("follow"), f"write {goal.within} or longer")  # fmt: skip
    if goal.worth is not None and goal.is_order:
        found.error("R325", "an order is worth its margin, so `worth` says nothing here", goal.places.key("worth"),
                    "delete it, or take `ordered` out of the goal")  # fmt: skip
    elif goal.worth is not None and goal.worth.amount <= 0:
        found.error("R219", f"a goal worth {goal.worth} pays for no message", goal.places.of("worth"),
                    "write what one success brings, such as 5 USD, or leave it out")  # fmt: skip


def _audience(campaign: Campaign, found: Collector) -> None:
    """R429 for a list of rules of which two exclude each other; each by itself is looked at by the rule language."""
    for one, two in combinations(campaign.audience or (), 2):
        if never_together(one.text, two.text):
            said = f"nobody can meet this rule and the one in line {one.span.line}: a list means all of them"
            found.warning("R429", said, two.span, "join them with `or` in one rule, or delete one of them")


def _limits(campaign: Campaign, found: Collector) -> None:
    limits = campaign.limits
    if limits is None:
        return
    if limits.people is None and campaign.enter not in (None, "once") and "people" not in limits.places.keys:
        found.error("R317", f"with `enter: {campaign.enter}` the number of people must be limited",
                    campaign.places.of("enter"), "write `limits: {people: 400 per week}`")  # fmt: skip
    if limits.at_most and not campaign.segments:
        found.error("R317", "`at_most` divides the budget among segments, and there are none",
                    limits.places.key("at_most"), "write `segments`, or a smaller `budget`")  # fmt: skip
        return
    for segment in limits.at_most or {}:
        place = limits.places.key(f"at_most.{segment}")
        refer("segment", "R306", segment, [*(campaign.segments or {}), "rest"], place, found)
    if limits.at_most and limits.budget is None and "budget" not in limits.places.keys:
        found.error("R317", "`at_most` divides a budget, and there is none", limits.places.key("at_most"),
                    "write `budget: 90000 RUB per month` beside it")  # fmt: skip


def _offers_allowed(campaign: Campaign, business: Business, found: Collector) -> None:
    place = campaign.places.key("offers")
    if campaign.purpose in ("service", "permission"):
        found.error("R319", f"`purpose: {campaign.purpose}` forbids offers", place, "delete `offers`, or the purpose")
    ordering = campaign.goal is None or campaign.goal.event is None or campaign.goal.is_order
    if ordering and business.margin is None and "margin" not in business.places.keys:
        found.error("R317", "without `margin` in the business file no offer is allowed", place,
                    "write the share of the price that is left, such as `margin: 30%`")  # fmt: skip
    assumed = campaign.goal is not None and campaign.goal.assumed_lift is not None
    if not assumed and any(offer.assumed_lift is None for offer in campaign.offers.values()):
        said = "no `assumed_lift`: until one is measured, plan prints only what each offer would have to bring"
        found.warning("R356", said, place, "write `assumed_lift: 2pp` under goal")  # fmt: skip


def _offer(name: str, offer: OfferSpec, campaign: Campaign, found: Collector) -> None:
    place = campaign.places.key(f"offers.{name}")
    if name in ("none", "best"):
        found.error("R323", f"an offer cannot be called {name!r}: the word has a meaning of its own", place)
    if getattr(offer.descriptor, "needs_codes", False) and offer.valid is None and "valid" not in offer.places.keys:
        found.error(
            "R317",
            f"offer {name!r} hands out codes and does not say how long they are valid",
            place,
            "write `valid: 14d`",
        )
    standing(offer.descriptor, offer.places.of("use"), found)
    others = [other for other in campaign.offers if other != name]
    for position, part in enumerate(getattr(offer.settings, "of", None) or ()):
        refer("offer", "R305", str(part), others, offer.places.of(f"of.{position}"), found)


def _legal(business: Business, found: Collector) -> None:
    needed = {
        "footer": ("the legal line under every message", 'write `footer: "Company, address, tax number"`'),
        "web": ("the address of the unsubscribe page", "write `web: https://r.shop.example`"),
    }
    for key, (what, hint) in needed.items():
        if getattr(business, key) is None and key not in business.places.keys:
            said = f"the campaign sends, and the business file lacks `{key}`: {what}"
            found.error("R314", said, business.places.whole, hint)
