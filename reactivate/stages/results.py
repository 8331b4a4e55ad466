"""What came of the steps: states, answers, results of calls, variants."""

from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.experiment import compare
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, counts, whole

STATES = ("accepted", "rejected", "unknown", "skipped", "expired", "suppressed", "cancelled", "dead")


def steps(opened: Opened, touches: pa.Table, events: pa.Table) -> list[dict[str, Any]]:
    """One row per contact step in document order: touches by state, what came back, cost."""
    nodes = {
        str(n.name): n for table in opened.tables.values() for n in (*table.nodes, *table.after_goal) if n.contacts
    }
    rows = []
    for name, node in nodes.items():
        mine = touches.filter(pc.equal(touches["step"], name))
        back = events.filter(pc.equal(events["step"], name))
        by_state = counts(mine["state"])
        heard = {kind: _passes(back, kind) for kind in ("clicked", "answered", "bounced")}
        accepted = by_state.get("accepted", 0)
        rows.append(
            {
                "step": name,
                "verb": node.verb,
                "channel": " or ".join(node.by),
                "planned": mine.num_rows,
                **{state: by_state.get(state, 0) for state in STATES},
                "open": sum(by_state.get(state, 0) for state in ("planned", "claimed", "sending")),
                "delivered": accepted - heard["bounced"],
                **heard,
                "cost": float(pc.sum(mine["cost"]).as_py() or 0),
            }
        )
    return rows


def _passes(events: pa.Table, kind: str) -> int:
    of_kind = events.filter(pc.equal(events["kind"], kind))
    return int(pc.count_distinct(of_kind["pass_id"]).as_py())


def skipped(touches: pa.Table) -> list[dict[str, Any]]:
    """Why steps were not done."""
    gone = touches.filter(
        pc.is_in(touches["state"], pa.array(["skipped", "suppressed", "expired", "cancelled", "dead"]))
    )
    found = gone.group_by(["step", "reason"]).aggregate([([], "count_all")]).sort_by([("count_all", "descending")])
    return [{"step": r["step"], "reason": r["reason"], "people": r["count_all"]} for r in found.to_pylist()]


def calls(events: pa.Table) -> list[dict[str, Any]]:
    """Results of calls; each pass counts with its latest."""
    results = events.filter(pc.equal(events["kind"], "result")).sort_by([("at", "ascending")])
    last = results.group_by(["step", "pass_id"], use_threads=False).aggregate([("value", "last")])
    found = last.group_by(["step", "value_last"]).aggregate([([], "count_all")]).sort_by([("count_all", "descending")])
    return [{"step": r["step"], "result": r["value_last"], "people": r["count_all"]} for r in found.to_pylist()]


def answers(opened: Opened, events: pa.Table) -> list[dict[str, Any]]:
    """How often each word was answered, per question; an answer of several words counts for each."""
    given = events.filter(pc.equal(events["kind"], "answered"))
    found: dict[tuple[str, str], int] = {}
    for text in given["value"].drop_null().to_pylist():
        question, _, words = text.partition("=")
        for word in filter(None, words.split(",")):
            found[question, word] = found.get((question, word), 0) + 1
    rows = []
    for (question, word), people in sorted(found.items(), key=lambda item: (item[0][0], -item[1])):
        spec = opened.business.questions.get(question)
        choices = spec.choices if spec is not None and isinstance(spec.choices, dict) else {}
        rows.append({"question": question, "word": word, "label": str(choices.get(word, word)), "people": people})
    return rows


def variants(touches: pa.Table, passes: pa.Table) -> list[dict[str, Any]]:
    """Arms of every `split` against its first one by name: of those who came to the step, who reached the goal then.

    The variant is drawn by lot among those who come to the step, so they are compared with each other and never with
    the holdout, part of whom would not have come so far.
    """
    drawn = touches.filter(pc.is_valid(touches["variant"]))
    goal = aligned(drawn["pass_id"], passes, "pass_id")["goal_at"]
    after = pc.fill_null(pc.greater_equal(whole(goal), whole(drawn["planned_at"])), False)
    rows = []
    for step in sorted(counts(drawn["step"])):
        here = pc.equal(drawn["step"], step)
        mine, came = drawn.filter(here), np.asarray(pc.filter(after, whole(here))).astype(np.float64)
        names = sorted(counts(mine["variant"]))
        arm = np.array([names.index(name) for name in mine["variant"].to_pylist()], dtype=np.int64)
        found = compare(arm, names, 0, {"goal": came})
        first = np.flatnonzero(arm == 0)
        rows.append({"step": step, "first": names[0], "first_n": len(first), "first_reached": int(came[first].sum()),
                     "arms": [attrs.asdict(one) for one in found]})  # fmt: skip
    return rows
