"""What a campaign has brought so far: funnel, steps, answers, lift against the holdout, money (`report/1`)."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.experiment import smallest_lift
from reactivate.stages import aftermath, money, results
from reactivate.stages.all_campaigns import all_campaigns
from reactivate.stages.bonus import due_per_pass
from reactivate.stages.codes import paid
from reactivate.stages.effect import lift, parts
from reactivate.stages.funnel import funnel
from reactivate.stages.opened import Opened
from reactivate.stages.planning import plan_of
from reactivate.stages.reading import reading_of, with_lots
from reactivate.stages.split_check import split_of_passes
from reactivate.stages.start import start_of
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


def measure(opened: Opened) -> dict[str, Any]:
    """The report of a campaign at this moment. Reads the ledger, writes nothing."""
    plan, drafted = plan_of(opened)
    name = opened.campaign.name
    passes = passes_until(opened.ledger.passes(name, state=None), opened.moment.now)
    touches = touches_until(opened.ledger.touches(name), passes, opened.moment.now)
    events = opened.memory.known(opened.base.table("people")).events
    mine = events.filter(pc.equal(events["campaign"], name))
    arms = {arm: passes.filter(pc.equal(passes["arm"], arm)) for arm in ("treated", "holdout")}
    start = start_of(opened.ledger, opened.campaign)
    passes = with_lots(opened, passes, start)
    split = split_of_passes(opened, passes, start)
    reading = reading_of(opened, passes, start, split)
    offers = {} if drafted is None else paid(opened, drafted, arms["treated"])
    people = money.assigned(opened, passes, touches, offers, start, due_per_pass(opened))
    contacts = float(pc.sum(touches["cost"]).as_py() or 0)
    if passes.num_rows:
        plan |= _power(opened, passes.num_rows, reading.base_rate)
    return {
        "format": "report/1",
        "plan": plan,
        "as_of": str(opened.moment.day),
        "campaign": name,
        "brand": opened.business.brand,
        "currency": opened.business.currency,
        "started_on": _day(opened, pc.min(passes["entered_at"]).as_py()),
        "goal": {
            "event": " or ".join(opened.campaign.goal.event),
            "within_days": opened.campaign.goal.within.days,
            "follow_days": opened.campaign.goal.follow_for.days,
        },
        "funnel": funnel(opened, plan, arms["treated"], touches, mine),
        "outcomes": _outcomes(arms),
        "steps": results.steps(opened, touches, mine),
        "skipped": results.skipped(touches),
        "results": results.calls(mine),
        "timeline": timeline(opened, touches, mine, passes),
        "split": split.as_json(),
        "reading": {
            "kind": reading.kind,
            "over": reading.over,
            "passes": reading.passes,
            "said": reading.said,
            "design_effect": reading.design_effect,
        },
        "lift": lift(passes, reading),
        "parts": parts(passes, reading),
        "variants": results.variants(touches, passes),
        "money": money.told(opened, people, reading, contacts),
        "attribution": aftermath.attribution(opened, arms["treated"], mine),
        "second_life": aftermath.winners(opened, passes, start),
        "all_campaigns": all_campaigns(opened),
        "answers": results.answers(opened, mine),
        "glossary": [{"word": word, "meaning": meaning} for word, meaning in GLOSSARY.items()],
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
