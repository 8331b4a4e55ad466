"""Addresses in bulk: parse each shape once, put the numbers of each address into it.

A base of a million addresses has some ten thousand shapes without its numbers (`г. Киев, ул. Мира, д. #, кв. #`).
"""

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.addresses import Address, parse_address
from reactivate.normalise.cells import Cells, Places, cells_of, joined, positions, sliced, table_of
from reactivate.normalise.columns import encode, take

_LONG, _SHORT = "\x01", "\x02"
_DIGIT, _MARK = 1, 2
_CLASSES = table_of({"0123456789": _DIGIT, _LONG + _SHORT: _MARK})
_FIRST_SLOT = 7001
_SLOT = re.compile(r"70\d\d")
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
class _Numbers:
    """The numbers of up to four digits of each text: `values[starts[text] + place]`."""

    values: Places
    starts: Places
    counts: Places

    def at(self, texts: Places, places: npt.NDArray[Any]) -> pa.Array:
        """The number at a place of each text without leading zeros; none there = empty."""
        there = places < self.counts[texts]
        found = self.values[np.where(there, self.starts[texts] + places, 0)] if len(self.values) else places
        return pc.fill_null(pc.take(_written(), pa.array(found, mask=~there)), "")


@cache
def _written() -> pa.Array:
    return pa.array([str(number) for number in range(10_000)])


def read_addresses(texts: pa.Array, cities: pa.Array, region: str) -> AddressKeys:
    """Keys of addresses; `cities`: what another field says of each (keys, null = nothing) and wins."""
    shapes, numbers = _shapes_and_numbers(texts)
    encoded, home = encode(shapes, longest=_LONGEST_SHAPE), encode(cities)
    pairs = encoded.codes.astype(np.int64) * (len(home.values) + 1) + home.codes + 1
    kinds, codes = np.unique(np.where(encoded.codes < 0, -1, pairs), return_inverse=True)
    shape = take(encoded.values, np.where(kinds < 0, -1, kinds // (len(home.values) + 1))).to_pylist()
    city = take(home.values, np.where(kinds < 0, -1, kinds % (len(home.values) + 1) - 1)).to_pylist()
    read = [_shape(one or "", region, other) for one, other in zip(shape, city, strict=True)]
    return AddressKeys(*(_filled_column([parts[place] for parts in read], codes, numbers) for place in range(4)))


def _shapes_and_numbers(texts: pa.Array) -> tuple[pa.Array, _Numbers]:
    """Each text with a sign for every run of digits, and the short ones of those runs as numbers."""
    shapes, values, counts = [], [], []
    for _, cells in sliced(texts, _LONGEST_SHAPE):
        seen = cells_of(cells)
        kinds = _CLASSES[seen.data]
        digit = kinds == _DIGIT
        start, end = _runs(seen, digit)
        short = end - start < 5
        data = np.where(kinds == _MARK, np.uint8(ord(" ")), seen.data)
        data[start] = np.where(short, ord(_SHORT), ord(_LONG))
        keep = ~digit
        keep[start] = True
        shapes.append(Cells(data, seen.offsets).kept(keep))
        values.append(_values(seen, start[short], end[short]))
        marked = np.zeros(len(digit), bool)
        marked[start[short]] = True
        counts.append(seen.count(marked))
    number = positions(counts)
    return joined(shapes, pa.string()), _Numbers(positions(values), np.cumsum(number) - number, number)


def _runs(cells: Cells, digit: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    """Where the runs of digits begin and end; none goes over the edge of a cell."""
    first = np.zeros(len(digit) + 1, bool)
    first[cells.offsets] = True
    before = np.concatenate([[False], digit[:-1]])
    behind = np.concatenate([digit[1:], [False]])
    start = np.flatnonzero(digit & (~before | first[:-1]))
    end = np.flatnonzero(digit & (~behind | first[1:])) + 1
    return start, end


def _values(cells: Cells, start: Places, end: Places) -> Places:
    value = np.zeros(len(start), np.int64)
    for place in range(4):
        there = np.flatnonzero(start + place < end)
        value[there] = value[there] * 10 + (cells.data[start[there] + place] - ord("0"))
    return value


def _filled_column(parts: list[tuple[str | None, int | None]], codes: Places, numbers: _Numbers) -> Any:
    """One key per text: the constant of its shape, or the number that stands in the slot, or both together."""
    slots = np.array([-2 if slot is None else slot for _, slot in parts] or [-2], np.int64)
    slot = slots[codes] if len(parts) else np.full(len(codes), -2, np.int64)
    constants = pa.array([text if slot is None else None for text, slot in parts] or [None], pa.string())
    column = take(constants, codes)
    one = np.flatnonzero(slot >= 0)
    if len(one):
        column = _put(column, one, numbers.at(one, slot[one]))
    several = np.flatnonzero(slot == -1)
    several = several[np.argsort(codes[several], kind="stable")]
    ends = np.flatnonzero(np.diff(codes[several], append=-1)) + 1
    filled = [
        _joint(parts[int(codes[rows[0]])][0] or "", rows, numbers) for rows in np.split(several, ends[:-1]) if len(rows)
    ]
    return _put(column, several, joined(filled, pa.string())) if filled else column


def _joint(template: str, rows: Places, numbers: _Numbers) -> pa.Array:
    """A template with several slots, filled for these texts."""
    pieces = _SLOT.split(template)
    used = [int(found) - _FIRST_SLOT for found in _SLOT.findall(template)]
    cells: list[Any] = [pieces[0]]
    for place, piece in zip(used, pieces[1:], strict=True):
        cells += [numbers.at(rows, np.full(len(rows), place)), piece]
    return pc.binary_join_element_wise(*cells, "")


def _put(column: pa.Array, rows: Places, values: pa.Array) -> pa.Array:
    """`column` with `values` at these rows, whatever their order."""
    place = np.arange(len(column))
    place[rows] = len(column) + np.arange(len(rows))
    return pa.concat_arrays([column, values]).take(pa.array(place))


def _shape(text: str, region: str, city: str | None) -> tuple[tuple[str | None, Any], ...]:
    """(template, slot) for street, house, flat, city. Slot: None = constant, n = just that number, -1 = several."""
    pieces = text.split(_SHORT)[:_MOST_SLOTS]
    numbered = pieces[0] + "".join(f"{_FIRST_SLOT + place}{piece}" for place, piece in enumerate(pieces[1:]))
    found: Address = parse_address(numbered.replace(_LONG, "99999"), region, city)
    return tuple((value, _slot(value)) for value in (found.street, found.house, found.flat, found.city))


def _slot(value: str | None) -> int | None:
    if value is None or not _SLOT.search(value):
        return None
    return int(value) - _FIRST_SLOT if _SLOT.fullmatch(value) else -1


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
