"""What the objects made by plug-ins must be able to do. Protocols, never base classes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol
from zoneinfo import ZoneInfo

from attrs import field, frozen

from reactivate.contracts.messages import Message, Receipt
from reactivate.contracts.values import Duration

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Literal["orders", "people", "events", "consents", "refusals"]


@frozen
class BadRow:
    """A row that a source could not even cut into cells: kept aside with its number and the reason."""

    row: int
    reason: str


@frozen
class Batch:
    """Raw columns of a source, cells as text unless the format itself is typed. `first_row` is one-based.

    `row_numbers` gives the source's own row numbers when some rows between were kept aside.
    """

    rows: Rows
    table: "pa.RecordBatch"
    first_row: int
    row_numbers: "pa.Array | None" = None


@frozen
class Context:
    """What the host hands to every plug-in in place of globals: place, calendar, money, clock, seed.

    `offers`: the campaign's offers made so far, for those made of others; bundles are made last.
    """

    name: str
    folder: Path
    timezone: ZoneInfo
    currency: str
    now: Callable[[], datetime]
    seed: int = 0
    language: str = "en"
    offers: "Mapping[str, Offer]" = field(factory=dict)


class Source(Protocol):
    """Reads the world; the host maps columns, types and dates by the declared mapping."""

    def read(self) -> Iterator[Batch | BadRow]: ...


class Matcher(Protocol):
    """Finds records of one person. `records` is the cleaned records table with normal forms beside it."""

    def link(self, records: "pa.Table") -> "pa.Table":
        """A `links` table; the same for any order of rows, up to positions."""
        ...


class Segmenter(Protocol):
    """Adds columns to profiles."""

    def assign(self, profiles: "pa.Table", orders: "pa.Table", as_of: date) -> "pa.Table":
        """`person_id` (each person of `profiles` once) and the columns that the descriptor names."""
        ...


class Explains(Protocol):
    """What a segmenter may do besides: say why one person has the word it gave, for `explain`."""

    def why(self, row: "Mapping[str, Any]", orders: "pa.Table", as_of: date) -> str:
        """One sentence. `row` is the person's profile, its own columns under their own names; `orders` the person's."""
        ...


@frozen
class Terms:
    """What an offer says of itself: how long it holds, from which sum, in which words, how many there are."""

    valid: Duration | None = None
    min_order: float | None = None
    gives: str = ""
    stock: int | None = None


class Offer(Protocol):
    """Something given with a message."""

    @property
    def terms(self) -> Terms: ...

    def cost(self, order_value: "pa.Array") -> "pa.Array":
        """D per person: our cost (float64, currency of the business) on an order of that value that uses it."""
        ...

    def codes(self) -> Iterator[str] | None:
        """The codes to hand out, in order; None when the offer needs no code."""
        ...


class Guard(Protocol):
    """May drop a person, an offer or the run, and says why."""

    def judge(self, candidates: "pa.Table") -> "pa.Table":
        """`person_id, offer, verdict` of what is refused; no row = allowed."""
        ...


class Channel(Protocol):
    """Hands messages over. Called only by `run`, after the intent is durable; never retries by itself."""

    def send(self, messages: Sequence[Message]) -> Iterable[Receipt]:
        """One receipt per message, in order, each as soon as its fate is known."""
        ...

    def lookup(self, key: str) -> Receipt | None:
        """What became of an earlier message; None = this channel cannot tell."""
        ...
