"""Each guard: its settings turned into one sum of `economics.guards`."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from attrs import frozen

from reactivate.api import Context, DataError, GuardStop, Money, economics, place

if TYPE_CHECKING:
    from reactivate_plugins import money_guards as words


@frozen
class Judge:
    """A guard that is one sum."""

    sum: Callable[[pa.Table], pa.Table]

    def judge(self, candidates: pa.Table) -> pa.Table:
        return self.sum(candidates)


def margin_floor(settings: "words.FloorSettings", context: Context) -> Judge:
    if isinstance(settings.left, Money):
        return Judge(partial(economics.guards.below_floor, amount=_amount(settings.left, context)))
    return Judge(partial(economics.guards.below_floor, share=float(settings.left)))


def no_hope(settings: Any, context: Context) -> Judge:
    return Judge(economics.guards.hopeless)


def payback(settings: "words.PaybackSettings", context: Context) -> Judge:
    return Judge(partial(economics.guards.paid_back_late, orders=settings.orders))


def budget(settings: "words.BudgetSettings", context: Context) -> Judge:
    return Judge(partial(economics.guards.too_dear, most=_amount(settings.per_person, context)))


def waste(settings: "words.WasteSettings", context: Context) -> Judge:
    return Judge(partial(economics.guards.wasteful, most=float(settings.at_most)))


def fatigue(settings: "words.FatigueSettings", context: Context) -> Judge:
    worth = _amount(settings.worth, context)
    return Judge(partial(economics.guards.tiring, loss=float(settings.loss), worth=worth))


def stock(settings: "words.StockSettings", context: Context) -> Judge:
    """The file is read when the guard judges, so that it is never older than the plan."""
    return Judge(lambda table: economics.guards.out_of_stock(table, _on_hand(place(settings.path, context.folder))))


def _on_hand(path: Path) -> dict[str, float]:
    """Pieces per item; DataError R663 for a file without the two columns or with a cell that is no number."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        head = lines.readline()
        lines.seek(0)
        reader = csv.DictReader(lines, delimiter=max(",;\t", key=head.count))
        if not {"item", "quantity"} <= set(reader.fieldnames or ()):
            raise DataError.because("R663", f"stock {path} needs the columns item and quantity")
        found: dict[str, float] = {}
        for row in reader:
            try:
                found[row["item"].strip()] = found.get(row["item"].strip(), 0.0) + float(row["quantity"])
            except (TypeError, ValueError):
                problem = f"quantity {row['quantity']!r} is no number"
                raise DataError.because("R663", f"stock {path}, line {reader.line_num}: {problem}") from None
    return found


def _amount(money: Money, context: Context) -> float:
    if money.currency != context.currency:
        problem = f"is in {money.currency}, the business counts in {context.currency}"
        raise GuardStop.because("R721", f"guard {context.name!r} {problem}")
    return float(money.amount)
