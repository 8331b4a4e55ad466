"""The kinds of the rule language and the names a rule may use."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from fractions import Fraction

from attrs import evolve, frozen


class Kind(Enum):
    """What a value is. The texts are those of `types:` in a source and of a segmenter's columns."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    DURATION = "duration"
    DATE = "date"
    TEXT = "text"
    LIST = "list"
    YESNO = "yes/no"

    def __str__(self) -> str:
        return _PHRASES[self]


_PHRASES = {
    Kind.COUNT: "a count",
    Kind.MONEY: "money",
    Kind.SHARE: "a share",
    Kind.POINTS: "a difference of shares",
    Kind.DURATION: "a duration",
    Kind.DATE: "a date",
    Kind.TEXT: "a text",
    Kind.LIST: "a list",
    Kind.YESNO: "yes or no",
}


@frozen
class Name:
    """One name a rule may use.

    words: the fixed set of a text or list; empty = any word. column: the Arrow column read, by default the name itself.
    windowed: `orders(365d)` is allowed; needs_window: the name is nothing without one. moment: a fact of this pass
    (`thanks.clicked`, `ordered`), of which `is missing` is refused. caution: a warning wherever the name is used.
    """

    name: str
    kind: Kind
    doc: str = ""
    words: frozenset[str] = frozenset()
    column: str | None = None
    windowed: bool = False
    needs_window: bool = False
    moment: bool = False
    caution: str | None = None

    @property
    def source(self) -> str:
        """The column that holds it."""
        return self.column or self.name


class Vocabulary(Mapping[str, Name]):
    """The names of one scope, and those that exist elsewhere with the reason why not here.

    A reason ends the sentence "'x' cannot be used here: …".
    """

    def __init__(self, names: Iterable[Name] = (), unavailable: Mapping[str, str] | None = None) -> None:
        self._names = {name.name: name for name in names}
        self.unavailable = {word: why for word, why in (unavailable or {}).items() if word not in self._names}

    def plus(self, *names: Name, unavailable: Mapping[str, str] | None = None) -> "Vocabulary":
        """A scope that knows `names` as well; what was unavailable and is now given becomes available."""
        return Vocabulary((*self._names.values(), *names), {**self.unavailable, **(unavailable or {})})

    def __getitem__(self, name: str) -> Name:
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def renamed(name: Name, new: str) -> Name:
    """The same name under another word, still read from its own column."""
    return evolve(name, name=new, column=name.source)


def duration_text(days: Fraction | float) -> str:
    """Days as one writes them: 2.0 is `2d`, 1.5 is `36h`, a forty-eighth is `30min`."""
    minutes = round(Fraction(days) * 1440)
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}min"


def window_column(name: str, days: float) -> str:
    """The column of a name in a rolling window: `orders(365d)`."""
    return f"{name}({duration_text(days)})"
