"""In a segment that the sums shut out, a few are taken in all the same, so that the sums can be found wrong.

Whom the sums turn away is never written to, so nothing would ever show that they are mistaken: the segment stays shut
for ever. So where hardly anybody of a segment is chosen, a few of it enter by lot, under the same holdout as everybody
else, and a later plan measures them.
Never explored is what no measurement could change: an offer that loses money on each extra order, one that its `if`,
a payback or a guard forbids.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve
from numpy.typing import NDArray

from reactivate.experiment import assign
from reactivate.stages.choice import Choice, Limits
from reactivate.stages.tables import aligned, counts, first_per, marked, whole

PART = 0.10
"""Exploration takes at most this part of what is left of money, codes, contacts and places."""
_UNSURE = "breaks even at a lift of"
"""How the refusal begins that a better measurement could lift."""
_TAKEN = ("person_id", "offer", "expected_profit", "cost")

ChooseWithin = Callable[[pa.Array, Limits], Choice]


def explored(
    choose: ChooseWithin,
    candidates: pa.Table,
    people: pa.Array,
    limits: Limits,
    *,
    share: float,
    secret: bytes,
    salt: str,
) -> Choice:
    """What `choose` decides for `people`; of segments of which less than `share` is chosen, a lot of `share` beside.

    Where a limit is tight, the others are chosen once more from what exploration leaves.
    """
    choice = choose(people, limits)
    shut = candidates.filter(marked(candidates["segment"], _shut(candidates, people, choice, share)))
    tried = _tried(shut, choice, limits, share=share, secret=secret, salt=salt)
    if not tried.num_rows:
        return choice
    ids = whole(tried["person_id"])
    if choice.left.filter(pc.equal(choice.left["reason"], "over_limit")).num_rows:
        choice = choose(people.filter(pc.invert(marked(people, ids))), _less(limits, tried))
    taken = pa.concat_tables([choice.taken, tried.select(_TAKEN).cast(choice.taken.schema)])
    left = choice.left.filter(pc.invert(marked(choice.left["person_id"], ids)))
    allocation = evolve(choice.allocation, used=_used(choice, limits, tried))
    return evolve(choice, taken=taken, left=left, explored=ids, allocation=allocation)


def _shut(candidates: pa.Table, people: pa.Array, choice: Choice, share: float) -> pa.Array:
    """Segments of which less than `share` of the people is chosen: they would stay unmeasured."""
    theirs = candidates.filter(marked(candidates["person_id"], people))
    each = theirs.group_by(["person_id", "segment"]).aggregate([])
    all_ = counts(each["segment"])
    chosen = counts(each.filter(marked(each["person_id"], choice.taken["person_id"]))["segment"])
    return pa.array([name for name, size in all_.items() if chosen.get(name, 0) < share * size], pa.string())


def _used(choice: Choice, limits: Limits, tried: pa.Table) -> dict[str, float]:
    """What is used of each limit, exploration included."""
    used = dict(choice.allocation.used)
    more = {"budget": float(pc.sum(tried["cost"]).as_py() or 0), "people": float(tried.num_rows)}
    for segment in limits.at_most:
        mine = tried.filter(pc.equal(tried["segment"], segment))
        more[f"at_most.{segment}"] = float(pc.sum(mine["cost"]).as_py() or 0)
    more |= {f"pool.{name}": float(_draws(tried, limits, name).sum()) for name in limits.pools}
    more |= {f"capacity.{name}": float(pc.sum(tried[f"x_uses_{name}"]).as_py() or 0) for name in limits.capacities}
    return {name: amount + more.get(name, 0.0) for name, amount in used.items()}


def _tried(candidates: pa.Table, choice: Choice, limits: Limits, *, share: float, secret: bytes, salt: str) -> pa.Table:
    """Candidates of the lot: of each person turned away the offer that loses least, in the order of the lot."""
    gone = candidates.filter(marked(candidates["person_id"], choice.left["person_id"]))
    verdict = pc.coalesce(gone["verdict"], pa.scalar(_UNSURE))
    open_ = gone.filter(pc.starts_with(verdict, _UNSURE))
    if not open_.num_rows:
        return _with_cost(open_)
    loss = pc.negate(pc.fill_null(open_["expected_profit"].cast(pa.float64()), -np.inf))
    best = first_per(open_.append_column("loss", loss), "person_id", "loss")
    lots = assign(whole(best["person_id"]), secret=secret, salt=salt)
    picked = np.flatnonzero(lots < share)
    best = best.take(pa.array(picked[np.argsort(lots[picked], kind="stable")]))
    return _with_cost(best.filter(pa.array(_within(best, limits))))


def _with_cost(rows: pa.Table) -> pa.Table:
    return rows.append_column("cost", pc.fill_null(rows["expected_cost"].cast(pa.float64()), 0.0))


def _within(rows: pa.Table, limits: Limits) -> NDArray[np.bool_]:
    """As many, in their order, as a part of every limit allows."""
    keep = np.ones(rows.num_rows, dtype=bool)
    cost = np.asarray(pc.fill_null(rows["expected_cost"].cast(pa.float64()), 0.0))
    if limits.budget is not None:
        keep &= _up_to(cost, keep, PART * limits.budget)
        for segment, part in limits.at_most.items():
            here = np.asarray(pc.equal(rows["segment"], segment))
            keep &= ~here | _up_to(cost * here, keep, PART * part * limits.budget)
    for name, left in limits.pools.items():
        keep &= _up_to(_draws(rows, limits, name), keep, PART * left)
    for name, most in limits.capacities.items():
        keep &= _up_to(np.asarray(rows[f"x_uses_{name}"].cast(pa.float64())), keep, PART * most)
    if limits.people is not None:
        keep &= _up_to(np.ones(rows.num_rows), keep, PART * limits.people)
    return keep


def _up_to(use: NDArray[np.float64], keep: NDArray[np.bool_], most: float) -> NDArray[np.bool_]:
    fits: NDArray[np.bool_] = (use <= 0) | (np.cumsum(use * keep) <= most)
    return fits


def _draws(rows: pa.Table, limits: Limits, pool: str) -> NDArray[np.float64]:
    """1 for each row whose offer takes from this pool."""
    names = [pool, *(offer for offer, source in limits.draws.items() if source == pool)]
    return np.asarray(marked(rows["offer"], pa.array(names)), dtype=np.float64)


def _less(limits: Limits, tried: pa.Table) -> Limits:
    """What is left when these have been taken in."""
    cost = np.asarray(tried["cost"])
    budget, at_most = limits.budget, dict(limits.at_most)
    if limits.budget is not None:
        budget = limits.budget - float(cost.sum())
        for segment, part in limits.at_most.items():
            here = float(cost[np.asarray(pc.equal(tried["segment"], segment))].sum())
            at_most[segment] = min(1.0, max(0.0, part * limits.budget - here) / budget) if budget > 0 else part
    return evolve(
        limits,
        budget=budget,
        at_most=at_most,
        pools={name: left - int(_draws(tried, limits, name).sum()) for name, left in limits.pools.items()},
        capacities={
            name: most - float(pc.sum(tried[f"x_uses_{name}"]).as_py() or 0) for name, most in limits.capacities.items()
        },
        people=None if limits.people is None else limits.people - tried.num_rows,
    )


def loss_of(choice: Choice) -> float:
    """What exploration is expected to cost: the profit, mostly negative, of those taken in for it."""
    if choice.explored is None:
        return 0.0
    return -float(pc.sum(aligned(choice.explored, choice.taken)["expected_profit"]).as_py() or 0.0)
