"""Types of fields that only specs have; each is read by its reader in `scalars`."""

from typing import Annotated, Any, NewType

from attrs import field, frozen

from reactivate.contracts.values import Rate
from reactivate.diagnostics import Span
from reactivate.spec.tree import Piece

CountRate = NewType("CountRate", Rate)
"""`60 per day`, `3 per 30d`."""

People = NewType("People", Rate)
"""`400 per week`, or a plain count of people in all."""

Budget = NewType("Budget", Rate)
"""`3000 USD` in all, or `3000 USD per month`."""

OrderCount = NewType("OrderCount", int)
"""`2 orders`."""

OfMargin = NewType("OfMargin", float)
"""`5% of margin`, as a share from 0 to 1."""

Zone = Annotated[str, "zone"]
Currency = Annotated[str, "currency"]
Language = Annotated[str, "language"]
Address = Annotated[str, "address"]
"""A web address that begins with http(s)://."""

Either = Annotated[tuple[str, ...], "either"]
"""Names joined by `or`: `telegram or sms`."""

Template = Annotated[str, "template"]
"""The name of a text file in `templates/`, without `.md`."""


@frozen
class OneOrMore:
    """Marks a tuple whose only item may stand without its list: `Annotated[tuple[X, ...], ONE_OR_MORE]`."""


ONE_OR_MORE = OneOrMore()


@frozen
class Rule:
    """A rule as written, and its place; two rules are equal when their texts are."""

    text: str
    span: Span = field(eq=False)
    pieces: tuple[Piece, ...] = field(default=(), eq=False, repr=False)
    comment: str = field(default="", eq=False, repr=False)

    def __str__(self) -> str:
        return self.text


@frozen
class Places:
    """Where the values of an object stand: dotted paths such as `limits`, `ask.0`, `from.slow`."""

    values: dict[str, Span] = field(factory=dict)
    keys: dict[str, Span] = field(factory=dict)
    whole: Span | None = None

    def of(self, path: str) -> Span | None:
        """The place of a value, of its key, or at least of the whole object."""
        return self.values.get(path) or self.keys.get(path) or self.whole

    def key(self, path: str) -> Span | None:
        """The place of a key, or of the whole object."""
        return self.keys.get(path) or self.whole


class Fault:
    """What stands for a value that could not be read; its complaint is in the collector."""


FAULT = Fault()


def inner(default: Any = None, factory: Any = None) -> Any:
    """A field that the loader fills; no key of the language."""
    if factory is not None:
        return field(factory=factory, metadata={"inner": True}, repr=False, eq=False)
    return field(default=default, metadata={"inner": True}, repr=False, eq=False)
