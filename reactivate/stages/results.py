"""What came of the steps: states, answers, results of calls, money per arm."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MOMENT
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, earlier, first_per, marked, whole

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


def money(opened: Opened, arms: dict[str, pa.Table], touches: pa.Table) -> dict[str, Any]:
    """Orders from entry to the end of `follow`, per person assigned; contacts paid."""
    orders = _followed(opened, pa.concat_tables(arms.values()))
    found = {arm: _sums(opened, orders.filter(pc.equal(orders["arm"], arm))) for arm in arms}
    contact = float(pc.sum(touches["cost"]).as_py() or 0)
    people = {arm: passes.num_rows for arm, passes in arms.items()}
    each = {arm: {name: _each(found[arm][name], people[arm]) for name in found[arm]} for arm in arms}
    rows = [
        {
            "name": name,
            "treated": found["treated"][name],
            "holdout": found["holdout"][name],
            "per_person_difference": _less(each["treated"][name], each["holdout"][name]),
        }
        for name in ("orders", "revenue", "margin")
    ]
    return {
        "contact_cost": contact,
        "revenue_treated": found["treated"]["revenue"],
        "revenue_holdout": found["holdout"]["revenue"],
        "margin_per_treated": each["treated"]["margin"],
        "margin_per_holdout": each["holdout"]["margin"],
        "currency": opened.business.currency,
        "rows": rows,
    }


def _followed(opened: Opened, passes: pa.Table) -> pa.Table:
    """Paid orders within `follow` of an entry: `arm, amount, category`; each belongs to the last entry before it."""
    orders = opened.base.table("orders")
    mine = orders.filter(pc.and_(orders["paid"], marked(orders["person_id"], passes["person_id"])))
    mine = mine.select(["person_id", "ordered_at", "amount", "category"])
    joined = mine.append_column("row", pa.array(range(mine.num_rows), pa.int64())).join(
        passes.select(["person_id", "entered_at", "arm"]), keys="person_id", join_type="inner"
    )
    follow = pa.scalar(timedelta(days=opened.campaign.goal.follow_for.days), pa.duration("us"))
    end = earlier(pc.add(joined["entered_at"], follow), pa.scalar(opened.moment.now, MOMENT))
    inside = pc.and_(pc.greater(joined["ordered_at"], joined["entered_at"]), pc.less_equal(joined["ordered_at"], end))
    return first_per(joined.filter(inside), "row", "entered_at", descending=True)


def _sums(opened: Opened, orders: pa.Table) -> dict[str, float | None]:
    """What these orders make; margin by category, null without one."""
    amount = pc.fill_null(orders["amount"].cast(pa.float64()), 0.0)
    margin = pc.multiply(whole(amount), opened.margin_shares(orders["category"]))
    known = opened.business.margin is not None
    return {
        "orders": float(pc.sum(pc.greater_equal(amount, 0)).as_py() or 0),
        "revenue": float(pc.sum(amount).as_py() or 0),
        "margin": float(pc.sum(margin).as_py() or 0) if known else None,
    }


def _each(total: float | None, people: int) -> float | None:
    return total / people if people and total is not None else None


def _less(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left - right
