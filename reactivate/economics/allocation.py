"""Who gets which offer: at most one per person, total expected profit as large as the limits allow.

One limit is the multiple-choice knapsack: steps of the hull by falling profit per unit (Sinha, Zoltners 1979; Kellerer,
Pferschy, Pisinger 2004, ch. 11). Several limits get a price each (`multipliers`), and the steps are taken by profit per
priced unit until the limits bite. Beside the answer stands its distance from the dual bound.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from reactivate.economics.hull import LEFT_OUT, Floats, Ints, Steps, steps, value_of
from reactivate.economics.limits import Bounds, Limit, limits
from reactivate.economics.multipliers import Priced, dual, multipliers

_PASSES, _ROUNDS = 8, 60
_HAIR = 1e-9


@frozen
class LastIn:
    """The last one who got some of a limit that was then used up."""

    person_id: str
    offer: str
    expected_profit: float


@frozen(eq=False)
class Allocation:
    """`chosen`: person_id, segment, offer (maybe `none`), expected_profit, cost; by person_id. Who is not there is left
    out. `gap`: how far, as a share of the bound, the total may lie below the optimum. `prices`: profit that one more
    unit of each limit would bring. `used`: of each limit. `last_in`: for each limit that is used up.
    """

    chosen: pa.Table
    total: float
    bound: float
    gap: float
    prices: Mapping[str, float]
    used: Mapping[str, float]
    last_in: Mapping[str, LastIn]


def allocate(
    candidates: pa.Table,
    *,
    budget: float | None = None,
    at_most: Mapping[str, float] | None = None,
    pools: Mapping[str, int] | None = None,
    draws: Mapping[str, str] | None = None,
    capacities: Mapping[str, float] | None = None,
    people: int | None = None,
) -> Allocation:
    """Choose for each person one offer, `none` or nothing; the limits are explained in `Bounds`.

    `candidates` in any order; refused ones (with a verdict), undecided ones (no E) and those with E <= 0 are never
    chosen, even if money remains. Ties are broken by a hash of the person: the same table gives the same answer.
    GuardStop R720 when the limits contradict each other.
    """
    bounds = Bounds(
        budget=budget,
        at_most=at_most or {},
        pools=pools or {},
        draws=draws or {},
        capacities=capacities or {},
        people=people,
    )
    grid = _Grid.of(candidates)
    scarce = limits(
        bounds, cost=grid.cost, offers=grid.offers, segment=grid.segment, segments=grid.segments, uses=grid.uses
    )
    profit = _possible(grid.profit, scarce)
    taken = _fill(profit, scarce, _priced(profit, scarce))
    return _answer(grid, scarce, taken)


@frozen(eq=False)
class _Grid:
    """Candidates as matrices, people (in the order of their hash) x offers; -inf where a cell is no choice."""

    people: Any
    offers: list[str]
    segment: Ints
    segments: list[str]
    profit: Floats
    cost: Floats
    uses: dict[str, Floats]

    @classmethod
    def of(cls, candidates: pa.Table) -> "_Grid":
        person = candidates["person_id"].combine_chunks().dictionary_encode()
        offer = candidates["offer"].combine_chunks().dictionary_encode()
        order, place = _hashed_order(person.dictionary)
        rows = place[person.indices.to_numpy(zero_copy_only=False)]
        names = offer.dictionary.to_pylist()
        by_name = np.argsort(np.array(names, dtype=object)) if names else np.array([], dtype=np.int64)
        columns = np.argsort(by_name)[offer.indices.to_numpy(zero_copy_only=False)] if names else rows
        shape = (len(order), max(len(names), 1))

        def matrix(values: Any, empty: float) -> Floats:
            filled = np.full(shape, empty)
            filled[rows, columns] = np.asarray(pc.fill_null(values.cast(pa.float64()), empty))
            return filled

        expected = pc.if_else(pc.is_null(candidates["verdict"]), candidates["expected_profit"], None)
        segment = candidates["segment"].combine_chunks().dictionary_encode()
        codes = np.zeros(shape[0], dtype=np.int64)
        codes[rows] = segment.indices.to_numpy(zero_copy_only=False)
        used = [name for name in candidates.column_names if name.startswith("x_uses_")]
        return cls(
            person.dictionary.take(pa.array(order)),
            [names[i] for i in by_name] or ["none"],
            codes,
            segment.dictionary.to_pylist(),
            matrix(expected, -np.inf),
            np.maximum(matrix(candidates["expected_cost"], 0.0), 0.0),
            {name.removeprefix("x_uses_"): matrix(candidates[name], 0.0) for name in used},
        )


def _hashed_order(people: pa.Array) -> tuple[Ints, Ints]:
    """Positions of distinct people in the order of their hash, and the place of each in it."""
    digests = b"".join(blake2b(person.encode(), digest_size=8).digest() for person in people.to_pylist())
    order = np.argsort(np.frombuffer(digests, dtype=">u8"), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return order, place


def _possible(profit: Floats, scarce: Sequence[Limit]) -> Floats:
    """Profit with what earns nothing, or alone exceeds a limit, made impossible."""
    possible = profit > 0
    for limit in scarce:
        possible &= limit.use <= limit.most + _HAIR
    return np.where(possible, profit, -np.inf)


def _priced(profit: Floats, scarce: Sequence[Limit]) -> Priced:
    """One limit needs no search: its price is the ratio at which the steps of the hull run out."""
    if len(scarce) != 1:
        return multipliers(profit, scarce)
    limit = scarce[0]
    nobody = np.full(len(profit), LEFT_OUT)
    moves = steps(profit, limit.use, nobody, np.isfinite(profit))
    used = np.cumsum(_extra(limit, moves))
    over = np.flatnonzero(used > limit.most + _HAIR)
    prices = np.array([moves.ratio[over[0]] if len(over) else 0.0])
    if not np.isfinite(prices).all():
        return multipliers(profit, scarce)
    return Priced(prices, dual(profit, scarce, prices)[0])


@define(eq=False)
class _Taken:
    """What has been given so far."""

    priced: Priced
    offer: Ints
    left: Floats
    last: dict[str, tuple[int, int]] = field(factory=dict)


def _fill(profit: Floats, scarce: Sequence[Limit], priced: Priced) -> _Taken:
    """Take steps by profit per priced unit; what did not fit is tried again with what is left, until nothing moves."""
    cost = np.zeros(profit.shape)
    for limit, price in zip(scarce, priced.prices, strict=True):
        if price:
            cost += price * limit.use
    if len(scarce) == 1:
        cost = scarce[0].use
    most = np.array([limit.most for limit in scarce])
    taken = _Taken(priced, np.full(len(profit), LEFT_OUT), most + _HAIR * np.maximum(1.0, most))
    for _ in range(_PASSES):
        possible = np.isfinite(profit)
        for index, limit in enumerate(scarce):
            possible &= limit.use - value_of(limit.use, taken.offer)[:, None] <= taken.left[index]
        if not _take(steps(profit, cost, taken.offer, possible), scarce, taken):
            break
    return taken


def _take(moves: Steps, scarce: Sequence[Limit], taken: _Taken) -> int:
    """Take `moves` in order as far as every limit allows, leaving out those that do not fit; how many were taken."""
    count = 0
    extra = [_extra(limit, moves) for limit in scarce]
    blocked = np.zeros(len(taken.offer), dtype=bool)
    for _ in range(_ROUNDS):
        sums = [np.cumsum(part) for part in extra]
        over = [np.flatnonzero(total > left) for total, left in zip(sums, taken.left, strict=True)]
        stop = min((int(places[0]) for places in over if len(places)), default=len(moves))
        _accept(moves.pick(slice(stop)), [part[:stop] for part in extra], scarce, taken)
        count += stop
        if stop == len(moves):
            break
        taken.left -= [float(total[stop - 1]) if stop else 0.0 for total in sums]
        moves, extra = moves.pick(slice(stop, None)), [part[stop:] for part in extra]
        fits = np.ones(len(moves), dtype=bool)
        for part, left in zip(extra, taken.left, strict=True):
            fits &= part <= left
        # A later step of somebody whose earlier one did not fit would start from what he has not got.
        blocked[moves.person[~fits]] = True
        fits &= ~blocked[moves.person]
        moves, extra = moves.pick(fits), [part[fits] for part in extra]
    else:
        return count
    taken.left -= [float(total[-1]) if len(total) else 0.0 for total in sums]
    return count


def _accept(moves: Steps, extra: Sequence[Floats], scarce: Sequence[Limit], taken: _Taken) -> None:
    # Steps of one person come in order, so the last assignment to him stands.
    taken.offer[moves.person] = moves.end
    for limit, part in zip(scarce, extra, strict=True):
        users = np.flatnonzero(part > 0)
        if len(users):
            taken.last[limit.name] = int(moves.person[users[-1]]), int(moves.end[users[-1]])


def _extra(limit: Limit, moves: Steps) -> Floats:
    """How much more of a limit each move needs."""
    return value_of(limit.use, moves.end, moves.person) - value_of(limit.use, moves.start, moves.person)


def _answer(grid: _Grid, scarce: Sequence[Limit], taken: _Taken) -> Allocation:
    rows = np.flatnonzero(taken.offer != LEFT_OUT)
    offer = taken.offer[rows]
    profit, cost = grid.profit[rows, offer], grid.cost[rows, offer]
    chosen = pa.table(
        {
            "person_id": grid.people.take(pa.array(rows)).cast(pa.string()),
            "segment": pa.array(grid.segments, pa.string()).take(pa.array(grid.segment[rows])),
            "offer": pa.array(grid.offers, pa.string()).take(pa.array(offer)),
            "expected_profit": profit,
            "cost": cost,
        }
    ).sort_by("person_id")
    total, bound = float(profit.sum()), taken.priced.bound
    prices = dict(zip((limit.name for limit in scarce), map(float, taken.priced.prices), strict=True))
    return Allocation(
        chosen=chosen,
        total=total,
        bound=bound,
        gap=max(0.0, (bound - total) / bound) if bound > 0 else 0.0,
        prices=prices,
        used={limit.name: float(limit.use[rows, offer].sum()) for limit in scarce},
        last_in={
            name: LastIn(grid.people[row].as_py(), grid.offers[column], float(grid.profit[row, column]))
            for name, (row, column) in taken.last.items()
            if prices[name] > 0
        },
    )
