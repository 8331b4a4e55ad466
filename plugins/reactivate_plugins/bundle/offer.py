"""The sum of its parts: costs are added, the smallest stock counts, the code is that of its one part with codes."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.api import Context, GuardStop, Offer, Terms


@frozen
class BundleOffer:
    """`parts` given together."""

    parts: tuple[Offer, ...]

    @classmethod
    def of(cls, names: Sequence[str], context: Context) -> "BundleOffer":
        """GuardStop R722 when a part is unknown, named twice, or the second one with codes."""
        unknown = [name for name in names if name not in context.offers]
        if unknown:
            raise _refused(context, f"names {', '.join(map(repr, unknown))}, which the campaign does not offer")
        if len(set(names)) < 2 or len(set(names)) < len(names):
            raise _refused(context, "needs two or more different offers")
        parts = tuple(context.offers[name] for name in names)
        coded = [name for name, part in zip(names, parts, strict=True) if part.codes() is not None]
        if len(coded) > 1:
            raise _refused(context, f"has two parts with codes, {' and '.join(coded[:2])}: a letter carries one code")
        return cls(parts)

    @property
    def terms(self) -> Terms:
        said = [part.terms for part in self.parts]
        stocks = [terms.stock for terms in said if terms.stock is not None]
        return Terms(
            gives=" + ".join(terms.gives for terms in said if terms.gives), stock=min(stocks) if stocks else None
        )

    def cost(self, order_value: pa.Array) -> pa.Array:
        costs: list[Any] = [part.cost(order_value) for part in self.parts]
        return reduce(pc.add, costs)

    def codes(self) -> Iterator[str] | None:
        return next((codes for part in self.parts if (codes := part.codes()) is not None), None)


def _refused(context: Context, problem: str) -> Exception:
    return GuardStop.because("R722", f"bundle {context.name!r} {problem}")
