"""The terms of E that belong to a person, each with its source: order value, margin, base rate, contacts."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.economics import ORDER, Success, credible_means, spread_over
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.candidates_cost import contacts_of
from reactivate.stages.later_orders import LaterOrders
from reactivate.stages.lifts import Lifts
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, marked, whole

Floats = NDArray[np.float64]
ENOUGH_CUSTOMERS = 500
"""So many people of the audience must have a forecast before it makes their base rates differ."""


def success_of(opened: Opened) -> Success:
    """What the goal of this campaign is, for the sums: an order, or something that is worth what the file says."""
    goal = opened.campaign.goal
    return ORDER if goal.is_order else Success("success", "worth", valued=goal.worth is not None)


def terms_of(opened: Opened, people: pa.Table, rate: BaseRate, later: LaterOrders, lifts: Lifts) -> pa.Table:
    """One row per person of `people` (profiles with `segment`), as `economics.candidates` takes them.

    `x_uses_<channel>`: contacts that one pass may need there. `x_order_mean`, `x_order_weight`: the person's own mean
    order and its weight against his segment's. `x_base_group`, `x_base_model`: the rate of his group, from holdout or
    history, and his own forecast, which spreads it.
    """
    contacts = contacts_of(opened)
    contact_cost, contact_source = contacts.cost(people["segment"])
    return pa.table(
        {
            "person_id": people["person_id"],
            "segment": people["segment"],
            **_base(opened, people, rate, lifts),
            **_worth(opened, people, later),
            "contact_cost": contact_cost,
            "contact_source": contact_source,
            **{f"x_uses_{name}": contacts.uses(name, people["segment"]) for name in limited_channels(opened)},
        }
    )


def limited_channels(opened: Opened) -> list[str]:
    """Channels of the journey that take only so many contacts in a period."""
    names = dict.fromkeys(name for name, _ in opened.outbound.ways)
    return [name for name in names if opened.business.channels[name].at_most is not None]


def bonus_share(opened: Opened) -> float:
    """Part of an order's margin that is due to staff, as if its rule were always true; 0 without `staff_bonus`."""
    due = opened.campaign.staff_bonus
    return 0.0 if due is None else float(due.pay)


def _base(opened: Opened, people: pa.Table, rate: BaseRate, lifts: Lifts) -> dict[str, Any]:
    """The chance to come by oneself: as measured of the group, spread over its people by the forecast of each."""
    group, source = lifts.base(people["segment"], rate.rate)
    if not opened.campaign.goal.is_order:
        return {"base_rate": _unasked(opened, group), "base_source": _where_known(group, source)}
    chance = _chance(people)
    codes = _codes(people["segment"]) if lifts.rates else np.zeros(people.num_rows, dtype=np.int64)
    spread = spread_over(_floats(group), _floats(chance), codes)
    return {"base_rate": _nullable(spread), "base_source": source, "x_base_group": group, "x_base_model": chance}


def _unasked(opened: Opened, group: pa.Array) -> pa.Array:
    """Nobody answers what he was not asked: 0 in place of an unknown rate where the goal is nothing but answers."""
    answers = all(event.startswith("answered_") for event in opened.campaign.goal.event)
    return pc.fill_null(group, 0.0) if answers else group


def _where_known(group: pa.Array, source: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(group), source, "assumption")


def _chance(people: pa.Table) -> pa.Array:
    """The forecast of each person, where a model could be fitted to enough customers; null where none was."""
    alive, chance = (whole(_column(people, name)).cast(pa.float64()) for name in ("chance_alive", "chance_order"))
    if len(alive) - alive.null_count < ENOUGH_CUSTOMERS:
        return pa.nulls(people.num_rows, pa.float64())
    return pc.if_else(pc.is_valid(alive), chance, None)


def _worth(opened: Opened, people: pa.Table, later: LaterOrders) -> dict[str, Any]:
    """What a success brings: the margin of the expected order and of those after it, or what the file says."""
    value = _order_value(opened, people)
    margin = pc.multiply(value["order_value"], opened.margin_shares(people["last_category"]))
    bonus = pc.multiply(pc.max_element_wise(margin, 0.0, skip_nulls=False), bonus_share(opened))
    goal, rows = opened.campaign.goal, people.num_rows
    if goal.is_order:
        return {
            **value,
            "margin": margin,
            "bonus": bonus,
            "repeat_rate": pa.repeat(pa.scalar(later.repeat.rate, pa.float64()), rows),
            "gap_days": pa.repeat(pa.scalar(later.repeat.gap_days, pa.float64()), rows),
            "later_source": pa.repeat(pa.scalar("history"), rows),
        }
    worth = pa.repeat(pa.scalar(None if goal.worth is None else float(goal.worth.amount), pa.float64()), rows)
    stated = pa.repeat(pa.scalar("stated"), rows)
    return {"order_value": worth, "value_source": stated, "margin": worth, "bonus": bonus, "permission_margin": margin}


def _order_value(opened: Opened, people: pa.Table) -> dict[str, Any]:
    """The usual order of each person, moved towards that of his segment as far as few orders leave it unsure."""
    orders = opened.memory.orders
    mine = orders.filter(pc.and_(pc.fill_null(orders["paid"], False), marked(orders["person_id"], people["person_id"])))
    amount = mine["amount"].cast(pa.float64())
    lines = pa.table({"person_id": mine["person_id"], "sum": amount, "square": pc.multiply(amount, amount)})
    lines = lines.filter(pc.fill_null(pc.greater(lines["sum"], 0.0), False))
    sums = lines.group_by("person_id").aggregate([("sum", "count"), ("sum", "sum"), ("square", "sum")])
    each = aligned(people["person_id"], sums)
    count, total, squares = (np.nan_to_num(_floats(each[name])) for name in ("sum_count", "sum_sum", "square_sum"))
    found = credible_means(count, total, squares, _codes(people["segment"]))
    return {
        "order_value": _nullable(found.values),
        "value_source": pa.repeat(pa.scalar("history"), people.num_rows),
        "x_order_mean": people["avg_order"].cast(pa.float64()),
        "x_order_weight": pa.array(found.weight),
    }


def _column(people: pa.Table, name: str) -> pa.ChunkedArray | pa.Array:
    return whole(people[name]) if name in people.column_names else pa.nulls(people.num_rows, pa.float64())


def _codes(segments: pa.ChunkedArray) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = whole(segments).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return codes.astype(np.int64)


def _floats(values: pa.Array | pa.ChunkedArray) -> Floats:
    return np.array(pc.fill_null(whole(values).cast(pa.float64()), np.nan), dtype=np.float64)


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))
