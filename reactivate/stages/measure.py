"""What a campaign has brought so far: funnel, steps, answers, lift against the holdout, money (`report/1`)."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.experiment import newcombe, rate_interval
from reactivate.stages import results
from reactivate.stages.codes import paid
from reactivate.stages.funnel import funnel
from reactivate.stages.opened import Opened
from reactivate.stages.planning import plan_of
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
        "lift": lift(arms),
        "money": results.money(opened, arms, touches)
        | {"offer_cost": 0.0 if drafted is None else paid(opened, drafted, arms["treated"])},
        "answers": results.answers(opened, mine),
        "glossary": [{"word": word, "meaning": meaning} for word, meaning in GLOSSARY.items()],
    }


def lift(arms: dict[str, pa.Table]) -> dict[str, Any]:
    """Goal reached per arm, everybody assigned counted (intention to treat), Newcombe's interval."""
    treated, held = arms["treated"], arms["holdout"]
    x1, x0 = (table.num_rows - table["goal_at"].null_count for table in (treated, held))
    n1, n0 = treated.num_rows, held.num_rows
    found: dict[str, Any] = {
        "treated": n1,
        "treated_reached": x1,
        "treated_rate": x1 / n1 if n1 else None,
        "holdout": n0,
        "holdout_reached": x0,
        "holdout_rate": x0 / n0 if n0 else None,
        "difference": None,
        "low": None,
        "high": None,
        "p_value": None,
    }
    difference, lower, upper, p_value = newcombe(x1, n1, x0, n0)
    found |= {"difference": difference, "low": lower, "high": upper, "p_value": p_value}
    if difference is None or lower is None or upper is None:
        return found | {"said": "no comparison: one of the arms is empty"}
    low, high = rate_interval(x0, n0)
    sure = "that is more than chance" if lower > 0 else "that may be chance" if upper > 0 else "that is a loss"
    said = (
        f"{x1:,} of {n1:,} treated and {x0:,} of {n0:,} left alone ({low:.1%} to {high:.1%}) reached the goal: "
        f"{100 * difference:+.1f}pp ({100 * lower:+.1f} to {100 * upper:+.1f}); {sure}"
    )
    return found | {"said": said}


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
