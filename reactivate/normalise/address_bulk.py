"""Addresses in bulk: parse each shape once, put the numbers and the naming words of each address into it.

A base of a million addresses has some thousand shapes without them (`г. Киев, ул. *, д. #, кв. #`).
"""

import re
from functools import cache
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.address_words import city_keys, naming_words, runs, stand_in_places, stand_ins, street_keys
from reactivate.normalise.addresses import Address, parse_address
from reactivate.normalise.cells import Cells, Places, cells_of, joined, positions, sliced, table_of
from reactivate.normalise.columns import Encoded, encode, take

_LONG, _SHORT, _NAME, _LATIN = "\x01", "\x02", "\x03", "\x04"
_NAMES = re.compile(f"[{_NAME}{_LATIN}]")
_DIGIT, _MARK = 1, 2
_CLASSES = table_of({"0123456789": _DIGIT, _LONG + _SHORT + _NAME + _LATIN: _MARK})
_FIRST_SLOT = 7001
_SLOT = re.compile(r"70\d\d")
_PIECES = re.compile(r"(70\d\d| )")
_WORDS, _SEVERAL, _NONE = 1000, -1, -2
_Part = tuple[str | None, int | None]
"""A key of a shape: the text, and which slot it is; see `_slot`."""
_MOST_SLOTS = 90
_LONGEST_SHAPE = 1000


@frozen(eq=False)
class AddressKeys:
    """One entry per address given; null = not found."""

    street: pa.Array
    house: pa.Array
    flat: pa.Array
    city: pa.Array


@frozen(eq=False)
class _Slots:
    """What was taken out of each text: `values[starts[text] + place]`, codes of what the slots are filled with."""

    values: Places
    starts: Places
    counts: Places

    @classmethod
    def of(cls, values: list[Places], counts: list[Places]) -> "_Slots":
        number = positions(counts)
        return cls(positions(values), np.cumsum(number) - number, number)

    def at(self, texts: Places, places: npt.NDArray[Any], filling: pa.Array) -> pa.Array:
        """What stands at a place of each text; nothing there = empty."""
        there = places < self.counts[texts]
        found = self.values[np.where(there, self.starts[texts] + places, 0)] if len(self.values) else places
        return pc.fill_null(pc.take(filling, pa.array(found, mask=~there)), "")


@frozen(eq=False)
class _Shapes:
    """Texts without their numbers of up to four digits and their naming words; those; and the different words."""

    texts: pa.Array
    numbers: _Slots
    named: _Slots
    words: Encoded


@cache
def _written() -> pa.Array:
    """Numbers without leading zeros."""
    return pa.array([str(number) for number in range(10_000)])


def read_addresses(texts: pa.Array, cities: pa.Array, region: str) -> AddressKeys:
    """Keys of addresses; `cities`: what another field says of each (keys, null = nothing) and wins."""
    shapes = _shapes(texts)
    encoded, home = encode(shapes.texts, longest=_LONGEST_SHAPE), encode(cities)
    pairs = encoded.codes.astype(np.int64) * (len(home.values) + 1) + home.codes + 1
    kinds, codes = np.unique(np.where(encoded.codes < 0, -1, pairs), return_inverse=True)
    shape = take(encoded.values, np.where(kinds < 0, -1, kinds // (len(home.values) + 1))).to_pylist()
    city = take(home.values, np.where(kinds < 0, -1, kinds % (len(home.values) + 1) - 1)).to_pylist()
    read = [_shape(one or "", region, other) for one, other in zip(shape, city, strict=True)]
    street, town = (take(keys(shapes.words.values), shapes.words.codes) for keys in (street_keys, city_keys))
    columns = [
        _filled_column([parts[place] for parts in read], codes, shapes, words)
        for place, words in enumerate((street, street, street, town))
    ]
    return AddressKeys(_in_order(columns[0]), *columns[1:])


def _shapes(texts: pa.Array) -> _Shapes:
    """Each text with a sign for every run of digits and every naming word."""
    shapes, values, counts, named, name_counts = [], [], [], [], []
    words: list[pa.Array] = []
    for _, cells in sliced(texts, _LONGEST_SHAPE):
        seen = cells_of(cells)
        kinds = _CLASSES[seen.data]
        digit = kinds == _DIGIT
        start, end = runs(seen, digit)
        short = end - start < 5
        data = np.where(kinds == _MARK, np.uint8(ord(" ")), seen.data)
        data[start] = np.where(short, ord(_SHORT), ord(_LONG))
        found = naming_words(seen)
        data[found.start] = np.where(found.latin, ord(_LATIN), ord(_NAME))
        keep = ~(digit | seen.within(found.start, found.end))
        keep[start] = keep[found.start] = True
        shapes.append(Cells(data, seen.offsets).kept(keep))
        values.append(_values(seen, start[short], end[short]))
        marked = np.zeros(len(digit), bool)
        marked[start[short]] = True
        counts.append(seen.count(marked))
        named.append(found.code + sum(map(len, words)))
        words.append(found.words)
        name_counts.append(np.bincount(found.text, minlength=len(cells)))
    distinct = encode(joined(words, pa.string()))
    return _Shapes(joined(shapes, pa.string()), _Slots.of(values, counts), _Slots.of(named, name_counts), distinct)


def _values(cells: Cells, start: Places, end: Places) -> Places:
    value = np.zeros(len(start), np.int64)
    for place in range(4):
        there = np.flatnonzero(start + place < end)
        value[there] = value[there] * 10 + (cells.data[start[there] + place] - ord("0"))
    return value


def _filled_column(parts: list[_Part], codes: Places, shapes: _Shapes, words: pa.Array) -> Any:
    """One key per text: the constant of its shape, or what stands in its one slot, or a template with both."""
    slots = np.array([_NONE if slot is None else slot for _, slot in parts] or [_NONE], np.int64)
    slot = slots[codes] if len(parts) else np.full(len(codes), _NONE, np.int64)
    constants = pa.array([text if slot is None else None for text, slot in parts] or [None], pa.string())
    column = take(constants, codes)
    for rows, first, taken, filling in (
        (np.flatnonzero((slot >= 0) & (slot < _WORDS)), 0, shapes.numbers, _written()),
        (np.flatnonzero(slot >= _WORDS), _WORDS, shapes.named, words),
    ):
        if len(rows):
            column = _put(column, rows, taken.at(rows, slot[rows] - first, filling))
    several = np.flatnonzero(slot == _SEVERAL)
    several = several[np.argsort(codes[several], kind="stable")]
    ends = np.flatnonzero(np.diff(codes[several], append=-1)) + 1
    filled = [
        _joint(parts[int(codes[rows[0]])][0] or "", rows, shapes, words)
        for rows in np.split(several, ends[:-1])
        if len(rows)
    ]
    return _put(column, several, joined(filled, pa.string())) if filled else column


def _joint(template: str, rows: Places, shapes: _Shapes, words: pa.Array) -> pa.Array:
    """A template with several slots, filled for these texts."""
    cells: list[Any] = []
    for piece in _PIECES.split(template):
        slot = _slot(piece)
        if slot is None:
            cells.append(piece)
        elif slot < _WORDS:
            cells.append(shapes.numbers.at(rows, np.full(len(rows), slot), _written()))
        else:
            cells.append(shapes.named.at(rows, np.full(len(rows), slot - _WORDS), words))
    return pc.binary_join_element_wise(*cells, "")


def _in_order(streets: pa.Array) -> pa.Array:
    """The words of each street in alphabetical order again, now that they are there."""
    rows = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring(streets, " "), False), dtype=bool))
    if not len(rows):
        return streets
    several = encode(streets.take(pa.array(rows)), longest=_LONGEST_SHAPE)
    ordered = pa.array([" ".join(sorted(text.split(" "))) for text in several.values.to_pylist()], pa.string())
    return _put(streets, rows, take(ordered, several.codes))


