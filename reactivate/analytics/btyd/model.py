"""What a model of repeat buying must be able to do. Time is in weeks; all functions are vectorised over patterns."""

from typing import Protocol

import numpy as np

from reactivate.analytics.arrays import Floats, Ints


class Model(Protocol):
    """A buy-till-you-die model: `parameters` are positive numbers in this order."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> tuple[str, ...]: ...

    @property
    def start(self) -> tuple[float, ...]:
        """Where the search for the maximum begins."""
        ...

    def log_likelihood(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Per pattern."""
        ...

    def chance_alive(self, values: Floats, repeats: Ints, last_weeks: Floats, age_weeks: Floats) -> Floats:
        """Chance that the customer has not left for good at the end of the observation."""
        ...

    def expected_orders(
        self, values: Floats, within_weeks: float, repeats: Ints, last_weeks: Floats, age_weeks: Floats
    ) -> Floats:
        """Order days expected in the `within_weeks` after the observation."""
        ...


def chance_of_order(
    model: Model, values: Floats, within_weeks: float, repeats: Ints, last_weeks: Floats, age_weeks: Floats
) -> Floats:
    """Chance of at least one order in the `within_weeks` that follow, for any of the models.

    L(x, t_x, T + t) is the likelihood of the same orders and no other until T + t, so its ratio to L(x, t_x, T) is
    the chance of no order in between.
    """
    longer = model.log_likelihood(values, repeats, last_weeks, age_weeks + within_weeks)
    chance: Floats = -np.expm1(np.minimum(longer - model.log_likelihood(values, repeats, last_weeks, age_weeks), 0.0))
    return chance
