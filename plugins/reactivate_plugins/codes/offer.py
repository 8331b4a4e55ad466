"""What a discount costs, and its codes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.api import Context, GuardStop, Money, Terms
from reactivate_plugins.codes.pool import Pool

if TYPE_CHECKING:
    from reactivate_plugins.codes import CodesSettings


@frozen
class CodesOffer:
    """A discount of `share` of the order, at most `most`, or of the fixed sum `amount`."""

    name: str
    pool: Pool
    share: float | None
    amount: float | None
    most: float | None

    @classmethod
    def of(cls, settings: "CodesSettings", context: Context) -> "CodesOffer":
        """GuardStop R721 for a discount that cannot be meant: of nothing, over 100 %, in another currency."""
        value, most = settings.value, settings.at_most
        amounts = [money for money in (value, most) if isinstance(money, Money)]
        for money in amounts:
            if money.currency != context.currency:
                raise _refused(context, f"is in {money.currency}, the business counts in {context.currency}")
            if money.amount <= 0:
                raise _refused(context, f"has a sum of {money}: a discount is more than nothing")
        if isinstance(value, Money):
            if most is not None and most.amount < value.amount:
                raise _refused(context, f"gives {value} and at most {most}: which of the two?")
            share, amount = None, float(value.amount)
        else:
            share, amount = float(value), None
            if not 0 < share <= 1:
                raise _refused(context, f"gives {share:.0%} of the order: a share lies above 0% and up to 100%")
        pool = Pool(context.name, None if settings.pool == "generate" else settings.pool, context.folder)
        return cls(context.name, pool, share, amount, None if most is None else float(most.amount))

    @property
    def terms(self) -> Terms:
        return Terms(gives=self._words, stock=self.pool.size)

    def cost(self, order_value: pa.Array) -> pa.Array:
        """A sum costs itself; a share min(share x V, most), null where V is not known and nothing caps it."""
        if self.amount is not None:
            return pa.array(np.full(len(order_value), self.amount))
        discount = pc.multiply(order_value.cast(pa.float64()), self.share)
        return discount if self.most is None else pc.min_element_wise(discount, self.most)

    def codes(self) -> Iterator[str]:
        return self.pool.codes()

    @property
    def _words(self) -> str:
        return f"{self.amount:g}" if self.amount is not None else f"{self.share:.0%}"


def _refused(context: Context, problem: str) -> Exception:
    return GuardStop.because("R721", f"offer {context.name!r} {problem}")
