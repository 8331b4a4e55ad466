"""The funnel of a campaign, every share with the name and size of what it is a share of."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, marked, whole


def funnel(
    opened: Opened, plan: dict[str, Any], treated: pa.Table, touches: pa.Table, events: pa.Table
) -> list[dict[str, Any]]:
    """Rows `name, people, of, of_people, share`; the goal is told by the last step handed over before it.

    Whoever reached the goal counts there alone, however the pass ended: so the ends make up all who were treated.
    """
    records, people = plan["people"]["records"], plan["people"]["people"]
    rows = [_row("doubles found", records - people, "records", records)]
    inside = treated.num_rows
    rows.append(_row("entered and treated", inside, "people", people))
    reached = treated.filter(pc.is_valid(treated["goal_at"]))
    steps = [str(node.name) for table in opened.tables.values() for node in table.nodes if node.contacts]
    handed = touches.filter(pc.equal(touches["state"], "accepted"))
    for step in dict.fromkeys(steps):
        got = handed.filter(pc.equal(handed["step"], step)).num_rows
        rows.append(_row(f"{step}: handed over", got, "treated", inside))
        done = _goal_after(reached, step, steps, handed)
        rows.append(_row(f"{step}: then reached the goal", done, f"who got {step}", got))
    rows.append(_row("reached the goal", reached.num_rows, "treated", inside))
    missed = treated.filter(pc.is_null(treated["goal_at"]))
    ends = dict.fromkeys(_ALWAYS, 0) | counts(missed["outcome"])
    rows += [_row(outcome, number, "treated", inside) for outcome, number in ends.items()]
    still = int(pc.sum(pc.equal(missed["state"], "inside")).as_py() or 0)
    rows.append(_row("still inside", still, "treated", inside))
    return rows


_ALWAYS = ("refused", "unreachable")
"""Outcomes that are told even when nobody had them."""


def _row(name: str, people: int, of: str, of_people: int) -> dict[str, Any]:
    share = people / of_people if of_people else 0.0
    return {"name": name, "people": people, "of": of, "of_people": of_people, "share": share}


def _goal_after(reached: pa.Table, step: str, steps: list[str], sent: pa.Table) -> int:
    """People whose goal came after `step` was handed over and before any later one was. `sent`: those handed over."""
    later = steps[steps.index(step) + 1 :]
    got = reached.filter(_sent_before_goal(reached, sent.filter(pc.equal(sent["step"], step))))
    for name in later:
        got = got.filter(pc.invert(_sent_before_goal(got, sent.filter(pc.equal(sent["step"], name)))))
    return int(got.num_rows)


def _sent_before_goal(passes: pa.Table, sent: pa.Table) -> pa.Array:
    joined = sent.select(["pass_id", "done_at"]).join(
        passes.select(["pass_id", "goal_at"]), keys="pass_id", join_type="inner"
    )
    before = joined.filter(pc.less_equal(joined["done_at"], joined["goal_at"]))
    return marked(passes["pass_id"], whole(before["pass_id"]))
