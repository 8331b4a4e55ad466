"""Addresses in bulk: parse each shape once, put the numbers of each address into it.

A base of a million addresses has some ten thousand shapes without its numbers (`г. Киев, ул. Мира, д. #, кв. #`).
"""

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.addresses import Address, parse_address
from reactivate.normalise.columns import encode

_LONG, _SHORT = "\x01", "\x02"
_FIRST_SLOT = 7001
_NUMBER = re.compile(r"\d+")
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
    columns: list[list[str | None]] = [[], [], [], []]
    for text, code in zip(texts.to_pylist(), encoded.codes.tolist(), strict=True):
        if code < 0 or text is None:
            for column in columns:
                column.append(None)
            continue
        numbers: list[str] | None = None
        for column, (value, slot) in zip(columns, read[code], strict=True):
            if slot is None:
                column.append(value)
                continue
            if numbers is None:
                numbers = [number for number in _NUMBER.findall(text) if len(number) < 5]
            column.append(_filled(value, slot, numbers))
    return AddressKeys(*(pa.array(column, pa.string()) for column in columns))


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


def _filled(template: str | None, slot: int, numbers: list[str]) -> str | None:
    if slot >= 0:
        return _plain(numbers, slot)
    return _SLOT.sub(lambda found: _plain(numbers, int(found[0]) - _FIRST_SLOT), template or "")


def _plain(numbers: list[str], place: int) -> str:
    return numbers[place].lstrip("0") or "0" if place < len(numbers) else ""


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
