"""Who earns more: allocation, a discount for all, or the highest risk first? Run: python benchmarks/bench_policies.py

A shop of 20,000 lapsed customers in four segments. A first campaign draws lots and teaches lifts (shrunk); the second
spends one budget by each policy. Profit is what really happens in the response model, over 20 seasons.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import Assumptions, OfferSums, ResponseModel, allocate, candidates
from reactivate.experiment import learned

MARGIN, COUPON, GIFT, LETTER, BUDGET = 0.4, 6.0, 1.0, 0.05, 4000.0
BASE = {"warm": 0.20, "cooling": 0.08, "asleep": 0.03, "lost": 0.01}
MODEL = ResponseModel(
    base_rates=BASE,
    lifts={
        ("warm", "none"): 0.010, ("warm", "gift"): 0.015, ("warm", "coupon"): 0.020,
        ("cooling", "none"): 0.010, ("cooling", "gift"): 0.035, ("cooling", "coupon"): 0.060,
        ("asleep", "none"): 0.004, ("asleep", "gift"): 0.012, ("asleep", "coupon"): 0.040,
        ("lost", "none"): 0.001, ("lost", "gift"): 0.002, ("lost", "coupon"): 0.004,
    },
)  # fmt: skip
COSTS = {"none": 0.0, "gift": GIFT, "coupon": COUPON}
SEGMENTS = list(BASE)


def people(count: int, seed: int) -> pa.Table:
    segments = np.random.default_rng(seed).choice(SEGMENTS, count, p=[0.2, 0.3, 0.3, 0.2])
    return pa.table({"person_id": [f"p{i:06d}" for i in range(count)], "segment": segments})


def first_campaign(crowd: pa.Table, seed: int) -> pa.Table:
    """A lot over everybody: a fifth left alone, the others an offer each; what it teaches."""
    draw = np.random.default_rng(seed)
    arms = np.array(["", *COSTS], dtype=object)[draw.choice(4, crowd.num_rows, p=[0.25, 0.25, 0.25, 0.25])]
    offers = pa.array([arm or None for arm in arms], pa.string())
    drawn = MODEL.draw(crowd.append_column("offer", offers), within_days=28, seed=seed)
    came, segment = np.asarray(drawn["ordered"]), np.asarray(crowd["segment"])
    rows = []
    for name in SEGMENTS:
        held = (segment == name) & (arms == "")
        for offer in COSTS:
            treated = (segment == name) & (arms == offer)
            rows.append((name, offer, treated.sum(), came[treated].sum(), held.sum(), came[held].sum()))
    names = ("segment", "offer", "treated", "treated_reached", "holdout", "holdout_reached")
    return learned(pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=names))


def by_allocation(crowd: pa.Table, lesson: pa.Table) -> dict[str, str]:
    """Offers by allocation, from what the first campaign taught."""
    taught = {(row["segment"], row["offer"]): row for row in lesson.to_pylist()}
    segment = crowd["segment"].to_pylist()
    rates = {row["segment"]: row["holdout_reached"] / row["holdout"] for row in taught.values()}
    value = MODEL.mean_basket
    known = crowd.append_column("base_rate", pa.array([rates[name] for name in segment]))
    known = known.append_column("margin", pa.array(np.full(crowd.num_rows, MARGIN * value)))
    known = known.append_column("contact_cost", pa.array(np.full(crowd.num_rows, LETTER)))
    sums = {
        offer: OfferSums(
            lift=np.array([taught[name, offer]["lift"] for name in segment]), lift_source="measured", cost=cost
        )
        for offer, cost in COSTS.items()
    }
    plain = Assumptions(brought_forward=0, permission_loss=0)
    chosen = allocate(candidates(known, sums, assumptions=plain), budget=BUDGET).chosen
    return dict(zip(chosen["person_id"].to_pylist(), chosen["offer"].to_pylist(), strict=True))


def in_order(crowd: pa.Table, order: list[str]) -> dict[str, str]:
    """A coupon for everybody, segment by segment in this order (mixed when empty), until the budget is spent."""
    place = {name: rank for rank, name in enumerate(order)}
    rows = sorted(zip(crowd["segment"].to_pylist(), crowd["person_id"].to_pylist(), strict=True),
                  key=lambda row: (place.get(row[0], 0), row[1]))  # fmt: skip
    given, spent = {}, 0.0
    for segment, person in rows:
        spent += LETTER + (BASE[segment] + MODEL.lifts[segment, "coupon"]) * COUPON
        if spent > BUDGET:
            break
        given[person] = "coupon"
    return given


def profit(crowd: pa.Table, given: dict[str, str], seed: int) -> tuple[float, float]:
    """Extra profit and cost in one season: those contacted, less what the same people do when left alone."""
    offers = pa.array([given.get(person) for person in crowd["person_id"].to_pylist()], pa.string())
    drawn = MODEL.draw(crowd.append_column("offer", offers), within_days=28, seed=seed)
    cost = np.array([COSTS.get(offer or "none", 0.0) for offer in offers.to_pylist()])
    contacted = np.asarray(pc.is_valid(offers))
    ordered, would = np.asarray(drawn["ordered"]), np.asarray(drawn["would_order"])
    spent = (LETTER * contacted + cost * ordered * contacted).sum()
    extra = (MARGIN * np.asarray(drawn["amount"]) * (ordered & ~would)).sum()
    return float(extra - spent), float(spent)


def table(count: int = 20_000, seasons: int = 20) -> list[tuple[str, int, float, float]]:
    """Policy, people contacted, mean cost and mean extra profit of a season."""
    crowd = people(count, 1)
    lesson = first_campaign(people(count, 2), 3)
    policies: dict[str, Callable[[], dict[str, str]]] = {
        "allocation": lambda: by_allocation(crowd, lesson),
        "discount for all": lambda: in_order(crowd, []),
        "highest risk first": lambda: in_order(crowd, SEGMENTS[::-1]),
        "best customers first": lambda: in_order(crowd, SEGMENTS),
    }
    rows = []
    for name, choose in policies.items():
        given = choose()
        results = [profit(crowd, given, 1000 + season) for season in range(seasons)]
        gained, spent = np.mean(results, axis=0)
        rows.append((name, len(given), float(spent), float(gained)))
    return rows


if __name__ == "__main__":
    print("| policy | people | cost | extra profit |\n| --- | ---: | ---: | ---: |")
    for name, size, spent, gained in table():
        print(f"| {name} | {size:,} | {spent:,.0f} | {gained:,.0f} |")
