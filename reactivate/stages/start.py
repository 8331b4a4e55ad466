"""What is fixed when a version of a campaign takes in its first people: goal, windows, holdout, what was expected.

It is written once and never changed, so nobody can move the goalposts after looking: a changed file is a new version,
and whoever is inside is measured by the windows under which he entered.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from reactivate.contracts.values import Duration
from reactivate.ledger import Ledger
from reactivate.spec.campaign import Campaign
from reactivate.stages.base_rate import BaseRate

Figures = Mapping[tuple[str, str, str], tuple[float, int]]


@frozen
class Window:
    """How long the goal counts, and how long money is followed, from the entry on."""

    within: Duration
    follow: Duration


@frozen
class Start:
    """What each version fixed. A version of which nothing was written takes the windows of the file as it is."""

    figures: Figures
    now: Window

    def window(self, version: int) -> Window:
        within, follow = (self.figures.get((name, "", f"v{version}")) for name in ("within_days", "follow_days"))
        return Window(_duration(within[0]), _duration(follow[0])) if within and follow else self.now

    def of(self, metric: str, version: int) -> float | None:
        """A figure of that start; None = not known then."""
        found = self.figures.get((metric, "", f"v{version}"))
        return None if found is None else found[0]

    @property
    def longest(self) -> Duration:
        """The longest time in which a goal counts for anybody."""
        days = [value for (metric, _, _), (value, _) in self.figures.items() if metric == "within_days"]
        return max([self.now.within, *map(_duration, days)], key=lambda window: window.days)


def start_of(ledger: Ledger, campaign: Campaign) -> Start:
    """What the ledger holds of the starts of this campaign."""
    return Start(ledger.campaigns.baseline(campaign.name), Window(campaign.goal.within, campaign.goal.follow_for))


def goal_word(campaign: Campaign) -> str:
    """One word for what counts as the goal: campaigns that share it can learn from each other."""
    return "goal/" + "|".join(sorted(campaign.goal.event))


def fix(ledger: Ledger, campaign: Campaign, version: int, people: int, rate: BaseRate | None) -> None:
    """Write down the start of this version; later calls change nothing."""
    goal = campaign.goal
    figures: dict[str, tuple[float, int]] = {
        goal_word(campaign): (1.0, people),
        "within_days": (goal.within.days, people),
        "follow_days": (goal.follow_for.days, people),
        "holdout": (float(campaign.holdout), people),
    }
    if goal.assumed_lift is not None:
        figures["assumed_lift"] = (float(goal.assumed_lift), people)
    if rate is not None and rate.rate is not None:
        figures["base_rate"] = (rate.rate, rate.people or 0)
    ledger.campaigns.put_baseline(campaign.name, {(name, "", f"v{version}"): told for name, told in figures.items()})


def _duration(days: Any) -> Duration:
    minutes = round(float(days) * 1440)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes % size == 0:
            return Duration(minutes // size, unit)  # type: ignore[arg-type]
    return Duration(minutes, "min")
