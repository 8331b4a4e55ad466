"""Allocation at size: people x 5 offers (and none) x 4 limits. Run: python benchmarks/bench_allocation.py [PEOPLE]

Wall and processor time of each part, medians of three; `exact` compares small shops with HiGHS's optimum.
"""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import Assumptions, OfferSums, allocate, candidates

OFFERS = {
    "coupon": (0.06, 9.0),
    "gift": (0.04, 3.0),
    "points": (0.035, 4.0),
    "service": (0.05, 6.0),
    "early": (0.02, 0.0),
}


def people(count: int, seed: int = 1) -> pa.Table:
    draw = np.random.default_rng(seed)
    margin = draw.gamma(2.0, 15.0, count)
    return pa.table(
        {
            "person_id": [f"p{i:07d}" for i in range(count)],
            "segment": pa.array(["asleep", "at_risk", "one_time", "champions"]).take(draw.integers(0, 4, count)),
            "base_rate": draw.beta(1.2, 20, count),
            "order_value": margin / 0.35,
            "margin": margin,
            "contact_cost": draw.uniform(0.01, 0.4, count),
            "later_margin": margin * draw.uniform(0, 1.2, count),
            "x_uses_desk": (draw.random(count) < 0.3) * draw.uniform(0.2, 1.0, count),
        }
    )


def offers(count: int, seed: int = 2) -> dict[str, OfferSums]:
    draw = np.random.default_rng(seed)
    sums = {
        name: OfferSums(lift=draw.gamma(4, lift / 4, count), lift_source="model", cost=cost)
        for name, (lift, cost) in OFFERS.items()
    }
    return {"none": OfferSums(lift=draw.gamma(4, 0.015 / 4, count), lift_source="model"), **sums}


def timed(work: Callable[[], Any], times: int = 3) -> tuple[Any, str]:
    """What `work` gives, and its median wall and processor seconds."""
    walls, cpus, answer = [], [], None
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return answer, f"{median(walls):.1f} s wall, {median(cpus):.1f} s cpu"


def bounds_of(count: int) -> dict[str, Any]:
    return {
        "budget": 0.15 * count,
        "at_most": {"asleep": 0.25},
        "pools": {"coupon": count // 80},
        "capacities": {"desk": count / 25},
    }


def exact(table: pa.Table, bounds: dict[str, Any]) -> float:
    """The optimum by HiGHS (branch and bound, scipy.optimize.milp)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    rows = table.filter(pc.and_(pc.is_null(table["verdict"]), pc.greater(table["expected_profit"], 0)))
    profit, cost, desk = (np.asarray(rows[name]) for name in ("expected_profit", "expected_cost", "x_uses_desk"))
    person = rows["person_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    one = coo_array((np.ones(len(person)), (person, np.arange(len(person)))))
    asleep, coupon = (
        np.asarray(pc.equal(rows[key], word)) for key, word in (("segment", "asleep"), ("offer", "coupon"))
    )
    lines = np.array([cost, cost * asleep, coupon.astype(float), desk])
    most = [bounds["budget"], 0.25 * bounds["budget"], bounds["pools"]["coupon"], bounds["capacities"]["desk"]]
    limits = [LinearConstraint(one, ub=1), LinearConstraint(lines, ub=most)]
    solved = milp(-profit, constraints=limits, integrality=np.ones(len(profit)), bounds=Bounds(0, 1),
                  options={"mip_rel_gap": 1e-7, "time_limit": 60})  # fmt: skip
    return float(-solved.fun)


def main(count: int) -> None:
    crowd, sums = people(count), offers(count)
    table, took = timed(lambda: candidates(crowd, sums, assumptions=Assumptions(), payback=2), 1)
    print(f"candidates: {table.num_rows:,} rows, {took}")
    bounds = bounds_of(count)
    for title, some in (("one budget", {"budget": bounds["budget"]}), ("four limits", bounds)):
        found, took = timed(lambda some=some: allocate(table, **some))
        print(f"{title}: {found.chosen.num_rows:,} chosen, E {found.total:,.0f}, gap {found.gap:.4%}, {took}")
        print("  prices", {name: round(price, 4) for name, price in found.prices.items()})
        print("  used  ", {name: round(use, 1) for name, use in found.used.items()})
    for small in (200, 1000, 4000):
        table = candidates(people(small), offers(small), assumptions=Assumptions(), payback=2)
        found, best = allocate(table, **bounds_of(small)), exact(table, bounds_of(small))
        print(f"exact, {small:,} people: HiGHS {best:,.3f}, ours {found.total:,.3f} ({(best - found.total) / best:.4%} "
              f"below, said at most {found.gap:.4%})")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
