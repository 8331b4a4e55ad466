"""Staff bonus: who served the customers that came back, what is due to whom, and what they were told of them."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, frozen

from reactivate.contracts.contract import MOMENT
from reactivate.economics import DUE, bonuses, first_orders, per_staff, promoter_score
from reactivate.errors import SpecError
from reactivate.stages.draft import everybody
from reactivate.stages.facts import Known, bought, facts
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, counts, earlier, marked, whole, with_columns
from reactivate.stages.until import passes_until

HEAD = ("campaign", "staff", "person_id", "order_id", "ordered_on", "decided_on", "margin", "due", "currency", "state")


@frozen(eq=False)
class Bonus:
    """`rows`: one per treated pass that reached the goal, columns as `HEAD`. `scores`: what was said, by staff."""

    rows: pa.Table
    scores: pa.Table

    @property
    def due(self) -> pa.Table:
        """What is to be paid."""
        return self.rows.filter(pc.equal(self.rows["state"], DUE))

    def as_json(self, opened: Opened) -> dict[str, Any]:
        """`bonus/1`: sums per staff, how many wait, and every row that is due."""
        said = {row["staff"]: row for row in self.scores.to_pylist()}
        named = per_staff(self.rows).to_pylist()
        silent = [name for name in said if name not in {row["staff"] for row in named}]
        named += [{"staff": name, "customers": 0, "margin": 0, "due": 0} for name in silent]
        return {
            "format": "bonus/1",
            "campaign": opened.campaign.name,
            "as_of": str(opened.moment.day),
            "currency": opened.business.currency,
            "states": counts(self.rows["state"]),
            "due": float(pc.sum(self.due["due"]).as_py() or 0),
            "staff": [_person(row, said.get(row["staff"])) for row in named],
            "rows": [_plain(row) for row in self.due.to_pylist()],
        }


def bonus(opened: Opened, since: date | None = None, until: date | None = None) -> Bonus:
    """What is due by `staff_bonus` of the campaign, decided on the days from `since` to `until`; writes nothing.

    A bonus is decided once, when the pass is over (its `after_goal` done) and the order there; what comes to be known
    later changes nothing, so that a month that was paid stays as it was. SpecError R193 for a file without the
    key.
    """
    earned = _earned(opened)
    rows = _written(opened, earned.rows)
    scores = promoter_score(_answers(opened, earned.served, earned.known))
    return Bonus(_between(rows, since, until), scores)


def due_per_pass(opened: Opened) -> pa.Table | None:
    """`pass_id, due`: the same sums by the pass that earned them, up to now; None without `staff_bonus`."""
    if opened.campaign.staff_bonus is None:
        return None
    rows = _earned(opened).rows
    return rows.filter(pc.equal(rows["state"], DUE)).select(["pass_id", "due"])


@frozen(eq=False)
class _Earned:
    """`rows`: what `economics.bonuses` says. `served`: the passes with the first order of each."""

    rows: pa.Table
    served: pa.Table
    known: Known


def _earned(opened: Opened) -> _Earned:
    rule = None if opened.loaded.campaign is None else opened.campaign.staff_bonus
    if rule is None:
        message = f"{opened.loaded.path} has no `staff_bonus`, so nothing is due to anybody"
        raise SpecError.because("R193", message, "write `staff_bonus: {pay: 5% of margin}` in the campaign file")
    passes = _returned(opened)
    orders = _orders(opened, passes)
    known = _known(opened, passes, orders)
    judged = with_columns(passes, {"earns": _earns(opened, passes, known)})
    return _Earned(bonuses(orders, judged, share=float(rule.pay)), first_orders(orders, passes), known)


def _returned(opened: Opened) -> pa.Table:
    """Treated passes that reached the goal; an order counts for `follow` from entry."""
    passes = passes_until(opened.ledger.passes(opened.campaign.name, state=None), opened.moment.now)
    mine = passes.filter(pc.and_(pc.equal(passes["arm"], "treated"), pc.is_valid(passes["goal_at"])))
    follow = pa.scalar(timedelta(days=opened.campaign.goal.follow_for.days), pa.duration("us"))
    return mine.append_column("ends_at", pc.add(mine["entered_at"], follow))


def _orders(opened: Opened, passes: pa.Table) -> pa.Table:
    """Paid orders of these people up to now, with the margin of each."""
    orders = bought(opened.base.table("orders"))
    past = pc.less_equal(orders["ordered_at"], pa.scalar(opened.moment.now, MOMENT))
    mine = orders.filter(pc.and_(past, marked(orders["person_id"], passes["person_id"])))
    margin = pc.multiply(mine["amount"].cast(pa.float64()), opened.margin_shares(mine["category"]))
    # Ids of orders are their source's own: two sources may count from 1 both.
    ids = pc.binary_join_element_wise(mine["source"].cast(pa.string()), mine["order_id"], ":")
    return with_columns(mine, {"margin": margin, "order_id": ids})


def _known(opened: Opened, passes: pa.Table, orders: pa.Table) -> Known:
    """What was known of each pass when its bonus was decided: later answers do not count."""
    rule = opened.rules.bonus
    names = set() if rule is None else {name for name in rule.names if "." not in name}
    profiles = everybody(opened)[0] if names - {"ordered", "segment"} else passes.select(["person_id"])
    known = opened.memory.known(profiles)
    first = first_orders(orders, passes)
    decided = _later(first["ended_at"], first["ordered_at"])
    ends = pa.table({"pass_id": first["pass_id"], "decided_at": decided})
    limit = aligned(known.events["pass_id"], ends, "pass_id")["decided_at"]
    late = pc.fill_null(pc.greater(known.events["at"], limit), False)
    return evolve(known, events=known.events.filter(pc.invert(late)))


def _later(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.Array:
    """The later of two moments; where one is missing, the other."""
    first = earlier(left, right)
    return pc.if_else(pc.fill_null(pc.equal(first, left), False), pc.coalesce(right, left), pc.coalesce(left, right))


def _earns(opened: Opened, passes: pa.Table, known: Known) -> pa.Array:
    """Whether the rule is true for each pass; null = not known; true without a rule."""
    rule = opened.rules.bonus
    if rule is None:
        return pa.repeat(pa.scalar(True), passes.num_rows)
    return whole(rule.mask(facts(passes, rule.names, known)))


def _answers(opened: Opened, served: pa.Table, known: Known) -> pa.Table:
    """`staff, answer` of the steps that ask a question from 0 to 10."""
    nodes = [node for table in opened.tables.values() for node in (*table.nodes, *table.after_goal)]
    steps = [node.name for node in nodes if node.contacts and opened.business.marks & set(node.ask)]
    staff, answers = [pa.array([], pa.string())], [pa.array([], pa.string())]
    for name in dict.fromkeys(f"{step}.answer" for step in steps):
        staff.append(whole(served["staff"]))
        answers.append(whole(facts(served, [name], known)[name]).cast(pa.string()))
    return pa.table({"staff": pa.concat_arrays(staff), "answer": pa.concat_arrays(answers)})


def _written(opened: Opened, earned: pa.Table) -> pa.Table:
    rows, zone = earned.num_rows, str(opened.zone)
    days = {
        name: pc.local_timestamp(earned[moment].cast(pa.timestamp("us", tz=zone))).cast(pa.date32())
        for name, moment in (("ordered_on", "ordered_at"), ("decided_on", "decided_at"))
    }
    fixed = {"campaign": opened.campaign.name, "currency": opened.business.currency}
    columns = {name: pa.repeat(pa.scalar(value), rows) for name, value in fixed.items()}
    return with_columns(earned, {**days, **columns}).select(HEAD)


def _between(rows: pa.Table, since: date | None, until: date | None) -> pa.Table:
    """Rows decided on these days; what is not decided belongs to no period, and is shown only without one."""
    if since is None and until is None:
        return rows
    inside = pc.is_valid(rows["decided_on"])
    if since is not None:
        inside = pc.and_(inside, pc.greater_equal(rows["decided_on"], pa.scalar(since)))
    if until is not None:
        inside = pc.and_(inside, pc.less_equal(rows["decided_on"], pa.scalar(until)))
    return rows.filter(pc.fill_null(inside, False))


def _person(row: dict[str, Any], said: dict[str, Any] | None) -> dict[str, Any]:
    score = {"answers": 0, "promoters": 0, "detractors": 0, "score": None} if said is None else said
    return {**row, "margin": float(row["margin"]), "due": float(row["due"]), **score}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: str(row[name]) for name in ("ordered_on", "decided_on")}
    return {**row, **days, "margin": float(row["margin"]), "due": float(row["due"])}
