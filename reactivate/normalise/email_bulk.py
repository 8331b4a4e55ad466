"""Plain e-mail addresses in bulk; whatever looks unusual in any way is left to `emails.emails_in`."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Bytes, Cells, Flags, Places, cells_of, table_of, texts
from reactivate.normalise.columns import encode
from reactivate.normalise.emails import domain_is_plain, local_words, provider

_SMALL, _CAPITAL, _DIGIT, _SIGN, _AT, _OTHER = range(6)
_CLASSES = table_of(
    {
        "abcdefghijklmnopqrstuvwxyz": _SMALL,
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ": _CAPITAL,
        "0123456789": _DIGIT,
        "._+-": _SIGN,
        "@": _AT,
    },
    _OTHER,
)
_DOMAIN = re.compile(r"[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,24}")
_EDGES = np.array([ord("."), ord("-")], np.uint8)
_RULES = (("plus", "+", r"\+.*$", ""), ("dash", "-", r"-.*$", ""), ("dots", ".", r"\.", ""), ("hyphens", "-", "-", "."))
"""Rule of a provider; the sign without which it changes nothing; what it replaces by what."""


@frozen(eq=False)
class FastEmails:
    """The cells that hold one plain address: their places, match key, and address to write to."""

    rows: Places
    value: pa.Array
    display: pa.Array


def fast_emails(cells: pa.Array) -> FastEmails:
    """Read `Anna.K@yandex.ru`: one address, plain letters, a domain that is nobody's typing error."""
    seen = cells_of(cells)
    kinds = _CLASSES[seen.data]
    at = kinds == _AT
    rows = np.flatnonzero((seen.count(at) == 1) & (seen.count(kinds == _OTHER) == 0))
    seen, at = _only(seen, rows, at)
    before_at = np.flatnonzero(at) - seen.starts
    low = np.where(seen.data - np.uint8(65) < 26, seen.data + np.uint8(32), seen.data)
    behind = seen.within(np.flatnonzero(at) + 1, seen.offsets[1:])
    domains = encode(Cells(low, seen.offsets).kept(behind))
    local = Cells(low, seen.offsets).kept(~behind & ~at)
    plain = _of_domain(
        domains.values, domains.codes, lambda text: bool(_DOMAIN.fullmatch(text)) and domain_is_plain(text)
    )
    good = np.flatnonzero(plain & (before_at >= 1) & (before_at <= 64) & ~_odd(local))
    shown = np.where(behind, low, seen.data)
    display = texts(shown, seen.offsets).take(pa.array(good))
    value = texts(low, seen.offsets).take(pa.array(good))
    value = _by_provider(value, local.take(pa.array(good)), domains.values, domains.codes[good])
    return FastEmails(rows[good], value, display)


def _only(cells: Cells, rows: Places, mask: Flags) -> tuple[Cells, Flags]:
    """These cells alone, and their part of a mask over bytes."""
    keep = np.zeros(len(cells.offsets) - 1, bool)
    keep[rows] = True
    bytes_ = cells.spread(keep)
    offsets = np.concatenate([[0], np.cumsum(cells.lengths[rows])])
    return Cells(cells.data[bytes_], offsets), mask[bytes_]


def _of_domain(values: pa.Array, codes: npt.NDArray[Any], said: Callable[[str], bool]) -> Flags:
    """What is said of the domain of each address; false without a domain."""
    flags: Flags = np.array([*map(said, values.to_pylist()), False], bool)[codes]
    return flags


def _odd(local: pa.Array) -> Flags:
    """Local parts that need a closer look: listed ones, one sign repeated, many digits, a dot or hyphen at an edge."""
    seen = cells_of(local)
    there = np.flatnonzero(seen.lengths)
    odd: Flags = np.asarray(pc.is_in(local, pa.array(sorted(local_words()))), dtype=bool).copy()
    first, last = seen.data[seen.starts[there]], seen.data[seen.offsets[1:][there] - 1]
    odd[there] |= np.isin(first, _EDGES) | np.isin(last, _EDGES)
    odd |= (seen.lengths >= 7) & (seen.count(_CLASSES[seen.data] == _DIGIT) == seen.lengths)
    changes: Bytes = np.zeros(len(seen.data), np.uint8)
    changes[1:] = seen.data[1:] != seen.data[:-1]
    changes[seen.starts[there]] = 0
    odd |= seen.count(changes.astype(bool)) == 0
    return odd


def _by_provider(value: pa.Array, local: pa.Array, domains: pa.Array, codes: npt.NDArray[np.int32]) -> pa.Array:
    """Put the provider's own domain and its rules for the local part where they change anything."""
    same = [provider(text)[0] for text in domains.to_pylist()]
    changed = _of_domain(domains, codes, lambda text: provider(text)[0] != text)
    touched: dict[str, Flags] = {}
    for rule, sign, *_ in _RULES:
        bound = _of_domain(domains, codes, lambda text, rule=rule: rule in provider(text)[1])  # type: ignore[misc]
        there = np.flatnonzero(bound)
        bound[there] = np.asarray(pc.match_substring(local.take(pa.array(there)), sign), dtype=bool)
        touched[rule] = bound
        changed = changed | bound
    rows = np.flatnonzero(changed)
    short = local.take(pa.array(rows))
    for rule, _, pattern, to in _RULES:
        if touched[rule].any():
            shorter = pc.replace_substring_regex(short, pattern, to)
            applies = pc.and_(pa.array(touched[rule][rows]), pc.not_equal(shorter, ""))
            short = pc.if_else(applies, shorter, short)
    told = pa.array(same, pa.string()).take(pa.array(codes[rows]))
    return pc.replace_with_mask(value, pa.array(changed), pc.binary_join_element_wise(short, told, "@"))


__all__ = ["FastEmails", "fast_emails"]
