"""The full account of what a run would do: counts, base rate, money, samples. Nothing is sent or written."""

import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.nodes import Node
from reactivate.experiment import cannot_tell, smallest_lift
from reactivate.stages import strata, success
from reactivate.stages.approval import HEADROOM, VALID_DAYS, Approval, Sums, from_plan
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.draft import Draft, everybody
from reactivate.stages.exploration import loss_of
from reactivate.stages.gates import figures, judge, refusal
from reactivate.stages.history import base_rate
from reactivate.stages.lifts import Lifts, lifts_of
from reactivate.stages.mixing import classes, mixed, remarks
from reactivate.stages.offers_told import allocation_told, refused, summaries, warnings
from reactivate.stages.opened import Opened
from reactivate.stages.samples import sample_messages
from reactivate.stages.tables import aligned, counts, marked, whole
from reactivate.stages.touches import why_shut
from reactivate.stages.uses import uses_of


def business_plan(opened: Opened) -> dict[str, Any]:
    """The plan of a business file alone: what was gathered, reach, gates."""
    everyone, found = everybody(opened)
    plan = _gathered(opened, everyone, found)
    plan["figures"] = figures(plan)
    plan["gates"] = judge(opened, plan["figures"])
    return plan


def campaign_plan(opened: Opened, drafted: Draft) -> dict[str, Any]:
    """The plan of a campaign, as `plan/1` (docs/reference/plan.md)."""
    entrants = drafted.entry.entrants
    treated = entrants.filter(pc.equal(entrants["arm"], "treated"))
    rate = drafted.rate or base_rate(opened, drafted.profiles)
    steps = _steps(opened, drafted, treated)
    offers = summaries(opened, drafted)
    lifts = drafted.lifts or lifts_of(opened)
    found = classes(drafted)
    plan = _gathered(opened, drafted.profiles, drafted.reach)
    plan |= {
        "campaign": opened.campaign.name,
        "purpose": opened.campaign.purpose,
        "audience": {
            "people": len(drafted.audience.people),
            "classes": found,
            "undecided": dict(drafted.audience.undecided),
        },
        "left_out": _left_out(drafted),
        "reachable": _reachable(drafted, opened),
        "entrants": {"people": entrants.num_rows, "treated": treated.num_rows},
        "holdout": {
            "people": entrants.num_rows - treated.num_rows,
            "share": opened.campaign.holdout,
            "households": pc.count_distinct(entrants["household"]).as_py(),
            "by": list(opened.campaign.holdout_by),
            "strata": strata.told(entrants),
        },
        "capped": opened.memory.capped(whole(treated["person_id"])),
        "segments": _segments(entrants),
        "steps": steps,
        "base_rate": rate.as_json(),
        "lifts": _lifts(drafted, lifts),
        "uses": uses_of(opened, lifts.set_aside).told(entrants["segment"], list(opened.campaign.offers)),
        "success": success.planned(opened, drafted, rate, lifts),
        "exploration": _exploration(drafted),
        "offers": offers,
        "allocation": allocation_told(opened, drafted),
        **_power(opened, entrants.num_rows, rate, lifts.expected),
        "cost": {
            "at_most": round(sum(step["cost_at_most"] for step in steps), 2),
            "offers_at_most": round(sum(offer["at_most"] for offer in offers), 2),
            "currency": opened.business.currency,
        },
        "samples": sample_messages(opened, drafted, treated),
    }
    plan["remarks"] += warnings(opened, drafted) + [_askew(name) for name in lifts.set_aside]
    plan["remarks"] += remarks(opened, found)
    plan["refusals"] = [refusal(item) for item in (*refused(opened, drafted), *mixed(opened, found))]
    if not drafted.due:
        plan["remarks"].append(f"nobody is taken in at this run (enter: {opened.campaign.enter}); those inside go on")
    plan["figures"] = figures(plan)
    plan["gates"] = judge(opened, plan["figures"])
    plan["ceilings"] = _ceilings(opened, plan, drafted.due).as_json()
    return plan


