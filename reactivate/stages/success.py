"""What one success costs: before the start by the sums, afterwards by what was spent and what the holdout shows.

A goal that is no order brings no margin. Where the file says what it is `worth`, it is judged like an order; where it
does not, the plan says what one more of it costs and would have to be worth, and refuses nothing (DESIGN section 10).
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import NONE, Repeat
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.draft import Draft
from reactivate.stages.later_orders import LaterOrders
from reactivate.stages.lifts import Lifts
from reactivate.stages.offers import candidates_of
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, counts, with_columns

_TERMS = ("base_rate", "lift", "contact_cost", "offer_cost", "expected_cost", "cost_per_extra", "needed_worth",
          "break_even_lift")  # fmt: skip
_TRIED = (0.01, 0.05)
"""Lifts that an unknown one is told by: one point and five."""


def planned(opened: Opened, drafted: Draft, rate: BaseRate, lifts: Lifts) -> dict[str, Any] | None:
    """`goal, worth, rows` of a goal that is no order, one row per segment and offer; None of an order."""
    goal = opened.campaign.goal
    if goal.is_order:
        return None
    offered = drafted.candidates
    if offered is None:
        entrants = drafted.entry.entrants
        people = with_columns(aligned(entrants["person_id"], drafted.profiles), {"segment": entrants["segment"]})
        offered = candidates_of(opened, people, rate, LaterOrders(Repeat(None, None, 0), 0), lifts)
    worth = None if goal.worth is None else float(goal.worth.amount)
    rows = [
        _row(segment, offer, offered, worth, opened.business.currency)
        for segment in counts(offered["segment"])
        for offer in (NONE, *opened.campaign.offers)
    ]
    return {"goal": " or ".join(goal.event), "worth": worth, "currency": opened.business.currency, "rows": rows}


def _row(segment: str, offer: str, offered: pa.Table, worth: float | None, currency: str) -> dict[str, Any]:
    mine = offered.filter(pc.and_(pc.equal(offered["segment"], segment), pc.equal(offered["offer"], offer)))
    found: dict[str, Any] = {"segment": segment, "offer": offer, **{name: _median(mine[name]) for name in _TERMS}}
    found["lift_source"] = next(iter(counts(mine["lift_source"])), None)
    known = found["lift"] is not None and found["base_rate"] is not None and found["expected_cost"] is not None
    come = found["base_rate"] + found["lift"] if known else 0.0
    found["cost_per_success"] = found["expected_cost"] / come if come > 0 else None
    return found | {"said": _said(found, worth, currency)}


def _said(row: dict[str, Any], worth: float | None, currency: str) -> str:
    spent = (row["contact_cost"] or 0.0) + (row["offer_cost"] or 0.0)
    if row["lift"] is None:
        told = ", ".join(f"{(row['contact_cost'] or 0.0) / lift + (row['offer_cost'] or 0.0):,.2f} {currency} if "
                         f"{100 * lift:.0f}pp come because of it" for lift in _TRIED)  # fmt: skip
        return f"at most {spent:,.2f} {currency} a person; one more success costs {told}: no lift measured or assumed"
    if row["cost_per_extra"] is None:
        return f"at most {spent:,.2f} {currency} a person for no success at all: the lift counted on is not above zero"
    said = f"one more success costs {row['cost_per_extra']:,.2f} {currency}"
    if row["cost_per_success"] is not None:
        said += f", one in all {row['cost_per_success']:,.2f}"
    if row["needed_worth"] is None:
        return f"{said}; what it must be worth is not known, because the base rate is not"
    needed = f"{said}; it pays if a success is worth {row['needed_worth']:,.2f} or more"
    if worth is None:
        return f"{needed}: write `worth` under `goal` and it is judged by that"
    return f"{needed}, and it is worth {worth:,.2f}: it {'pays' if worth > row['needed_worth'] else 'does not pay'}"


def measured(opened: Opened, lift: dict[str, Any], money: dict[str, Any]) -> dict[str, Any]:
    """What one success and one more success cost so far, with the interval of the lift, and what they are worth.

    `lift` and `money` as the report has them. The money spent is known to the cent, so the interval of the cost is that
    of the extra successes turned round; its upper end is null while no lift at all is possible.
    """
    spent = money["contact_cost"] + money["offer_cost"] + (money["staff_bonus"] or 0.0)
    people, reached = lift["treated"], lift["treated_reached"]
    extra, low, high = (None if lift[name] is None else lift[name] * people for name in ("difference", "low", "high"))
    worth = None if opened.campaign.goal.worth is None else float(opened.campaign.goal.worth.amount)
    found: dict[str, Any] = {
        "what": "customer" if opened.campaign.goal.is_order else "success",
        "cost": round(spent, 2),
        "reached": reached,
        "per_reached": spent / reached if reached else None,
        "extra": extra,
        "extra_low": low,
        "extra_high": high,
        "per_extra": _each(spent, extra),
        "per_extra_low": _each(spent, high),
        "per_extra_high": _each(spent, low),
        "worth": worth,
        "profit": None if worth is None or extra is None else extra * worth - spent,
        "profit_low": None if worth is None or low is None else low * worth - spent,
        "profit_high": None if worth is None or high is None else high * worth - spent,
    }
    return found | {"said": _brought(found, money["currency"])}


def _brought(found: dict[str, Any], currency: str) -> str:
    what = found["what"]
    if found["extra"] is None:
        return f"what one more {what} costs is not known: there is no comparison"
    if not found["cost"]:
        return "nothing has been spent yet"
    each = f"{found['per_reached']:,.2f} {currency} per {what}" if found["reached"] else f"no {what} yet"
    if found["per_extra"] is None:
        said = f"{each}; nobody more came than would have come anyway, so one more {what} has no price"
    else:
        least = "" if found["per_extra_low"] is None else f"{found['per_extra_low']:,.2f} to "
        most = "no end" if found["per_extra_high"] is None else f"{found['per_extra_high']:,.2f}"
        said = f"{each}, {found['per_extra']:,.2f} {currency} per {what} who came because of it ({least}{most})"
        said = said if what == "customer" else said.replace("success who came", "success that came")
    if found["profit"] is None:
        return said
    return (
        f"{said}; worth {found['worth']:,.2f} each, that is {found['profit']:+,.2f} {currency} in all "
        f"({found['profit_low']:+,.2f} to {found['profit_high']:+,.2f})"
    )


def _each(spent: float, number: float | None) -> float | None:
    return spent / number if number is not None and number > 0 else None


def _median(values: pa.ChunkedArray) -> float | None:
    known = values.drop_null()
    return float(np.median(known.to_numpy())) if len(known) else None
