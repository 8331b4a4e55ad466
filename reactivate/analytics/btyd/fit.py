"""A model fitted to the patterns of a base: its parameters, and what it says of each pattern."""

from collections.abc import Callable

import numpy as np
from attrs import frozen

from reactivate.analytics.arrays import Floats
from reactivate.analytics.btyd.model import Model, chance_of_order
from reactivate.analytics.btyd.patterns import DAYS_PER_WEEK, Patterns
from reactivate.analytics.btyd.search import Maximum, maximise
from reactivate.text import counted

_FEWEST_REPEATERS = 10
_SAMPLE = 10_000


@frozen(eq=False)
class Fit:
    """A fitted model. Check `trouble` first: a fit that did not converge must not be used."""

    model: Model
    maximum: Maximum
    customers: int

    @property
    def trouble(self) -> str | None:
        """Why the fit must not be used; None = it converged."""
        return self.maximum.trouble

    @property
    def parameters(self) -> dict[str, float]:
        """Values by name, time in weeks."""
        return {name: float(value) for name, value in zip(self.model.parameters, self.maximum.values, strict=True)}

    def chance_alive(self, seen: Patterns) -> Floats:
        """Per pattern: chance that such a customer has not left for good."""
        return self.model.chance_alive(self.maximum.values, seen.repeats, seen.last_weeks, seen.age_weeks)

    def chance_of_order(self, seen: Patterns, within_days: float) -> Floats:
        """Per pattern: chance of at least one order within so many days."""
        values, weeks = self.maximum.values, within_days / DAYS_PER_WEEK
        return chance_of_order(self.model, values, weeks, seen.repeats, seen.last_weeks, seen.age_weeks)

    def expected_order_days(self, seen: Patterns, within_days: float) -> Floats:
        """Per pattern: order days expected within so many days."""
        return self.model.expected_orders(
            self.maximum.values, within_days / DAYS_PER_WEEK, seen.repeats, seen.last_weeks, seen.age_weeks
        )


def fit(model: Model, seen: Patterns) -> Fit:
    """Fit `model` by maximum likelihood over counted patterns; never raises for want of data, see `Fit.trouble`."""
    customers = int(seen.customers.sum())
    again = int(seen.customers[seen.repeats > 0].sum())
    if again < _FEWEST_REPEATERS:
        nothing = np.full(len(model.parameters), np.nan)
        return Fit(model, Maximum(nothing, None, float("nan"), _too_few(again)), customers)

    step = len(seen.customers) // _SAMPLE
    rough = _likelihood(model, seen, slice(None, None, step)) if step > 1 else None
    return Fit(model, maximise(_likelihood(model, seen), np.array(model.start), customers, rough), customers)


def _too_few(again: int) -> str:
    return f"only {counted(again, 'customer')} came again" if again else "nobody came again"


def _likelihood(model: Model, seen: Patterns, part: slice = slice(None)) -> Callable[[Floats], float]:
    """Log-likelihood of the customers, or of every so many patterns, weighted up to the same number of customers."""
    repeats, customers = seen.repeats[part], seen.customers[part]
    last, age = seen.last_weeks[part], seen.age_weeks[part]
    weight = customers * (seen.customers.sum() / customers.sum())

    def log_likelihood(values: Floats) -> float:
        # Not `weight @ …`: the threads of BLAS cost more than such a sum, many times more on a busy machine.
        return float(np.sum(weight * model.log_likelihood(values, repeats, last, age)))

    return log_likelihood
