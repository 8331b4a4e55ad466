"""Who of the reachable enters with which offer: what the allocation decides, and what nobody can decide yet."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.economics import Allocation, allocate, left_out
from reactivate.experiment import assign
from reactivate.stages.tables import aligned, first_per, marked, whole


@frozen(eq=False)
class Choice:
    """`taken`: person_id, offer, expected_profit (null = undecided) and cost. `left`: person_id, reason, detail.

    `allocation`: what was decided by sums, `undecided` how many enter without an offer because no lift is known;
    `explored` who of `taken` was turned away by the sums and enters by lot (`exploration`).
    """

    taken: pa.Table
    left: pa.Table
    allocation: Allocation
    undecided: int
    explored: pa.Array | None = None


@frozen(kw_only=True, eq=False)
class Limits:
    """What bounds this campaign now, as `economics.allocate` takes it."""

    budget: float | None = None
    at_most: Mapping[str, float] = field(factory=dict)
    pools: Mapping[str, int] = field(factory=dict)
    draws: Mapping[str, str] = field(factory=dict)
    capacities: Mapping[str, float] = field(factory=dict)
    people: int | None = None


def choose(candidates: pa.Table, people: pa.Array, *, limits: Limits, secret: bytes, campaign: str) -> Choice:
    """Share offers out among `people`, who are reachable; the others of `candidates` are not looked at.

    Whoever can be judged by his sums is chosen by them. Of whom no lift is known enters with the cheapest, by lot,
    as far as the money for his contacts goes: an unknown lift refuses nobody (DESIGN section 10).
    """
    mine = candidates.filter(marked(candidates["person_id"], people))
    unsure = _undecided(mine)
    unknown = whole(unsure["person_id"])
    sums = mine.filter(pc.invert(marked(mine["person_id"], unknown)))
    there = set(pc.unique(sums["offer"]).to_pylist())
    found = allocate(
        sums,
        budget=limits.budget,
        at_most=limits.at_most,
        pools={name: size for name, size in limits.pools.items() if name in there},
        draws=limits.draws,
        capacities=limits.capacities,
        people=limits.people,
    )
    lots = assign(unknown, secret=secret, salt=f"{campaign}/order")
    unknown = unknown.take(pa.array(np.argsort(lots, kind="stable")))
    price = _price(mine)
    room = len(unknown) if limits.budget is None or not price else int((limits.budget - found.used["budget"]) / price)
    entering, late = unknown[: max(0, room)], unknown[max(0, room) :]
    taken = pa.concat_tables([found.chosen.select(_TAKEN.names), _unpriced(aligned(entering, unsure), price)])
    left = pa.concat_tables([left_out(sums, found), _over_budget(late)])
    return Choice(taken, left, found, len(entering))


_TAKEN = pa.schema(
    [("person_id", pa.string()), ("offer", pa.string()), ("expected_profit", pa.float64()), ("cost", pa.float64())]
)


def _undecided(candidates: pa.Table) -> pa.Table:
    """`person_id, offer` of people whom no sum can judge, though nothing speaks against them: the cheapest offer."""
    free = pc.is_null(candidates["verdict"])
    worth = pc.and_(free, pc.greater(candidates["expected_profit"], 0))
    decided = candidates["person_id"].filter(pc.fill_null(worth, False))
    open_ = candidates.filter(pc.and_(free, pc.is_null(candidates["expected_profit"])))
    mine = open_.filter(pc.invert(marked(open_["person_id"], decided)))
    return first_per(mine.select(["person_id", "offer", "offer_cost"]), "person_id", "offer_cost")


def _price(candidates: pa.Table) -> float:
    """Cost of the contacts of one pass."""
    return float(pc.max(candidates["contact_cost"]).as_py() or 0.0)


def _unpriced(people: pa.Table, price: float) -> pa.Table:
    rows = people.num_rows
    columns = [whole(people["person_id"]), whole(people["offer"])]
    return pa.table([*columns, pa.nulls(rows, pa.float64()), pa.repeat(price, rows)], schema=_TAKEN)


def _over_budget(people: pa.Array) -> pa.Table:
    rows = len(people)
    detail = "the budget is used up; no lift is measured or assumed"
    return pa.table({"person_id": people, "reason": pa.repeat("over_limit", rows), "detail": pa.repeat(detail, rows)})
