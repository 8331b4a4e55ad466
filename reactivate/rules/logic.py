"""What can be known of rules without any data: one that nobody can meet, one that swallows another.

Careful, not clever: a rule is taken apart into "either this and this, or that and that"; claims on one column against a
constant become ranges and word sets, all other claims are only compared with themselves. So `never` and `swallows` may
overlook, but what they say is so.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, TypeAlias

from attrs import define, field, frozen

from reactivate.rules import typed
from reactivate.rules.lookup import folded
from reactivate.rules.types import Kind

_MOST = 64
"""Alternatives of one rule; beyond that we say nothing."""
_DENIED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}

Literal: TypeAlias = tuple[typed.Value, bool]
"""A claim that must be true, or must be false."""


def never(rules: Sequence[typed.HasRoot]) -> bool:
    """Whether nobody can meet all of `rules`: `orders >= 5` beside `orders < 2`."""
    whole = typed.All(tuple(rule.root for rule in rules)) if rules else None
    ways = _ways(whole, True) if whole else None
    return ways is not None and not any(_box(way) for way in ways)


def swallows(first: typed.HasRoot, second: typed.HasRoot) -> bool:
    """Whether everybody who meets `second` meets `first` too, so that after `first` nobody is left for `second`."""
    wide, narrow = _ways(first.root, True), _ways(second.root, True)
    if wide is None or narrow is None:
        return False
    boxes = [box for way in narrow if (box := _box(way))]
    return bool(boxes) and all(any(_implied(box, way) for way in wide) for box in boxes)


def _ways(node: typed.Value, positive: bool) -> list[list[Literal]] | None:
    """The alternatives in which `node` is true (or false); None when there are too many."""
    if isinstance(node, typed.Not):
        return _ways(node.operand, not positive)
    if not isinstance(node, typed.All | typed.Any):
        return [[(node, positive)]]
    below = [_ways(part, positive) for part in node.parts]
    known = [ways for ways in below if ways is not None]
    if len(known) < len(below):
        return None
    if isinstance(node, typed.All) != positive:
        joined = [way for ways in known for way in ways]
        return joined if len(joined) <= _MOST else None
    size = 1
    for ways in known:
        size *= len(ways)
    return None if size > _MOST else [[one for way in chosen for one in way] for chosen in product(*known)]


@define
class _Room:
    """What is still possible for one column."""

    present: bool | None = None
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    words: frozenset[Any] | None = None
    not_words: frozenset[Any] = field(default=frozenset())

    @property
    def empty(self) -> bool:
        if self.words is not None and not self.words - self.not_words:
            return True
        if self.low is None or self.high is None:
            return False
        if self.low == self.high:
            return self.low_open or self.high_open or self.low in self.not_words
        return bool(self.low > self.high)


@frozen
class _Box:
    rooms: dict[str, _Room] = field(factory=dict)
    claims: set[Literal] = field(factory=set)


def _box(way: Iterable[Literal]) -> _Box | None:
    """All claims of one alternative together; None when they contradict each other."""
    box = _Box()
    return box if all(_narrow(box, claim, positive) for claim, positive in way) else None


def _narrow(box: _Box, claim: typed.Value, positive: bool) -> bool:  # noqa: PLR0911 - one case for each claim
    """Take a claim into the box; False when nothing is left."""
    if (claim, not positive) in box.claims:
        return False
    box.claims.add((claim, positive))
    match claim:
        case typed.Column(Kind.YESNO, column):
            return _among(_room(box, column), frozenset({True}), positive)
        case typed.Missing(typed.Column(_, column), negated):
            return _presence(_room(box, column), negated == positive)
        case typed.Among(typed.Column(_, column) as text, words, negated):
            room = _room(box, column)
            if text.name.words and room.words is None:
                room.words = frozenset(map(folded, text.name.words))
            return _among(room, frozenset(map(folded, words)), negated != positive)
        case typed.Contains(typed.Column(_, column), word):
            # what the list holds: each word is a column of its own, yes or no
            held = _among(_room(box, f"{column} has {folded(word)}"), frozenset({True}), positive)
            return held and _presence(_room(box, column), True)
        case typed.Compare(sign, typed.Column(_, column), typed.Const(value=value)):
            return _ranged(_room(box, column), sign if positive else _DENIED[sign], value)
        case typed.Compare(sign, typed.Const(value=value), typed.Column(_, column)):
            turned = _TURNED[sign]
            return _ranged(_room(box, column), turned if positive else _DENIED[turned], value)
        case _:
            return True


def _room(box: _Box, column: str) -> _Room:
    return box.rooms.setdefault(column, _Room())


def _presence(room: _Room, wanted: bool) -> bool:
    if room.present is not None and room.present != wanted:
        return False
    room.present = wanted
    return True


def _among(room: _Room, words: frozenset[Any], positive: bool) -> bool:
    if positive:
        room.words = words if room.words is None else room.words & words
    else:
        room.not_words |= words
        if True in words:
            room.words = frozenset({False}) if room.words is None else room.words & {False}
    return _presence(room, True) and not room.empty


def _ranged(room: _Room, sign: str, value: Any) -> bool:
    if sign in (">", ">=", "="):
        tighter = room.low is None or value > room.low or (value == room.low and sign == ">")
        if tighter:
            room.low, room.low_open = value, sign == ">"
    if sign in ("<", "<=", "="):
        tighter = room.high is None or value < room.high or (value == room.high and sign == "<")
        if tighter:
            room.high, room.high_open = value, sign == "<"
    if sign == "!=":
        room.not_words |= {value}
    return _presence(room, True) and not room.empty


def _implied(box: _Box, way: Iterable[Literal]) -> bool:
    """Whether everybody in the box meets all claims of `way`."""
    return all(_meets(box, claim, positive) for claim, positive in way)


def _meets(box: _Box, claim: typed.Value, positive: bool) -> bool:
    if (claim, positive) in box.claims:
        return True
    columns = typed.columns_in(claim)
    rooms = [box.rooms.get(column) for column in columns]
    if isinstance(claim, typed.Missing) and isinstance(claim.operand, typed.Column):
        wanted = claim.negated == positive
        return bool(rooms) and rooms[0] is not None and rooms[0].present is wanted
    # A claim on one column that is there is true or false: it is met when its denial leaves nobody.
    if len(columns) != 1 or rooms[0] is None or not rooms[0].present or not _simple(claim):
        return False
    return _box([*box.claims, (claim, not positive)]) is None


def _simple(claim: typed.Value) -> bool:
    match claim:
        case typed.Column() | typed.Among(typed.Column()) | typed.Contains(typed.Column()):
            return True
        case typed.Compare(_, typed.Column(), typed.Const()) | typed.Compare(_, typed.Const(), typed.Column()):
            return True
        case _:
            return False
