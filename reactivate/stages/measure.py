"""What a campaign has brought so far: funnel, steps, answers, lift against the holdout, money (`report/1`)."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.experiment import smallest_lift
from reactivate.stages import aftermath, money, results, success
from reactivate.stages.all_campaigns import all_campaigns
from reactivate.stages.bonus import due_per_pass
from reactivate.stages.effect import lift, parts
from reactivate.stages.funnel import funnel
from reactivate.stages.opened import Opened
from reactivate.stages.planning import plan_of
from reactivate.stages.reading import ARMS, Reading, reading_of, with_lots
from reactivate.stages.settlement import paid
from reactivate.stages.split_check import Split, split_of_passes
from reactivate.stages.start import Start, start_of
from reactivate.stages.tables import counts, whole
from reactivate.stages.timeline import timeline
from reactivate.stages.until import passes_until, touches_until

GLOSSARY = {
    "audience": "people for whom every rule of the campaign is true",
    "base rate": "share of such people who came back by themselves in a window of the same length before",
    "holdout": "people who qualified and were left alone by lot, so that the effect can be seen",
    "lift": "difference between treated and holdout in the share that reached the goal, everybody assigned counted",
    "reach": "people with a good address, consent and no refusal on a channel",
    "touch": "one step for one person: sent, held, skipped …",
}


@frozen(eq=False)
class _Seen:
    """What there is to measure at this moment."""

    passes: pa.Table
    touches: pa.Table
    events: pa.Table
    start: Start
    split: Split
    reading: Reading

    def arm(self, arm: str) -> pa.Table:
        return self.passes.filter(pc.equal(self.passes["arm"], arm))


def measure(opened: Opened) -> dict[str, Any]:
    """The report of a campaign at this moment. Reads the ledger, writes nothing."""
    plan, _ = plan_of(opened)
    seen = _seen(opened)
    if seen.passes.num_rows:
        plan |= _power(opened, seen.passes.num_rows, seen.reading.base_rate)
    return {
        "format": "report/1",
        "plan": plan,
        "as_of": str(opened.moment.day),
        "campaign": opened.campaign.name,
        "brand": opened.business.brand,
        "currency": opened.business.currency,
        "started_on": _day(opened, pc.min(seen.passes["entered_at"]).as_py()),
        "goal": _goal(opened),
        **_steps(opened, plan, seen),
        **_effect(opened, seen),
        "all_campaigns": all_campaigns(opened),
        "answers": results.answers(opened, seen.events),
        "glossary": [{"word": word, "meaning": meaning} for word, meaning in GLOSSARY.items()],
    }


def _seen(opened: Opened) -> _Seen:
    name = opened.campaign.name
    start = start_of(opened.ledger, opened.campaign)
    passes = with_lots(opened, passes_until(opened.ledger.passes(name, state=None), opened.moment.now), start)
    events = opened.memory.known(opened.base.table("people")).events
    split = split_of_passes(opened, passes, start)
    return _Seen(
        passes=passes,
        touches=touches_until(opened.ledger.touches(name), passes, opened.moment.now),
        events=events.filter(pc.equal(events["campaign"], name)),
        start=start,
        split=split,
        reading=reading_of(opened, passes, start, split),
    )


def _goal(opened: Opened) -> dict[str, Any]:
    goal = opened.campaign.goal
    within, follow = goal.within.days, goal.follow_for.days
    return {"event": " or ".join(goal.event), "within_days": within, "follow_days": follow}


def _steps(opened: Opened, plan: dict[str, Any], seen: _Seen) -> dict[str, Any]:
    """What was done, and what came back to it."""
    return {
        "funnel": funnel(opened, plan, seen.arm("treated"), seen.touches, seen.events),
        "outcomes": _outcomes({arm: seen.arm(arm) for arm in ARMS}),
        "steps": results.steps(opened, seen.touches, seen.events),
        "skipped": results.skipped(seen.touches),
        "results": results.calls(seen.events),
        "timeline": timeline(opened, seen.touches, seen.events, seen.passes),
    }


def _effect(opened: Opened, seen: _Seen) -> dict[str, Any]:
    """Treated against left alone: people, money, what one success costs; and what stands beside it and is no lift."""
    reading, passes = seen.reading, seen.passes
    offers = paid(opened, seen.arm("treated"))
    people = money.assigned(opened, passes, seen.touches, offers, seen.start, due_per_pass(opened))
    brought = lift(passes, reading)
    spent = money.told(opened, people, reading, float(pc.sum(seen.touches["cost"]).as_py() or 0), passes)
    return {
        "split": seen.split.as_json(),
        "reading": {
            "kind": reading.kind,
            "over": reading.over,
            "passes": reading.passes,
            "said": reading.said,
            "design_effect": reading.design_effect,
        },
        "lift": brought,
        "parts": parts(passes, reading),
        "variants": results.variants(seen.touches, passes),
        "money": spent,
        "success": success.measured(opened, brought, spent),
        "attribution": aftermath.attribution(opened, seen.arm("treated"), seen.events),
        "second_life": aftermath.winners(opened, passes, seen.start),
    }


def _power(opened: Opened, people: int, base_rate: float) -> dict[str, Any]:
    """What the people who are in the campaign can show, in place of what those who would enter now could."""
    seen = smallest_lift(people, base_rate, float(opened.campaign.holdout))
    can = "no lift at all" if seen is None else f"a lift of {100 * seen:.1f}pp or more"
    return {"smallest_lift": seen, "smallest_lift_said": f"the {people:,} people in the campaign can show {can}"}


def _outcomes(arms: dict[str, pa.Table]) -> list[dict[str, Any]]:
    """How passes ended, per arm; those still inside stand as `inside`."""
    found = {arm: counts(pc.coalesce(whole(table["outcome"]), pa.scalar("inside"))) for arm, table in arms.items()}
    words = dict.fromkeys([*found["treated"], *found["holdout"]])
    return [
        {"outcome": word, "treated": found["treated"].get(word, 0), "holdout": found["holdout"].get(word, 0)}
        for word in words
    ]


def _day(opened: Opened, moment: Any) -> str | None:
    return None if moment is None else str(moment.astimezone(opened.zone).date())
