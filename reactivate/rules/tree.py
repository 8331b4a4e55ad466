"""What the parser makes of a rule: a tree of what was written, before anybody knows what the names mean.

`start` and `end` are offsets into the rule's text and do not take part in comparing, so two texts that say the same
make equal trees.
"""

from datetime import date
from fractions import Fraction
from typing import Literal as Only
from typing import TypeAlias

from attrs import field, frozen

from reactivate.rules.types import Kind, duration_text

Comparison: TypeAlias = Only["=", "!=", "<", "<=", ">", ">="]
Operator: TypeAlias = Only["+", "-", "*", "/"]


def _place() -> int:
    return field(default=0, eq=False, repr=False, kw_only=True)


@frozen
class Literal:
    """A number with its unit. `value`: a count, a sum, a share from 0 to 1, days, or a date."""

    text: str
    kind: Kind
    value: Fraction | date
    currency: str | None = None
    start: int = _place()
    end: int = _place()


@frozen
class Ref:
    """A bare word: a name, or, to the right of `=`, maybe a word. `window` is in days."""

    name: str
    window: Fraction | None = None
    start: int = _place()
    end: int = _place()

    @property
    def written(self) -> str:
        return self.name if self.window is None else f"{self.name}({duration_text(self.window)})"


@frozen
class Word:
    """A word that can be nothing else: in quotes, or in a place where only words stand."""

    text: str
    quoted: bool = True
    start: int = _place()
    end: int = _place()


@frozen
class Negative:
    operand: "Node"
    start: int = _place()
    end: int = _place()


@frozen
class Arithmetic:
    operator: Operator
    left: "Node"
    right: "Node"
    start: int = _place()
    end: int = _place()


@frozen
class Compare:
    operator: Comparison
    left: "Node"
    right: "Node"
    start: int = _place()
    end: int = _place()


@frozen
class Among:
    """`left in (words)`."""

    left: "Node"
    words: tuple[Word, ...]
    negated: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class Top:
    """`left in top 60%`."""

    left: "Node"
    share: Literal
    start: int = _place()
    end: int = _place()


@frozen
class Has:
    left: "Node"
    word: Word
    start: int = _place()
    end: int = _place()


@frozen
class Missing:
    operand: "Node"
    negated: bool = False
    start: int = _place()
    end: int = _place()


@frozen
class Not:
    operand: "Node"
    start: int = _place()
    end: int = _place()


@frozen
class All:
    parts: tuple["Node", ...]
    start: int = _place()
    end: int = _place()


@frozen
class Any:
    parts: tuple["Node", ...]
    start: int = _place()
    end: int = _place()


Node: TypeAlias = (
    Literal | Ref | Word | Negative | Arithmetic | Compare | Among | Top | Has | Missing | Not | All | Any
)  # fmt: skip


@frozen
class Ast:
    """A rule that could be read: its text as written and its tree."""

    text: str
    root: Node

    def said(self, node: Node) -> str:
        """The part of the text that `node` was read from, on one line."""
        return " ".join(self.text[node.start : node.end].split())


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order they are written."""
    match node:
        case All(parts) | Any(parts):
            return parts
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Among(left) | Top(left) | Has(left):
            return (left,)
        case Negative(operand) | Missing(operand) | Not(operand):
            return (operand,)
        case _:
            return ()
