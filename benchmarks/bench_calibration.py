"""Do the intervals cover the truth? Run: python benchmarks/bench_calibration.py [CAMPAIGNS]

Campaigns in a world that is not the estimators' own model: base rates differ between people (beta), lifts differ within
a segment (gamma), a season shifts everybody of one campaign (lognormal), baskets are skewed (lognormal). One fate per
person decides what he does when written to and when left alone, so the true effect of each campaign is known.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.economics import ResponseModel
from reactivate.experiment import Difference, Moments, bootstrap, cuped, learned, newcombe, peek, pooled, welch

PEOPLE, HELD, FIRST = 4000, 0.2, 5000
MODEL = ResponseModel(
    base_rates={"regular": 0.12, "asleep": 0.03}, lifts={("regular", "ten"): 0.02, ("asleep", "ten"): 0.03}, spread=0.1
)
MARGIN, LETTER = 0.4, 0.05


class Campaign:
    """One simulated campaign: who was held out, what everybody did, and the true effects on exactly these people."""

    def __init__(self, seed: int, held_share: float = HELD) -> None:
        draw = np.random.default_rng([seed, 99])
        self.held = draw.random(PEOPLE) < held_share
        self.regular = draw.random(PEOPLE) < 0.4
        segment = np.where(self.regular, "regular", "asleep")
        everybody = pa.table(
            {"person_id": pa.array(np.arange(PEOPLE).astype(str)), "segment": segment, "offer": ["ten"] * PEOPLE}
        )
        drawn = MODEL.draw(everybody, within_days=28, seed=seed)
        would, did = (np.asarray(drawn[name]) for name in ("would_order", "ordered"))
        self.came = np.where(self.held, would, did)
        # The sum is drawn for the treated fate; somebody who would have come alone spends the same.
        self.spent = np.where(self.came, np.asarray(drawn["amount"]), 0.0)
        self.lift = np.asarray(drawn["lift"])
        # What a shop knows of the year before: loosely tied to the chance of coming.
        self.before = np.asarray(drawn["base_rate"]) * draw.gamma(2.0, 200.0, PEOPLE)

    def rates(self, among: Any = True) -> tuple[int, int, int, int]:
        """Counts of the treated and of those left alone, as `newcombe` takes them."""
        rows = np.broadcast_to(among, PEOPLE)
        treated, held = rows & ~self.held, rows & self.held
        return int(self.came[treated].sum()), int(treated.sum()), int(self.came[held].sum()), int(held.sum())


Method = Callable[[Campaign], Iterator[tuple[Any, float]]]


def main_comparison(of: Campaign) -> Iterator[tuple[Any, float]]:
    yield newcombe(*of.rates()), of.lift.mean()


def per_segment(of: Campaign) -> Iterator[tuple[Any, float]]:
    for mask in (of.regular, ~of.regular):
        yield newcombe(*of.rates(mask)), of.lift[mask].mean()


def revenue(of: Campaign) -> Iterator[tuple[Any, float]]:
    yield welch(*(Moments.of(of.spent[rows]) for rows in (~of.held, of.held))), of.lift.mean() * MODEL.mean_basket


def resampled(of: Campaign) -> Iterator[tuple[Any, float]]:
    yield bootstrap(of.spent[~of.held], of.spent[of.held], draws=400), of.lift.mean() * MODEL.mean_basket


def with_past_year(of: Campaign) -> Iterator[tuple[Any, float]]:
    found = cuped(of.spent, of.held.astype(np.int64), {"before": of.before})
    assert found is not None
    arms = (Moments.of(found.values[rows]) for rows in (~of.held, of.held))
    yield welch(*arms), of.lift.mean() * MODEL.mean_basket


def profit(of: Campaign) -> Iterator[tuple[Any, float]]:
    gained = of.spent * MARGIN - LETTER * ~of.held
    found = welch(*(Moments.of(gained[rows]) for rows in (~of.held, of.held)))
    yield found, of.lift.mean() * MODEL.mean_basket * MARGIN - LETTER


def one_look_of_many(of: Campaign) -> Iterator[tuple[Any, float]]:
    yield peek(*of.rates(), 0.025), of.lift.mean()


def lower_end(of: Campaign) -> Iterator[tuple[Any, float]]:
    """The end that the guard judges by: one-sided, so nine in ten."""
    names = ("segment", "offer", "treated", "treated_reached", "holdout", "holdout_reached")
    rows = [("a", "ten", n1, x1, n0, x0) for x1, n1, x0, n0 in (of.rates(of.regular),)]
    rows += [("b", "ten", n1, x1, n0, x0) for x1, n1, x0, n0 in (of.rates(~of.regular),)]
    found = learned(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))).to_pylist()
    for row, mask in zip(found, (of.regular, ~of.regular), strict=True):
        yield Difference(row["lift"], row["lift_low"], 1.0, None), of.lift[mask].mean()


METHODS: dict[str, tuple[Method, float]] = {
    "lift of all, Newcombe (the main comparison)": (main_comparison, 0.95),
    "lift per segment, Newcombe": (per_segment, 0.95),
    "revenue per person, Welch": (revenue, 0.95),
    "revenue per person, bootstrap": (resampled, 0.95),
    "revenue per person, CUPED": (with_past_year, 0.95),
    "profit per person, Welch": (profit, 0.95),
    "lift of all, always-valid, one look": (one_look_of_many, 0.95),
    "shrunk lift per segment, lower end of 80 %": (lower_end, 0.90),
}


def coverage(
    count: int = 1000, methods: dict[str, tuple[Method, float]] | None = None
) -> dict[str, tuple[float, float]]:
    """Method -> (share of intervals that hold the truth, what it should be), over `count` campaigns."""
    methods = methods or METHODS
    held: dict[str, list[bool]] = {name: [] for name in methods}
    for seed in range(FIRST, FIRST + count):
        campaign = Campaign(seed)
        for name, (method, _) in methods.items():
            held[name] += [bool(found.low <= truth <= found.high) for found, truth in method(campaign)]
    return {name: (float(np.mean(held[name])), methods[name][1]) for name in methods}


def six_months(count: int) -> float:
    """Coverage of the average over six months, each with its season and its share held out (`pooled`)."""
    names = ("segment", "offer", "treated", "treated_reached", "holdout", "holdout_reached")
    good = 0
    for number in range(count):
        months = [Campaign(20_000 + 6 * number + month, 0.1 + 0.08 * month) for month in range(6)]
        rows = [("", "ten", n1, x1, n0, x0) for x1, n1, x0, n0 in (month.rates() for month in months)]
        found = pooled(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))).to_pylist()[0]
        weights = np.array([row[2] * row[4] / (row[2] + row[4]) for row in rows])
        truth = float(weights @ [month.lift.mean() for month in months] / weights.sum())
        good += abs(found["observed"] - truth) <= 1.96 * found["error"]
    return good / count


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"| interval | covers the truth in, of {size:,} campaigns | should |\n| --- | ---: | ---: |")
    for name, (share, should) in coverage(size).items():
        print(f"| {name} | {share:.1%} | {should:.0%} |")
    print(f"| lift over six months, shares held out differ ({size // 6:,} times) | {six_months(size // 6):.1%} | 95% |")
