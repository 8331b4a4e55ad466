"""The reference interpreter: a rule on one row of plain Python values, written to be obviously right.

Tests hold the Arrow compiler to it; `explain` uses it to tell one person's story. A row maps column names to
bool, int, float, Decimal, date, str, list of str, or None for missing; an absent key is missing too.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from reactivate.rules import typed
from reactivate.rules.lookup import folded
from reactivate.rules.types import Kind

Row = Mapping[str, Any]
_LARGEST = Decimal("9999999999999999.99")
_CENT = Decimal("0.01")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def value(node: typed.Value, row: Row, base: Sequence[Row] = ()) -> Any:  # noqa: PLR0911 - one case for each kind of node
    """What `node` is for this row; None = missing. `base`: everyone, for `in top`."""
    match node:
        case typed.Const():
            return node.value
        case typed.Column(kind, column):
            return _read(row.get(column), kind)
        case typed.Arithmetic():
            return _reckon(node, value(node.left, row, base), value(node.right, row, base))
        case typed.Compare(sign, left, right):
            return _compare(sign, value(left, row, base), value(right, row, base))
        case typed.Among(left, words, negated):
            text = value(left, row, base)
            return None if text is None else (folded(text) in map(folded, words)) != negated
        case typed.Contains(left, word):
            held = value(left, row, base)
            return None if held is None else folded(word) in [folded(one) for one in held if one is not None]
        case typed.Top():
            return _in_top(node, row, base)
        case typed.Missing(operand, negated):
            return (value(operand, row, base) is None) != negated
        case typed.Not(operand):
            said = value(operand, row, base)
            return None if said is None else not said
        case typed.All(parts):
            return _kleene([value(part, row, base) for part in parts], decisive=False)
        case typed.Any(parts):
            return _kleene([value(part, row, base) for part in parts], decisive=True)


def _kleene(claims: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in claims:
        return decisive
    return None if None in claims else not decisive


def _read(cell: Any, kind: Kind) -> Any:
    if isinstance(cell, float) and math.isnan(cell):
        return None
    return float(cell) if cell is not None and kind in (Kind.SHARE, Kind.POINTS) else cell


def _compare(sign: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, float) != isinstance(right, float):
        left, right = float(left), float(right)
    return _COMPARE[sign](left, right)


def _in_top(node: typed.Top, row: Row, base: Sequence[Row]) -> bool | None:
    own = value(node.left, row, base)
    everyone = sorted((found for one in base if (found := value(node.left, one)) is not None), reverse=True)
    if own is None or not everyone:
        return None
    return _compare(">=", own, everyone[math.ceil(node.share * len(everyone)) - 1])


def _reckon(node: typed.Arithmetic, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, date) or isinstance(right, date):
        return _reckon_dates(node.operator, left, right)
    if node.kind is Kind.MONEY and node.operator in "+-":
        return _money(left + right if node.operator == "+" else left - right)
    # Money times or by a number is reckoned in hundredths as a double and rounded to whole ones.
    result = _reckon_floats(node.operator, _hundredths(left), _hundredths(right))
    if node.kind is not Kind.MONEY or result is None:
        return result
    return _money(Decimal(round(result)) / 100) if math.isfinite(result) else None


def _hundredths(number: Any) -> float:
    return float(int(number * 100)) if isinstance(number, Decimal) else float(number)


def _money(amount: Decimal) -> Decimal | None:
    return amount.quantize(_CENT, ROUND_HALF_EVEN) if abs(amount) <= _LARGEST else None


def _reckon_floats(sign: str, left: float, right: float) -> float | None:
    if sign == "/" and right == 0:
        return None
    reckon: dict[str, Callable[[float, float], float]] = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    }  # fmt: skip
    result = reckon[sign](left, right)
    return None if math.isnan(result) else result


def _reckon_dates(sign: str, left: Any, right: Any) -> int | date | None:
    if isinstance(left, date) and isinstance(right, date):
        return (left - right).days
    day, days = (left, right) if isinstance(left, date) else (right, left)
    try:
        # ordinals, not `day + timedelta(days=0.5)`: half a day before noon is the day before
        return date.min + timedelta(days=math.floor((day - date.min).days + (days if sign == "+" else -days)))
    except (OverflowError, ValueError):
        return None
