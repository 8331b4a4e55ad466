"""Money of a campaign, one row per person assigned: what each brought and cost, and what the campaign brought by it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.contracts.contract import MOMENT
from reactivate.experiment import gain
from reactivate.stages.money_read import per_person
from reactivate.stages.opened import Opened
from reactivate.stages.reading import Reading
from reactivate.stages.start import Start
from reactivate.stages.tables import aligned, earlier, first_per, marked, whole, with_columns

Floats = NDArray[np.float64]
YEAR = timedelta(days=365)
_ARMS = ("treated", "holdout")


def assigned(
    opened: Opened,
    passes: pa.Table,
    touches: pa.Table,
    offers: Mapping[int, float],
    start: Start,
    due: pa.Table | None = None,
) -> pa.Table:
    """`pass_id, arm, came, orders, revenue, margin, cost, before`: one row per pass, zeros included, in its order.

    Orders count from the entry to the end of `follow` as it was fixed for the version; margin is null without `margin`
    in the business file; `cost` is contacts and offer; `before` is the revenue of the year before the entry.
    With `due`, the staff bonus of some passes (`pass_id, due`), there is a column `staff_bonus` too.
    """
    found = _per_pass(opened, followed(opened, passes, start), passes)
    contacts = touches.group_by("pass_id").aggregate([("cost", "sum")])
    spent = pc.fill_null(aligned(passes["pass_id"], contacts, "pass_id")["cost_sum"].cast(pa.float64()), 0.0)
    given = pa.array([offers.get(number, 0.0) for number in passes["pass_id"].to_pylist()], pa.float64())
    before = _per_pass(opened, _year_before(opened, passes), passes)["revenue"]
    return pa.table(
        {
            "pass_id": passes["pass_id"],
            "arm": passes["arm"],
            "came": pc.is_valid(passes["goal_at"]).cast(pa.float64()),
            **{name: found[name] for name in ("orders", "revenue", "margin")},
            "cost": pc.add(whole(spent), given),
            "before": before,
            **({} if due is None else {"staff_bonus": _due(passes, due)}),
        }
    )


def told(opened: Opened, table: pa.Table, reading: Reading, contact_cost: float, passes: pa.Table) -> dict[str, Any]:
    """Sums per arm, differences per person with their intervals, and the gain of the whole campaign."""
    known = opened.business.margin is not None
    arms = {arm: table.filter(pc.equal(table["arm"], arm)) for arm in _ARMS}
    bonus = ("staff_bonus",) if "staff_bonus" in table.column_names else ()
    names = ("orders", "revenue", *(("margin",) if known else ()), *bonus)
    sums = {arm: {name: float(pc.sum(rows[name]).as_py() or 0) for name in names} for arm, rows in arms.items()}
    each = {arm: {name: total / max(arms[arm].num_rows, 1) for name, total in sums[arm].items()} for arm in _ARMS}
    both = all(rows.num_rows for rows in arms.values()) and reading.kind != "askew"
    rows = [
        {"name": name, "treated": sums["treated"].get(name), "holdout": sums["holdout"].get(name),
         "per_person_difference": each["treated"][name] - each["holdout"][name] if both and name in names else None}
        for name in ("orders", "revenue", "margin", *bonus)
    ]  # fmt: skip
    each_person = per_person(opened, table, reading, passes) if both else []
    offers = float(pc.sum(table["cost"]).as_py() or 0) - contact_cost
    return {
        "contact_cost": contact_cost,
        "offer_cost": round(max(offers, 0.0), 2),
        "staff_bonus": sum(side["staff_bonus"] for side in sums.values()) if bonus else None,
        "revenue_treated": sums["treated"]["revenue"],
        "revenue_holdout": sums["holdout"]["revenue"],
        "margin_per_treated": each["treated"].get("margin") if arms["treated"].num_rows else None,
        "margin_per_holdout": each["holdout"].get("margin") if arms["holdout"].num_rows else None,
        "currency": opened.business.currency,
        "rows": rows,
        "per_person": each_person,
        "gain": _gain(arms, each_person[-1], reading) if both and known else None,
        "final": reading.final,
    }


def _gain(arms: Mapping[str, pa.Table], profit: Mapping[str, Any], reading: Reading) -> dict[str, Any] | None:
    """Extra revenue, margin and profit, extra customers and what one of them cost; the interval is that of `profit`."""
    names = {"revenue", "margin", "cost", "came", "staff_bonus"}
    sides = [{name: _floats(arms[arm], name) for name in names & set(arms[arm].column_names)} for arm in _ARMS]
    found = gain(sides[0], sides[1])
    if found is None or reading.final:
        return None if found is None else attrs.asdict(found)
    ends = {end: None if profit[end] is None else profit[end] * found.people for end in ("low", "high")}
    return attrs.asdict(found) | ends


def followed(opened: Opened, passes: pa.Table, start: Start) -> pa.Table:
    """Paid orders from an entry to the end of its `follow`: `pass_id, ordered_at, amount, category`.

    An order belongs to the last entry before it.
    """
    ends = pa.repeat(pa.scalar(None, MOMENT), passes.num_rows)
    for version in pc.unique(passes["version"]).to_pylist():
        follow = pa.scalar(timedelta(days=start.window(version).follow.days), pa.duration("us"))
        mine = whole(pc.equal(passes["version"], version))
        ends = pc.if_else(mine, whole(pc.add(passes["entered_at"], follow)), ends)
    until = earlier(ends, pa.scalar(opened.moment.now, MOMENT))
    joined = _orders_of(opened, with_columns(passes.select(["pass_id", "person_id", "entered_at"]), {"until": until}))
    inside = pc.and_(
        pc.greater(joined["ordered_at"], joined["entered_at"]), pc.less_equal(joined["ordered_at"], joined["until"])
    )
    return first_per(joined.filter(inside), "row", "entered_at", descending=True)


def _year_before(opened: Opened, passes: pa.Table) -> pa.Table:
    """Paid orders of the year before each entry: known before the lot was drawn, so they cannot bias."""
    since = pc.subtract(passes["entered_at"], pa.scalar(YEAR, pa.duration("us")))
    joined = _orders_of(opened, with_columns(passes.select(["pass_id", "person_id", "entered_at"]), {"since": since}))
    inside = pc.and_(
        pc.greater(joined["ordered_at"], joined["since"]), pc.less_equal(joined["ordered_at"], joined["entered_at"])
    )
    return joined.filter(inside)


def _orders_of(opened: Opened, passes: pa.Table) -> pa.Table:
    """Every paid order with every pass of its person."""
    orders = opened.base.table("orders")
    mine = orders.filter(pc.and_(orders["paid"], marked(orders["person_id"], passes["person_id"])))
    mine = mine.select(["person_id", "ordered_at", "amount", "category"])
    mine = mine.append_column("row", pa.array(np.arange(mine.num_rows)))
    return mine.join(passes, keys="person_id", join_type="inner")


def _per_pass(opened: Opened, orders: pa.Table, passes: pa.Table) -> pa.Table:
    """`orders, revenue, margin` summed per pass, zeros included; margin by category, null where there is none."""
    amount = pc.fill_null(whole(orders["amount"]).cast(pa.float64()), 0.0)
    margin = pc.multiply(amount, opened.margin_shares(orders["category"]))
    lines = pa.table(
        {"pass_id": orders["pass_id"], "orders": pc.greater_equal(amount, 0).cast(pa.float64()), "revenue": amount,
         "margin": margin.cast(pa.float64())}
    )  # fmt: skip
    sums = lines.group_by("pass_id", use_threads=False).aggregate([(name, "sum") for name in lines.column_names[1:]])
    sums = sums.rename_columns(["pass_id", "orders", "revenue", "margin"])
    mine = aligned(passes["pass_id"], sums, "pass_id")
    return pa.table({name: pc.fill_null(mine[name], 0.0) for name in ("orders", "revenue", "margin")})


def _due(passes: pa.Table, due: pa.Table) -> pa.Array:
    """Staff bonus per pass; nothing where nothing is due, so never of those left alone."""
    return pc.fill_null(whole(aligned(passes["pass_id"], due, "pass_id")["due"]).cast(pa.float64()), 0.0)


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()))
