"""The full account of what a run would do: counts, base rate, money, samples. Nothing is sent or written."""

import math
from typing import Any

import pyarrow.compute as pc

from reactivate.stages import success
from reactivate.stages.approval import HEADROOM, VALID_DAYS, Approval, Sums, from_plan
from reactivate.stages.draft import Draft, everybody
from reactivate.stages.gates import figures, judge, refusal
from reactivate.stages.history import base_rate
from reactivate.stages.lifts import Lifts, lifts_of
from reactivate.stages.mixing import classes, remarks
from reactivate.stages.offers_told import allocation_told, summaries, warnings
from reactivate.stages.opened import Opened
from reactivate.stages.plan_entry import entry
from reactivate.stages.plan_gathered import gathered
from reactivate.stages.plan_power import power
from reactivate.stages.plan_steps import steps
from reactivate.stages.refusals import refusals
from reactivate.stages.samples import sample_messages
from reactivate.stages.uses import uses_of


def business_plan(opened: Opened) -> dict[str, Any]:
    """The plan of a business file alone: what was gathered, reach, gates."""
    everyone, found = everybody(opened)
    plan = gathered(opened, everyone, found)
    plan["figures"] = figures(plan)
    plan["gates"] = judge(opened, plan["figures"])
    return plan


def campaign_plan(opened: Opened, drafted: Draft) -> dict[str, Any]:
    """The plan of a campaign, as `plan/1` (docs/reference/plan.md)."""
    entrants = drafted.entry.entrants
    treated = entrants.filter(pc.equal(entrants["arm"], "treated"))
    rate = drafted.rate or base_rate(opened, drafted.profiles)
    per_step = steps(opened, drafted, treated)
    offers = summaries(opened, drafted)
    lifts = drafted.lifts or lifts_of(opened)
    found = classes(drafted)
    plan = gathered(opened, drafted.profiles, drafted.reach)
    plan |= {
        "campaign": opened.campaign.name,
        "purpose": opened.campaign.purpose,
        **entry(opened, drafted, found),
        "steps": per_step,
        "base_rate": rate.as_json(),
        "lifts": _lifts(drafted, lifts),
        "uses": uses_of(opened, lifts.set_aside).told(entrants["segment"], list(opened.campaign.offers)),
        "success": success.planned(opened, drafted, rate, lifts),
        "offers": offers,
        "allocation": allocation_told(opened, drafted),
        **power(opened, entrants.num_rows, rate, lifts.expected),
        "cost": {
            "at_most": round(sum(step["cost_at_most"] for step in per_step), 2),
            "offers_at_most": round(sum(offer["at_most"] for offer in offers), 2),
            "currency": opened.business.currency,
        },
        "samples": sample_messages(opened, drafted, treated),
    }
    plan["remarks"] += warnings(opened, drafted) + [_askew(name) for name in lifts.set_aside]
    plan["remarks"] += remarks(opened, found)
    plan["refusals"] = [refusal(item) for item in refusals(opened, drafted)]
    if not drafted.due:
        plan["remarks"].append(f"nobody is taken in at this run (enter: {opened.campaign.enter}); those inside go on")
    plan["figures"] = figures(plan)
    plan["gates"] = judge(opened, plan["figures"])
    plan["ceilings"] = _ceilings(opened, plan, drafted.due).as_json()
    return plan


def _lifts(drafted: Draft, lifts: Lifts) -> list[dict[str, Any]]:
    """The lift of each segment and offer: where it comes from, and what was measured so far."""
    judged = drafted.entry.entrants if drafted.candidates is None else drafted.candidates
    return lifts.told(judged["segment"])


def _askew(campaign: str) -> str:
    return f"nothing is learned from {campaign}: its holdout is not as drawn (R731)"


_ENTRIES = {"once": 1, "daily": VALID_DAYS, "weekly": 5, "monthly": 2}
"""How often people may be taken in while an approval is valid."""


def _ceilings(opened: Opened, plan: dict[str, Any], due: bool) -> Approval:
    """What is done already, and what the plan adds as often as it may, plus headroom."""
    enter = opened.campaign.enter
    times = _ENTRIES[enter]
    entrants = plan["entrants"]["people"] if due else 0
    planned = Sums(
        entrants * times,
        {step["step"]: step["at_most"] * times for step in plan["steps"]},
        plan["cost"]["at_most"] * times,
        plan["cost"]["offers_at_most"] * times,
    )
    per_day = None if enter == "once" or not due else math.ceil(round(entrants * (1 + HEADROOM), 6))
    return from_plan(opened.loaded.hash, planned, opened.real_now, per_day, opened.memory.done)
