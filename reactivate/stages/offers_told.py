"""What a plan says of offers and money: each offer with its refusals in words, the allocation with its prices."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, fields

from reactivate.diagnostics import Diagnostic
from reactivate.economics import DEFAULT, closed, remarks
from reactivate.economics.constants import Assumptions
from reactivate.stages.allocation import limits_of, pools
from reactivate.stages.choice import Choice, Limits
from reactivate.stages.draft import Draft, room
from reactivate.stages.named_offers import refusals
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, marked, whole

_MOST_REASONS = 3


def summaries(opened: Opened, drafted: Draft) -> list[dict[str, Any]]:
    """One row per offer: who may have it, who gets it, its sums (medians over the audience), and why it is refused."""
    if drafted.candidates is None or drafted.entry.choice is None:
        return []
    treated = drafted.entry.entrants.filter(pc.equal(drafted.entry.entrants["arm"], "treated"))
    return [
        _summary(opened, name, drafted.candidates, drafted.entry.choice, treated) for name in opened.campaign.offers
    ]


def _summary(opened: Opened, name: str, offered: pa.Table, choice: Choice, treated: pa.Table) -> dict[str, Any]:
    rows = offered.filter(pc.equal(offered["offer"], name))
    free = rows.filter(pc.is_null(rows["verdict"]))
    taken = choice.taken.filter(pc.equal(choice.taken["offer"], name))
    gets = treated.filter(pc.equal(treated["offer"], name))
    costs = rows.filter(marked(rows["person_id"], gets["person_id"]))["offer_cost"]
    said, refused = _said(rows, free, taken, opened.business.currency), _refusals(rows)
    return {
        "name": name,
        "use": opened.campaign.offers[name].use,
        "gives": opened.outbound.offer(name).terms.gives,
        **{key: _median(rows[key]) for key in ("break_even_lift", "largest_offer", "offer_cost", "wasted_share")},
        "payback_orders": _median(free["payback_orders"]),
        "lift": _median(rows["lift"]),
        "lift_source": next(iter(counts(rows["lift_source"])), None),
        "said": said,
        "refused": refused,
        "allowed": free.num_rows,
        "people": taken.num_rows,
        "treated": gets.num_rows,
        "expected_profit": pc.sum(taken["expected_profit"]).as_py(),
        "at_most": round(float(pc.sum(costs).as_py() or 0), 2),
    }


def _said(rows: pa.Table, free: pa.Table, taken: pa.Table, currency: str) -> str:
    if not rows.num_rows:
        return "nobody to judge"
    if not free.num_rows:
        return f"refused for all {rows.num_rows:,}: {_refusals(rows)[0]['example']}"
    allowed = f"allowed for {free.num_rows:,} of {rows.num_rows:,}"
    if not len(free["expected_profit"].drop_null()):
        return f"{allowed}; undecided: no lift measured or assumed"
    profit = float(pc.sum(taken["expected_profit"]).as_py() or 0)
    return f"{allowed}, best for {taken.num_rows:,}: expected {profit:,.2f} {currency} in all"


def _refusals(rows: pa.Table) -> list[dict[str, Any]]:
    """Refusals of one kind together, most frequent first: `people`, and the sentence said most often as `example`."""
    found = rows["verdict"].drop_null()
    kinds: dict[str, list[tuple[str, int]]] = {}
    for sentence, people in counts(found).items():
        kinds.setdefault(_kind(sentence), []).append((sentence, people))
    grouped: list[dict[str, Any]] = [
        {"people": sum(people for _, people in said), "example": max(said, key=lambda item: item[1])[0]}
        for said in kinds.values()
    ]
    return sorted(grouped, key=lambda row: -row["people"])[:_MOST_REASONS]


def _kind(sentence: str) -> str:
    """A refusal without its figures."""
    return "".join(letter for letter in sentence.split(":", maxsplit=1)[0] if not letter.isdigit())


def _median(values: pa.ChunkedArray) -> float | None:
    known = values.drop_null()
    return float(np.median(known.to_numpy())) if len(known) else None


def allocation_told(opened: Opened, drafted: Draft) -> dict[str, Any] | None:
    """How offers were shared out: total, distance from the optimum, and per limit what one more unit would bring."""
    choice = drafted.entry.choice
    if choice is None or drafted.later is None:
        return None
    found, bounds = choice.allocation, limits_of(opened, room(opened))
    return {
        "people": choice.taken.num_rows,
        "undecided": choice.undecided,
        "expected_profit": round(found.total, 2),
        "bound": round(found.bound, 2),
        "gap": found.gap,
        "expected_cost": round(float(pc.sum(choice.taken["cost"]).as_py() or 0), 2),
        "limits": [
            {"limit": name, "most": most, "used": found.used.get(name), "price": found.prices.get(name)}
            | {"last_in": _last_in(found.last_in.get(name))}
            for name, most in _most(bounds).items()
        ],
        "segments": _segments(drafted, choice),
        "later_orders": {
            "rate": drafted.later.repeat.rate,
            "gap_days": drafted.later.repeat.gap_days,
            "orders": drafted.later.repeat.orders,
            "silence_days": drafted.later.silence_days,
            "chance_of_payback": _hoped(opened, drafted),
            "said": drafted.later.said,
        },
        "assumptions": [
            {"name": field.name, "value": asdict(DEFAULT)[field.name], "source": field.metadata["doc"]}
            for field in fields(Assumptions)
        ],
    }


def _hoped(opened: Opened, drafted: Draft) -> float | None:
    """q(payback): chance of as many later orders as the campaign gives its money to come back."""
    limit = opened.campaign.limits.payback
    return None if limit is None or drafted.later is None else drafted.later.chance_of(int(limit))


def _most(bounds: Limits) -> dict[str, float]:
    """Every limit under the name that the allocation gives it."""
    found: dict[str, float] = {}
    if bounds.budget is not None:
        found["budget"] = bounds.budget
        found |= {f"at_most.{name}": share * bounds.budget for name, share in bounds.at_most.items()}
    found |= {f"pool.{name}": float(size) for name, size in bounds.pools.items()}
    found |= {f"capacity.{name}": most for name, most in bounds.capacities.items()}
    if bounds.people is not None:
        found["people"] = float(bounds.people)
    return found


def _last_in(found: Any) -> dict[str, Any] | None:
    """Who got the last of a limit, by his id, which `explain` takes: his offer and what he brings."""
    if found is None:
        return None
    profit = round(found.expected_profit, 4)
    return {"person_id": found.person_id, "offer": found.offer, "expected_profit": profit}


def _segments(drafted: Draft, choice: Choice) -> list[dict[str, Any]]:
    """Money per segment: people and offers, expected profit and cost, of all who enter, the holdout included."""
    entrants = drafted.entry.entrants.select(["person_id", "segment", "offer"])
    joined = entrants.join(choice.taken.select(["person_id", "expected_profit", "cost"]), "person_id")
    rows = []
    for segment, people in counts(joined["segment"]).items():
        mine = joined.filter(pc.equal(joined["segment"], segment))
        rows.append(
            {
                "segment": segment,
                "people": people,
                "offers": counts(mine["offer"]),
                "expected_profit": _rounded(pc.sum(mine["expected_profit"]).as_py()),
                "expected_cost": _rounded(pc.sum(mine["cost"]).as_py()),
            }
        )
    return rows


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def warnings(opened: Opened, drafted: Draft) -> list[str]:
    """What the owner should hear before the start, though it forbids nothing: pools, waste, costs."""
    choice = drafted.entry.choice
    if drafted.candidates is None or choice is None:
        return []
    judged = pa.concat_arrays([whole(choice.taken["person_id"]), whole(choice.left["person_id"])])
    mine = drafted.candidates.filter(marked(drafted.candidates["person_id"], judged))
    prices = {name: opened.business.channels[name].cost for name, _ in opened.outbound.ways}
    costs = {name: None if price is None else float(price.amount) for name, price in prices.items()}
    found = remarks(mine, pools=pools(opened), channel_costs=costs)
    if drafted.due:
        found += closed(mine, _most(limits_of(opened, room(opened))))
    return [f"{item.code} {item.message}" for item in found]


def refused(opened: Opened, drafted: Draft) -> list[Diagnostic]:
    """Why no run may follow this plan: named offers that lose money or run dry."""
    if drafted.candidates is None or drafted.entry.choice is None or not drafted.due:
        return []
    return list(refusals(opened, drafted.candidates, drafted.entry.choice))