def _put(column: pa.Array, rows: Places, values: pa.Array) -> pa.Array:
    """`column` with `values` at these rows, whatever their order."""
    place = np.arange(len(column))
    place[rows] = len(column) + np.arange(len(rows))
    return pa.concat_arrays([column, values]).take(pa.array(place))


def _shape(text: str, region: str, city: str | None) -> tuple[_Part, ...]:
    """(template, slot) for street, house, flat, city."""
    pieces = text.split(_SHORT)[:_MOST_SLOTS]
    numbered = pieces[0] + "".join(f"{_FIRST_SLOT + place}{piece}" for place, piece in enumerate(pieces[1:]))
    places = count()
    spelt = _NAMES.sub(lambda sign: stand_ins(sign[0] == _LATIN)[next(places)], numbered)
    found: Address = parse_address(spelt.replace(_LONG, "99999"), region, city)
    return tuple((value, _slot(value)) for value in (found.street, found.house, found.flat, found.city))


def _slot(value: str | None) -> int | None:
    """Which number or (from `_WORDS` on) which word the value is; `_SEVERAL` = it has slots inside; None = none."""
    if value is None:
        return None
    if value in stand_in_places():
        return _WORDS + stand_in_places()[value]
    if _SLOT.fullmatch(value):
        return int(value) - _FIRST_SLOT
    return _SEVERAL if _SLOT.search(value) or any(word in stand_in_places() for word in value.split(" ")) else None


_UNTIDY = r"[\t\n\f\r]|  | ,|,[^ ]|^[ ,;]|[ ,;]$"
"""Blanks that are doubled or none, a comma that one precedes or none follows, signs at the edges."""


def tidy_addresses(texts: pa.Array) -> pa.Array:
    """Addresses as one line each, to be written on an envelope: `Киев ,Мира 4` becomes `Киев, Мира 4`."""
    rows = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _UNTIDY), dtype=bool))
    if not len(rows):
        return texts
    lines = pc.replace_substring_regex(texts.take(pa.array(rows)), r"\s+", " ")
    return _put(texts, rows, pc.utf8_trim(pc.replace_substring_regex(lines, r"\s*,[\s,]*", ", "), " ,;"))


def address_key(keys: AddressKeys) -> pa.Array:
    """`city|street|house|flat`; null without a street."""
    parts = [pc.fill_null(part, "") for part in (keys.city, keys.street, keys.house, keys.flat)]
    joint = pc.binary_join_element_wise(*parts, "|") if len(keys.street) else pa.array([], pa.string())
    return pc.if_else(pc.is_valid(keys.street), joint, pa.scalar(None, pa.string()))


__all__ = ["AddressKeys", "address_key", "read_addresses", "tidy_addresses"]
