"""An offer with one cost for everybody: gifts, services and early access are of this kind."""

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.api import Context, GuardStop, Money, Terms


@frozen
class FixedOffer:
    """Gives `gives` at `amount` per order that uses it."""

    gives: str
    amount: float

    @property
    def terms(self) -> Terms:
        return Terms(gives=self.gives)

    def cost(self, order_value: pa.Array) -> pa.Array:
        return pa.array(np.full(len(order_value), self.amount))

    def codes(self) -> None:
        return None


def fixed(gives: str, cost: Money | None, context: Context) -> FixedOffer:
    """GuardStop R721 for a cost below zero or in another currency."""
    if cost is None:
        return FixedOffer(gives, 0.0)
    if cost.currency != context.currency:
        problem = f"is in {cost.currency}, the business counts in {context.currency}"
        raise GuardStop.because("R721", f"offer {context.name!r} {problem}")
    if cost.amount < 0:
        raise GuardStop.because("R721", f"offer {context.name!r} costs {cost}: a cost is not below zero")
    return FixedOffer(gives, float(cost.amount))
