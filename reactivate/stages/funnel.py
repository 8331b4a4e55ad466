"""The funnel of a campaign, every share with the name and size of what it is a share of."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.opened import Opened
from reactivate.stages.tables import marked, whole


def funnel(
    opened: Opened, plan: dict[str, Any], treated: pa.Table, touches: pa.Table, events: pa.Table
) -> list[dict[str, Any]]:
    """Rows `name, people, of, of_people, share`; the goal is told by the last step handed over before it."""
    records, people = plan["people"]["records"], plan["people"]["people"]
    rows = [_row("doubles found", records - people, "records", records)]
    inside = treated.num_rows
    rows.append(_row("entered and treated", inside, "people", people))
    reached = treated.filter(pc.is_valid(treated["goal_at"]))
    steps = [str(node.name) for table in opened.tables.values() for node in table.nodes if node.contacts]
    for step in dict.fromkeys(steps):
        sent = touches.filter(pc.and_(pc.equal(touches["step"], step), pc.equal(touches["state"], "accepted")))
        rows.append(_row(f"{step}: handed over", sent.num_rows, "treated", inside))
        done = _goal_after(reached, step, steps, touches)
        rows.append(_row(f"{step}: then reached the goal", done, f"who got {step}", sent.num_rows))
    rows.append(_row("reached the goal", reached.num_rows, "treated", inside))
    for outcome, said in (("refused", "refused"), ("unreachable", "unreachable"), ("silent", "silent")):
        rows.append(_row(said, _ended(treated, outcome), "treated", inside))
    still = int(pc.sum(pc.equal(treated["state"], "inside")).as_py() or 0)
    rows.append(_row("still inside", still, "treated", inside))
    return rows


def _row(name: str, people: int, of: str, of_people: int) -> dict[str, Any]:
    share = people / of_people if of_people else 0.0
    return {"name": name, "people": people, "of": of, "of_people": of_people, "share": share}


def _ended(passes: pa.Table, outcome: str) -> int:
    return int(pc.sum(pc.fill_null(pc.equal(passes["outcome"], outcome), False)).as_py() or 0)


def _goal_after(reached: pa.Table, step: str, steps: list[str], touches: pa.Table) -> int:
    """People whose goal came after `step` was handed over and before any later step was."""
    later = steps[steps.index(step) + 1 :]
    sent = touches.filter(pc.is_in(touches["state"], pa.array(["accepted", "unknown"])))
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
