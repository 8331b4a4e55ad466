"""The journey as a whole: steps that no path leads to, waits longer than the goal, more contacts than the cap."""

from collections.abc import Sequence
from itertools import combinations

from attrs import frozen

from reactivate.contracts.values import Duration
from reactivate.diagnostics import Collector, Span
from reactivate.rules import tree
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.claims import exclude, parts_of
from reactivate.spec.steps import Call, Send, Step, Stop, Wait
from reactivate.text import counted

_PERIODS = {"day": 1.0, "week": 7.0, "month": 30.0}


def check_journey(campaign: Campaign, business: Business, found: Collector) -> None:
    """R315 errors, R350 and R351 warnings, list by list."""
    for steps in campaign.journeys.values():
        _unreachable(steps, found)
        _long(steps, campaign, found)
        _crowded(steps, campaign, business, found)
    _unreachable(campaign.after_goal or (), found)


def _unreachable(steps: Sequence[Step], found: Collector) -> None:
    for position, step in enumerate(steps[:-1]):
        if isinstance(step, Stop) and step.rule is None and "if" not in step.places.keys:
            after = steps[position + 1].places.whole
            found.error("R315", f"no path leads here: `stop: {step.outcome}` above ends every pass", after,
                        f"give the stop in line {_line(step)} an `if`, or move it to the end")  # fmt: skip
            return


def _line(step: Step) -> int:
    return step.places.whole.line if step.places.whole else 0


def _long(steps: Sequence[Step], campaign: Campaign, found: Collector) -> None:
    """R350: the steps take longer than the goal is waited for."""
    goal = campaign.goal
    if goal is None or goal.within is None:
        return
    days = sum(_lasts(step) for step in steps)
    if days > goal.within.days:
        last = next((step for step in reversed(steps) if _lasts(step)), steps[-1])
        said = f"the steps take up to {days:g} days, the goal is counted for {goal.within} only"
        found.warning("R350", said, last.places.whole,
                      f"write `within: {_up(days)}d` under goal, or wait less")  # fmt: skip


def _up(days: float) -> int:
    return int(-(-days // 1))


def _lasts(step: Step) -> float:
    """Days that a step may take."""
    if isinstance(step, Wait) and isinstance(step.until, Duration):
        return step.until.days
    return step.within.days if isinstance(step, Call) and step.within is not None else 0.0


@frozen
class _Contact:
    day: float
    claims: list[tree.Node]
    place: Span | None


def _crowded(steps: Sequence[Step], campaign: Campaign, business: Business, found: Collector) -> None:
    """R351: within the period of the cap, one person may be due for more contacts than it allows."""
    if business.cap is None or campaign.purpose == "service":
        return
    period = (
        business.cap.per.days if isinstance(business.cap.per, Duration) else _PERIODS.get(business.cap.per or "", 30.0)
    )
    contacts = _contacts(steps, business)
    for start, contact in enumerate(contacts):
        window = [other for other in contacts[start:] if other.day < contact.day + period]
        most = len(window) - _apart(window)
        if most > business.cap.amount:
            said = f"{counted(most, 'contact')} may fall due within {period:g} days, the cap is {business.cap}"
            found.warning(
                "R351", f"{said}: the last ones are held back", window[-1].place, "wait longer, or raise `cap`"
            )
            return


def _contacts(steps: Sequence[Step], business: Business) -> list[_Contact]:
    """The contacts that count for the cap, with the day on which they fall due when every wait is waited out."""
    found, day = [], 0.0
    for step in steps:
        if isinstance(step, (Send, Call)) and (not isinstance(step, Send) or step.purpose != "service"):
            channels = [business.channels.get(name) for name in step.by or ()]
            if not all(channel is not None and channel.reaches == "staff" for channel in channels):
                claims = parts_of(step.rule.text if step.rule else None)
                found.append(_Contact(day, claims, step.places.whole))
        day += _lasts(step)
    return found


def _apart(window: Sequence[_Contact]) -> int:
    """How many of these contacts exclude another one, so that one person gets only one of the two."""
    used: set[int] = set()
    for (one, first), (two, second) in combinations(enumerate(window), 2):
        if {one, two} & used:
            continue
        if any(exclude(mine, theirs) for mine in first.claims for theirs in second.claims):
            used |= {one, two}
    return len(used) // 2
