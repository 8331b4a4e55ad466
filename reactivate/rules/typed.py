"""A rule whose names and words are understood: the tree that Arrow and the interpreter run.

Every node knows the piece of text it came from. Constants are plain Python values: counts and days int or float,
shares float from 0 to 1, money Decimal, days of the calendar `date`.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, TypeAlias

from attrs import field, frozen

from reactivate.rules import tree
from reactivate.rules.types import Kind, Name

Constant: TypeAlias = int | float | Decimal | date


def _said() -> str:
    return field(default="", eq=False, repr=False, kw_only=True)


@frozen
class Const:
    kind: Kind
    value: Constant
    said: str = _said()


@frozen
class Column:
    """A name: the column that holds it, and what the vocabulary says of it."""

    kind: Kind
    column: str
    name: Name = field(eq=False, repr=False)
    said: str = _said()


@frozen
class Arithmetic:
    """`ratio`: a plain number that may be compared with a count or a share."""

    kind: Kind
    operator: tree.Operator
    left: "Value"
    right: "Value"
    ratio: bool = False
    said: str = _said()


@frozen
class Compare:
    operator: tree.Comparison
    left: "Value"
    right: "Value"
    said: str = _said()


@frozen
class Among:
    """A text is one of the words, letter case aside."""

    left: "Value"
    words: frozenset[str]
    negated: bool = False
    said: str = _said()


@frozen
class Contains:
    """A list holds the word, letter case aside."""

    left: "Value"
    word: str
    said: str = _said()


@frozen
class Top:
    """Among the largest `share` of all who have a value; ties at the edge are in."""

    left: "Value"
    share: Fraction
    said: str = _said()


@frozen
class Missing:
    operand: "Value"
    negated: bool = False
    said: str = _said()


@frozen
class Not:
    operand: "Value"
    said: str = _said()


@frozen
class All:
    parts: tuple["Value", ...]
    said: str = _said()


@frozen
class Any:
    parts: tuple["Value", ...]
    said: str = _said()


Claim: TypeAlias = Compare | Among | Contains | Top | Missing
Value: TypeAlias = Const | Column | Arithmetic | Claim | Not | All | Any


@frozen
class Typed:
    """A checked rule. `names`: as the vocabulary has them; `columns`: read from the table, windows included."""

    ast: tree.Ast
    root: Value
    kind: Kind
    names: frozenset[str]
    columns: frozenset[str]
    windows: frozenset[tuple[str, float]]
    uses_top: bool


class HasRoot(Protocol):
    """A typed or a compiled rule: both can be explained and reasoned about."""

    @property
    def root(self) -> Value: ...


def kind_of(node: Value) -> Kind:
    """The kind of any node; claims are yes/no."""
    return node.kind if isinstance(node, Const | Column | Arithmetic) else Kind.YESNO


def kinds_of(node: Value) -> tuple[Kind, ...]:
    """All kinds that a node can be compared as: a plain ratio is a count and a share."""
    ratio = isinstance(node, Arithmetic) and node.ratio
    return (Kind.COUNT, Kind.SHARE) if ratio else (kind_of(node),)


def parts_of(node: Value) -> tuple[Value, ...]:
    """The nodes directly below."""
    match node:
        case All(parts) | Any(parts):
            return parts
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Among(left) | Contains(left) | Top(left):
            return (left,)
        case Missing(operand) | Not(operand):
            return (operand,)
        case _:
            return ()


def walk(node: Value) -> list[Value]:
    """`node` and everything below it."""
    found = [node]
    for below in found:
        found.extend(parts_of(below))
    return found


def columns_in(node: Value) -> frozenset[str]:
    """Every column read at or below `node`."""
    return frozenset(below.column for below in walk(node) if isinstance(below, Column))
