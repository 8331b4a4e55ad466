"""How many messages each step may still send, and what they cost at most."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.nodes import Node
from reactivate.stages.draft import Draft
from reactivate.stages.opened import Opened
from reactivate.stages.tables import marked, whole
from reactivate.stages.touches import why_shut


def steps(opened: Opened, drafted: Draft, treated: pa.Table) -> list[dict[str, Any]]:
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