def _gathered(opened: Opened, everyone: pa.Table, found: Mapping[tuple[str, str], pa.Table]) -> dict[str, Any]:
    manifest = opened.base.manifest
    reach = {name: _reached(rows) for (name, purpose), rows in found.items() if purpose == opened.purpose}
    able = [whole(pc.is_null(rows["why"])) for (_, purpose), rows in found.items() if purpose == opened.purpose]
    anyone = pa.repeat(pa.scalar(False), everyone.num_rows)
    for can in able:
        anyone = pc.or_(anyone, can)
    if reach:
        reach["any"] = {"people": int(pc.sum(anyone).as_py() or 0), "why": {}}
    return {
        "format": "plan/1",
        "campaign": None,
        "brand": opened.business.brand,
        "spec": opened.loaded.path,
        "spec_hash": opened.loaded.hash,
        "as_of": str(opened.moment.day),
        "now": opened.moment.now.isoformat(),
        "currency": opened.business.currency,
        "policy": {"pack": opened.pack.word, "date": str(opened.pack.date)},
        "ledger": {"place": opened.ledger_place, "key_id": opened.ledger.key_id},
        "base": {
            "id": manifest.base_id,
            "synced_at": manifest.synced_at.isoformat(timespec="seconds"),
            "age_hours": round(opened.base_age_hours, 2),
        },
        "plugins": opened.plugins,
        "sources": manifest.counts.get("sources", []),
        "findings": manifest.counts.get("findings", []),
        "people": {
            "records": manifest.counts["records"],
            "people": manifest.counts["people"],
            "duplicates": manifest.counts["duplicates"],
        },
        # How the records were matched differs from sync to sync and changes nothing.
        "counts": {name: value for name, value in manifest.counts.items() if name != "matching"},
        "reach": reach,
        "rfm": _rfm(everyone),
        "remarks": [item.message for item in opened.loaded.unbuilt] + opened.remarks,
        "gates": [],
        "refusals": [],
    }


def _reached(rows: pa.Table) -> dict[str, Any]:
    return {"people": rows["why"].null_count, "why": counts(rows["why"])}


def _rfm(everyone: pa.Table) -> list[dict[str, Any]]:
    """People and revenue per recency and frequency score."""
    if not {"r", "f"} <= set(everyone.column_names):
        return []
    scored = everyone.filter(pc.is_valid(everyone["r"])).select(["r", "f", "revenue"])
    cells = scored.group_by(["r", "f"]).aggregate([("revenue", "sum"), ([], "count_all")])
    cells = cells.sort_by([("r", "descending"), ("f", "descending")])
    return [
        {"r": row["r"], "f": row["f"], "people": row["count_all"], "revenue": float(row["revenue_sum"] or 0)}
        for row in cells.to_pylist()
    ]


_SHOWN = 20
"""So many of those who explore are named, for `explain` to tell why."""


def _left_out(drafted: Draft) -> list[dict[str, Any]]:
    verdicts = drafted.entry.verdicts
    said = verdicts.group_by(["reason", "detail"]).aggregate([([], "count_all")])
    # Of the sentences said under one reason, the most frequent stands for all.
    often = said.sort_by([("count_all", "ascending"), ("detail", "descending")]).to_pylist()
    details = {row["reason"]: row["detail"] for row in often}
    return [
        {"reason": reason, "people": people, "detail": details[reason] or ""}
        for reason, people in counts(verdicts["reason"]).items()
    ]


def _reachable(drafted: Draft, opened: Opened) -> int:
    """People of the audience whom at least one channel of the journey can reach."""
    able = pa.repeat(pa.scalar(False), len(drafted.audience.people))
    for way in opened.outbound.entry_ways:
        able = pc.or_(able, whole(pc.is_null(aligned(drafted.audience.people, drafted.reach[way])["why"])))
    return int(pc.sum(able).as_py() or 0)


def _segments(entrants: pa.Table) -> list[dict[str, Any]]:
    held = entrants.filter(pc.equal(entrants["arm"], "holdout"))
    out = counts(held["segment"])
    return [
        {"segment": segment, "people": people, "holdout": out.get(segment, 0)}
        for segment, people in counts(entrants["segment"]).items()
    ]


def _steps(opened: Opened, drafted: Draft, treated: pa.Table) -> list[dict[str, Any]]:
    """Per contact step the most messages it can still send: those who enter now and those who have it ahead.

    Whoever is inside follows the version that he entered with, so steps of older files stand there too.
    """
    entering = treated if drafted.due else treated.slice(0, 0)
    found: dict[str, dict[str, Any]] = {}
    for segment, table in opened.tables.items():
        mine = whole(_in_segment(entering, segment, opened.campaign.divided)["person_id"])
        for node in (*table.nodes, *table.after_goal):
            if node.contacts:
                found[str(node.name)] = _step(opened, node, mine, drafted)
    touches = opened.ledger.touches(opened.campaign.name)
    walking = opened.memory.walking()
    for version, tables in opened.versions.items():
        of_version = walking.filter(pc.equal(walking["version"], version))
        for segment, table in tables.items():
            passes = _in_segment(of_version, segment, len(tables) > 1 or segment != "")
            for part, nodes in (("journey", table.nodes), ("after_goal", table.after_goal)):
                for node in nodes:
                    if node.contacts:
                        ahead = whole(_ahead(node, part, passes, touches)["person_id"])
                        _add(found, _step(opened, node, ahead, drafted))
    return list(found.values())


