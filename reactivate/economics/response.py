"""A world to test decisions in: who orders by himself, who orders because of us, how much and how soon.

Not the model that the estimators assume: people differ (beta base rates), campaigns differ (a common season), lifts
differ within a segment (gamma), baskets are skewed (lognormal). One number per person decides both what he does when
contacted and what he would have done when left alone, so the true effect is known.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@frozen(kw_only=True)
class ResponseModel:
    """`lifts`: (segment, offer) -> mean extra share, offer `none` for a plain message; what is not listed has none.

    `base_rates`: segment -> mean share ordering by itself. `spread`: how unlike people are (0 = all the same, below 1).
    `season`: standard deviation of the logarithm of a factor common to all of one campaign. `basket`, `basket_spread`:
    median sum of an order, and standard deviation of its logarithm. `delay_days`: mean days until the order.
    """

    base_rates: Mapping[str, float]
    lifts: Mapping[tuple[str, str], float]
    spread: float = 0.05
    season: float = 0.2
    basket: float = 45.0
    basket_spread: float = 0.6
    delay_days: float = 9.0

    def draw(self, people: pa.Table, *, within_days: float, seed: int) -> pa.Table:
        """What `people` (`person_id, segment, offer`; offer null = left alone) do within so many days.

        Gives `person_id, base_rate, lift` (true chances of this person in this season), `ordered`, `would_order` (when
        left alone), `amount` (0 without an order), `delay_days` (null without an order).
        """
        draw = np.random.default_rng(seed)
        rows = people.num_rows
        segments, offers = people["segment"].to_pylist(), people["offer"].to_pylist()
        mean = np.array([self.base_rates.get(segment, 0.0) for segment in segments], dtype=np.float64)
        base = np.minimum(_beta(mean, self.spread, draw) * np.exp(draw.normal(-(self.season**2) / 2, self.season)), 1.0)
        hoped = np.array([self._lift(pair) for pair in zip(segments, offers, strict=True)], dtype=np.float64)
        lift = np.minimum(hoped * draw.gamma(4.0, 0.25, rows), 1 - base)
        fate = draw.random(rows)
        ordered = fate < base + lift
        delay = np.minimum(draw.exponential(self.delay_days, rows), within_days)
        amount = self.basket * np.exp(draw.normal(0.0, self.basket_spread, rows))
        return pa.table(
            {
                "person_id": people["person_id"],
                "base_rate": base,
                "lift": lift,
                "ordered": ordered,
                "would_order": fate < base,
                "amount": np.where(ordered, np.round(amount, 2), 0.0),
                "delay_days": pa.array(delay, mask=~ordered),
            }
        )

    @property
    def mean_basket(self) -> float:
        """Mean sum of an order: above the median, because baskets are skewed."""
        return float(self.basket * np.exp(self.basket_spread**2 / 2))

    def _lift(self, pair: tuple[str, str | None]) -> float:
        segment, offer = pair
        return 0.0 if offer is None else self.lifts.get((segment, offer), 0.0)


def _beta(mean: Floats, spread: float, draw: np.random.Generator) -> Floats:
    """Chances around `mean` whose variance is the share `spread` of the largest possible one."""
    if spread <= 0:
        return mean
    weight = 1 / spread - 1
    inside = (mean > 0) & (mean < 1)
    chances = mean.copy()
    chances[inside] = draw.beta(mean[inside] * weight, (1 - mean[inside]) * weight)
    return chances
