"""Whether a campaign says at which stage of life its people are: the four classes are not mixed unless it does."""

from collections.abc import Iterable
from typing import Protocol

from reactivate.contracts.profile_columns import COLUMNS
from reactivate.spec.business import Business

MIXED = "R750"
_OF_LIFE = frozenset(column.name for column in COLUMNS if column.of_life)
"""Names that place a person between the first order and being lost, or say how long he has been away."""
_IN_TIME = frozenset({"orders", "order_days", "revenue"})
"""Names that speak of silence as soon as they carry a window, as in `orders(365d) = 0`."""


class Reads(Protocol):
    """A rule, typed or compiled."""

    @property
    def names(self) -> frozenset[str]: ...

    @property
    def windows(self) -> frozenset[tuple[str, float]]: ...


def asks(business: Business, rules: Iterable[Reads]) -> bool:
    """Whether any rule names a stage of life or a silence, in whatever way: who does so chooses among the classes."""
    mine = _OF_LIFE | _renamed(business)
    return any(rule.names & mine or {name for name, _ in rule.windows} & _IN_TIME for rule in rules)


def _renamed(business: Business) -> frozenset[str]:
    """What `columns` of the business file calls the words of `stage`, `rfm` and `due`."""
    first = {name: getattr(column.descriptor, "adds", ())[:1] for name, column in business.columns.items()}
    return frozenset(name for name, added in first.items() if added and added[0].name in _OF_LIFE)
