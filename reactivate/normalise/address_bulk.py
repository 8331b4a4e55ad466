"""Addresses in bulk: parse each shape once, put the numbers of each address into it.

A base of a million addresses has some ten thousand shapes without its numbers (`г. Киев, ул. Мира, д. #, кв. #`).
"""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.addresses import Address, parse_address
from reactivate.normalise.columns import encode, take

_LONG, _SHORT = "\x01", "\x02"
_FIRST_SLOT = 7001
_SLOT = re.compile(r"70\d\d")
_MOST_SLOTS = 90


@frozen(eq=False)
class AddressKeys:
    """One entry per address given; null = not found."""

    street: pa.Array
    house: pa.Array
    flat: pa.Array
    city: pa.Array


def read_addresses(texts: pa.Array, region: str) -> AddressKeys:
    """Keys of distinct addresses `text \\x1f city key`; the city key may be empty."""
    shapes = pc.replace_substring_regex(texts, r"\d{5,}", _LONG)
    shapes = pc.replace_substring_regex(shapes, r"\d{1,4}", _SHORT)
    encoded = encode(shapes, longest=1000)
    read = [_shape(shape, region) for shape in encoded.values.to_pylist()]
    numbers = _numbers(texts)
    return AddressKeys(
        *(_filled_column([shape[place] for shape in read], encoded.codes, numbers) for place in range(4))
    )


@frozen(eq=False)
class _Numbers:
    """The numbers of up to four digits of each text without leading zeros: `values[starts[text] + place]`."""

    values: pa.Array
    starts: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    def at(self, texts: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> pa.Array:
        there = places < self.counts[texts]
        found = pc.take(self.values, pa.array(np.where(there, self.starts[texts] + places, 0), mask=~there))
        return pc.fill_null(found, "")


def _numbers(texts: pa.Array) -> _Numbers:
    lists = pc.split_pattern_regex(pc.fill_null(texts, ""), r"\D+")
    flat, owner = lists.flatten(), np.asarray(pc.list_parent_indices(lists))
    lengths = np.asarray(pc.utf8_length(flat))
    short = (lengths > 0) & (lengths < 5)
    values = pc.replace_substring_regex(flat.filter(pa.array(short)), "^0+([0-9])", r"\1")
    counts = np.bincount(owner[short], minlength=len(texts)).astype(np.int64)
    return _Numbers(values, np.cumsum(counts) - counts, counts)


def _filled_column(parts: list[tuple[str | None, int | None]], codes: npt.NDArray[np.int32], numbers: _Numbers) -> Any:
    """One key per text: the constant of its shape, or the number that stands in the slot, or both together."""
    slots = np.array([-2 if slot is None else slot for _, slot in parts] or [-2], np.int64)
    slot = np.where(codes >= 0, slots[codes], -2)
    constants = pa.array([text if slot is None else None for text, slot in parts] or [None], pa.string())
    column = take(constants, codes)
    one = np.flatnonzero(slot >= 0)
    if len(one):
        column = _put(column, one, numbers.at(one, slot[one]))
    for code in {code for code, (_, slot) in enumerate(parts) if slot == -1}:
        rows = np.flatnonzero(codes == code)
        pieces = _SLOT.split(parts[code][0] or "")
        used = [int(found) - _FIRST_SLOT for found in _SLOT.findall(parts[code][0] or "")]
        cells: list[Any] = [pieces[0]]
        for place, piece in zip(used, pieces[1:], strict=True):
            cells += [numbers.at(rows, np.full(len(rows), place)), piece]
        column = _put(column, rows, pc.binary_join_element_wise(*cells, ""))
    return column


def _put(column: pa.Array, rows: npt.NDArray[np.int64], values: pa.Array) -> pa.Array:
    mask = np.zeros(len(column), bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), values)


def _shape(shape: str, region: str) -> tuple[tuple[str | None, Any], ...]:
    """(template, slot) for street, house, flat, city. Slot: None = constant, n = just that number, -1 = several."""
    text, _, city = shape.partition("\x1f")
    pieces = text.split(_SHORT)[:_MOST_SLOTS]
    numbered = pieces[0] + "".join(f"{_FIRST_SLOT + place}{piece}" for place, piece in enumerate(pieces[1:]))
    found: Address = parse_address(numbered.replace(_LONG, "99999"), region, city or None)
    return tuple((value, _slot(value)) for value in (found.street, found.house, found.flat, found.city))


def _slot(value: str | None) -> int | None:
    if value is None or not _SLOT.search(value):
        return None
    return int(value) - _FIRST_SLOT if _SLOT.fullmatch(value) else -1


def tidy_addresses(texts: pa.Array) -> pa.Array:
    """Addresses as one line each, to be written on an envelope."""
    lines = pc.replace_substring_regex(texts, r"\s+", " ")
    return pc.utf8_trim(pc.replace_substring_regex(lines, r"\s*,[\s,]*", ", "), " ,;")


def address_key(keys: AddressKeys) -> pa.Array:
    """`city|street|house|flat`; null without a street."""
    parts = [pc.fill_null(part, "") for part in (keys.city, keys.street, keys.house, keys.flat)]
    joined = pc.binary_join_element_wise(*parts, "|") if len(keys.street) else pa.array([], pa.string())
    return pc.if_else(pc.is_valid(keys.street), joined, pa.scalar(None, pa.string()))


__all__ = ["AddressKeys", "address_key", "read_addresses", "tidy_addresses"]
