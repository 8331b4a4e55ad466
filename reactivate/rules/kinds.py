"""Which kinds can be compared and reckoned with each other, and what to say when they cannot."""

from fractions import Fraction

from reactivate.rules import tree
from reactivate.rules.types import Kind

COUNT, MONEY, SHARE, POINTS = Kind.COUNT, Kind.MONEY, Kind.SHARE, Kind.POINTS
DURATION, DATE = Kind.DURATION, Kind.DATE
MEASURES = frozenset({COUNT, MONEY, SHARE, POINTS, DURATION, DATE})
"""Kinds with an order: they can be compared with `<` and ranked."""
_SCALED = (MONEY, SHARE, POINTS, DURATION)

_SUMS: dict[tuple[str, Kind, Kind], Kind] = {
    **{(sign, kind, kind): kind for sign in "+-" for kind in (COUNT, MONEY, POINTS, DURATION)},
    ("+", SHARE, SHARE): SHARE,
    ("-", SHARE, SHARE): POINTS,
    ("+", SHARE, POINTS): SHARE,
    ("-", SHARE, POINTS): SHARE,
    ("+", POINTS, SHARE): SHARE,
    ("-", DATE, DATE): DURATION,
    ("+", DATE, DURATION): DATE,
    ("-", DATE, DURATION): DATE,
    ("+", DURATION, DATE): DATE,
}
_PRODUCTS: dict[tuple[str, Kind, Kind], Kind] = {
    ("*", COUNT, COUNT): COUNT,
    **{("*", COUNT, kind): kind for kind in _SCALED},
    **{("*", kind, COUNT): kind for kind in _SCALED},
    **{("*", SHARE, kind): kind for kind in _SCALED},
    **{("*", kind, SHARE): kind for kind in _SCALED},
    **{("/", kind, COUNT): kind for kind in _SCALED},
    **{("/", kind, SHARE): kind for kind in (COUNT, MONEY, DURATION)},
    **{("/", kind, kind): COUNT for kind in (COUNT, *_SCALED)},
}
_TABLE = _SUMS | _PRODUCTS
_RATIOS = frozenset({("*", COUNT, SHARE), ("*", SHARE, COUNT), *(("/", kind, kind) for kind in (COUNT, *_SCALED))})
_VERBS = {"+": "added to", "-": "taken from", "*": "multiplied by", "/": "divided by"}


def reckoned(operator: str, left: Kind, right: Kind) -> tuple[Kind, bool] | None:
    """The kind of `left operator right` and whether it is a plain ratio; None when that has no meaning."""
    kind = _TABLE.get((operator, left, right))
    return None if kind is None else (kind, (operator, left, right) in _RATIOS)


def cannot_reckon(operator: str, left: Kind, right: Kind) -> str:
    """Why the sum has no meaning."""
    if operator == "-":
        left, right = right, left
    return f"{left} cannot be {_VERBS[operator]} {right}"


def with_unit(literal: tree.Literal, kind: Kind, currency: str) -> str:
    """A bare number as one would write it for `kind`."""
    number = literal.text
    value = literal.value
    if kind is DURATION:
        return f"{number.partition('.')[0]}d"
    if kind is MONEY:
        return f"{number} {currency}"
    if kind in (SHARE, POINTS):
        if isinstance(value, Fraction) and 0 < value < 1:
            number = f"{float(value * 100):g}"
        return f"{number}{'%' if kind is SHARE else 'pp'}"
    return "2026-12-01" if kind is DATE else number


def example(name: str, kind: Kind, currency: str) -> str:
    """A rule that uses a name of this kind."""
    endings = {
        COUNT: ">= 1", MONEY: f">= 500 {currency}", SHARE: ">= 30%", POINTS: "<= 4pp", DURATION: "> 30d",
        DATE: ">= 2026-12-01", Kind.TEXT: "= word", Kind.LIST: "has word", Kind.YESNO: "",
    }  # fmt: skip
    return f"{name} {endings[kind]}".strip()
