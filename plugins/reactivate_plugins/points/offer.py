"""What points cost: value x (1 - breakage), never more than the order they are spent on."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.api import Context, GuardStop, Terms

if TYPE_CHECKING:
    from reactivate_plugins.points import PointsSettings


@frozen
class PointsOffer:
    """`amount` on the account, of which the share `kept` is never used."""

    amount: float
    kept: float

    @classmethod
    def of(cls, settings: "PointsSettings", context: Context) -> "PointsOffer":
        """GuardStop R721 for points of nothing, in another currency, or with an impossible breakage."""
        value = settings.value
        problem = None
        if value.currency != context.currency:
            problem = f"is in {value.currency}, the business counts in {context.currency}"
        elif value.amount <= 0:
            problem = f"gives {value}: points are worth more than nothing"
        elif not 0 <= settings.breakage < 1:
            problem = f"has a breakage of {settings.breakage:.0%}: it lies between 0% and 100%"
        if problem:
            raise GuardStop.because("R721", f"offer {context.name!r} {problem}")
        return cls(float(value.amount), float(settings.breakage))

    @property
    def terms(self) -> Terms:
        return Terms(gives=f"{self.amount:g}")

    def cost(self, order_value: pa.Array) -> pa.Array:
        """Points pay for part or all of an order; where its value is not known they are taken to be spent in full."""
        spent = pc.min_element_wise(order_value.cast(pa.float64()), self.amount)
        return pc.multiply(spent, 1 - self.kept)

    def codes(self) -> None:
        return None
