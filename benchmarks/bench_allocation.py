"""Allocation at size: people x 5 offers (and none) x 4 limits. Run: python benchmarks/bench_allocation.py [PEOPLE]"""

import sys
import time

import numpy as np
import pyarrow as pa

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


def main(count: int) -> None:
    start = time.perf_counter()
    table = candidates(people(count), offers(count), assumptions=Assumptions(), payback=2)
    made = time.perf_counter()
    print(f"candidates: {table.num_rows:,} rows in {made - start:.1f} s")
    bounds = {
        "budget": 0.15 * count,
        "at_most": {"asleep": 0.25},
        "pools": {"coupon": count // 80},
        "capacities": {"desk": count / 25},
    }
    for title, some in (("one budget", {"budget": bounds["budget"]}), ("four limits", bounds)):
        start = time.perf_counter()
        found = allocate(table, **some)
        took = time.perf_counter() - start
        print(f"{title}: {found.chosen.num_rows:,} chosen, E {found.total:,.0f}, gap {found.gap:.4%}, {took:.1f} s")
        print("  prices", {name: round(price, 4) for name, price in found.prices.items()})
        print("  used  ", {name: round(use, 1) for name, use in found.used.items()})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