def _add(found: dict[str, dict[str, Any]], step: dict[str, Any]) -> None:
    """Put what one version may still send on top of what the others may."""
    before = found.setdefault(step["step"], step | {"at_most": 0, "cost_at_most": 0.0})
    before["at_most"] += step["at_most"]
    before["cost_at_most"] = round(before["cost_at_most"] + step["cost_at_most"], 2)


def _ahead(node: Node, part: str, passes: pa.Table, touches: pa.Table) -> pa.Table:
    """Treated passes that may still come to this step: it lies ahead, or is planned and has not left."""
    passes = passes.filter(pc.equal(passes["arm"], "treated"))
    if part == "journey":
        passes = passes.filter(pc.equal(passes["state"], "inside"))
    here = pc.and_(pc.equal(passes["part"], part), pc.less_equal(passes["node"], node.index))
    later = pc.and_(pc.equal(passes["part"], "journey"), part == "after_goal")
    gone = pc.and_(pc.equal(touches["step"], node.name), pc.not_equal(touches["state"], "planned"))
    done = marked(passes["pass_id"], touches.filter(gone)["pass_id"])
    return passes.filter(pc.and_(pc.or_(here, later), pc.invert(done)))


def _in_segment(people: pa.Table, segment: str, divided: bool) -> pa.Table:
    return people.filter(pc.equal(people["segment"], segment)) if divided else people


def _step(opened: Opened, node: Node, left: pa.Array, drafted: Draft) -> dict[str, Any]:
    at_most, cost = 0, 0.0
    for name in node.by:
        if (name, node.purpose) not in drafted.reach:
            continue
        open_ = pc.is_null(why_shut(left, drafted.reach[name, node.purpose]))
        able = int(pc.sum(open_).as_py() or 0)
        at_most, cost = at_most + able, cost + able * opened.outbound.contact_price(name, node)
        left = left.filter(pc.invert(open_))
    return {
        "step": node.name,
        "verb": node.verb,
        "channels": list(node.by),
        "at_most": at_most,
        "cost_at_most": round(cost, 2),
        "rule": node.rule,
    }


def _lifts(drafted: Draft, lifts: Lifts) -> list[dict[str, Any]]:
    """The lift of each segment and offer: where it comes from, and what was measured so far."""
    judged = drafted.entry.entrants if drafted.candidates is None else drafted.candidates
    return lifts.told(judged["segment"])


def _exploration(drafted: Draft) -> dict[str, Any] | None:
    """How many enter although the sums are against it, and what that is expected to cost; None without any."""
    choice = drafted.entry.choice
    if choice is None or choice.explored is None:
        return None
    entrants = drafted.entry.entrants
    tried = entrants.filter(marked(entrants["person_id"], choice.explored))
    return {
        "people": len(choice.explored),
        "expected_loss": round(loss_of(choice), 2),
        "segments": _segments(tried),
        "person_ids": sorted(tried["person_id"].to_pylist())[:_SHOWN],
    }


def _askew(campaign: str) -> str:
    return f"nothing is learned from {campaign}: its holdout is not as drawn (R731)"


def _power(opened: Opened, people: int, rate: BaseRate, expected: float | None) -> dict[str, Any]:
    """The smallest lift that this audience and holdout can show, and the same as a sentence."""
    share = opened.campaign.holdout
    if rate.rate is None:
        # A goal without history has an unknown base rate; half is the rate at which a test sees least.
        seen = smallest_lift(people, 0.5, share) if people >= 2 and share else None
        said = (
            f"smallest lift this audience can show: {seen * 100:.1f}pp at worst (the base rate is unknown)"
            if seen is not None
            else _why_not(people, share)
        )
        return {"smallest_lift": seen, "smallest_lift_said": said}
    seen = smallest_lift(people, rate.rate, share) if people >= 2 and share else None
    if seen is None:
        return {"smallest_lift": None, "smallest_lift_said": _why_not(people, share)}
    unable = cannot_tell(people, rate.rate, share, expected)
    usual = f"smallest lift this audience can show: {seen * 100:.1f}pp (80 % power, 5 % error, holdout {share:.0%})"
    return {"smallest_lift": seen, "smallest_lift_said": unable or usual}


def _why_not(people: int, share: float) -> str:
    if not share:
        return "no holdout: nobody will be able to say whether anybody came because of the messages"
    return f"this test cannot tell: {people:,} people with a holdout of {share:.0%} are too few for any lift"


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
