"""What a file of small tests holds: a person, what he does, what must come out."""

from datetime import date, datetime
from decimal import Decimal

from attrs import field, frozen

from reactivate.diagnostics import Span
from reactivate.journey.responses import Script
from reactivate.spec.tree import Node, Scalar


@frozen
class Order:
    """A paid order of the person; a negative sum is a return, None = not known."""

    on: date
    amount: Decimal | None = None
    category: str | None = None
    items: tuple[str, ...] = ()


@frozen
class Person:
    """Who is played. `columns`: profile columns that go before what the orders say, as written."""

    orders: tuple[Order, ...] = ()
    columns: tuple[tuple[Scalar, Node], ...] = ()
    reached_by: tuple[str, ...] | None = None
    segment: str | None = None
    offer: str | None = None


@frozen
class Touch:
    """A touch as expected or seen; `day` 0 is the day of entry, None = any."""

    step: str
    state: str = "sent"
    day: int | None = None


@frozen
class Expected:
    """What must come out. None = not asked; `touches` is the whole list in order of days."""

    touches: tuple[Touch, ...] | None = None
    outcome: str | None = None
    day: int | None = None
    goal_day: int | None = None
    segment: str | None = None
    places: dict[str, Span] = field(factory=dict)


@frozen
class Case:
    """One test: a person, what he does, what must come out."""

    name: str
    span: Span
    person: Person
    scripts: tuple[Script, ...]
    expected: Expected


@frozen
class CaseFile:
    """All tests of a campaign; everybody enters at `now` (UTC) and is played for `days`."""

    path: str
    now: datetime
    days: int
    cases: tuple[Case, ...]
    text: str = field(default="", repr=False)
