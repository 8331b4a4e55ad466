"""Guards of money: stricter than the sums that always run, for shops that want them so."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from attrs import frozen

from reactivate.api import Context, Guard, GuardType, Money, NoSettings, Share, hookimpl, setting


@frozen
class FloorSettings:
    """What an order that uses the offer must leave."""

    left: Money | Share = setting("least margin left: a sum, or a share of the order's value", example="10%")


@frozen
class PaybackSettings:
    """How long money may be away."""

    orders: int = setting("later orders after which it must be back; 0 = the first order pays", default=1, example="0")


@frozen
class BudgetSettings:
    """What one person may cost."""

    per_person: Money = setting("largest cost of contacts and offer if it is used", example="30 USD")


@frozen
class WasteSettings:
    """How many codes may go to those who would have come anyway."""

    at_most: Share = setting("largest share of the offers used that changes nothing", default=Share(0.5), example="40%")


@frozen
class FatigueSettings:
    """What a permission is worth."""

    worth: Money = setting("margin that a permission brings until it ends", example="12 USD")
    loss: Share = setting("chance that a contact loses the permission", default=Share(0.002), example="0.5%")


@frozen
class StockSettings:
    """Goods on hand."""

    path: Path = setting("CSV with the columns item and quantity; an item is the name of an offer",
                         example="data/stock.csv")  # fmt: skip


def _judge(name: str) -> Callable[[Any, Context], Guard]:
    def create(settings: Any, context: Context) -> Guard:
        from reactivate_plugins.money_guards import judges

        guard: Guard = getattr(judges, name)(settings, context)
        return guard

    return create


@hookimpl
def reactivate_guards() -> Iterable[GuardType]:
    """The guards `margin_floor no_hope payback budget waste fatigue stock`."""
    listed = (
        ("margin_floor", "Refuse offers that leave too little margin on an order", FloorSettings),
        ("no_hope", "Refuse offers of which each extra order loses money on the day", NoSettings),
        ("payback", "Refuse offers whose money comes back too late", PaybackSettings),
        ("budget", "Refuse offers of which one person can cost too much", BudgetSettings),
        ("waste", "Refuse offers used mostly by people who would have come anyway", WasteSettings),
        ("fatigue", "Refuse contacts that bring less than the permission they put at risk", FatigueSettings),
        ("stock", "Refuse offers of goods not on hand", StockSettings),
    )
    return [GuardType(name=name, summary=line, settings=cls, create=_judge(name)) for name, line, cls in listed]
