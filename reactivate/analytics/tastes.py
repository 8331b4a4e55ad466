"""What a person buys: categories and titles, most recent first."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import Bools, Ints, lists, position_in_group, whole
from reactivate.analytics.history import History

MOST_ITEMS = 10


def categories(bought: History, column: Any) -> pa.Array:
    """Distinct categories per person, most recent first; an empty list when none is known."""
    back = slice(None, None, -1)
    codes, words = encoded(column.take(pa.array(bought.row[back])))
    owner = bought.person[back]
    known = codes >= 0
    owner, codes = owner[known], codes[known]
    first = _first_of_pair(owner, codes)
    # Persons stand in descending order here; a stable sort turns them without touching the order within each.
    order = np.argsort(owner[first], kind="stable")
    chosen = first[order]
    return lists(words.take(pa.array(codes[chosen])), owner[chosen], bought.persons)


def last_items(found: History, column: Any) -> pa.Array:
    """Titles of the last orders, most recent first, each once, at most ten, without what the person has returned."""
    owner, codes, words, returned = _titles(found, column)
    kept = ~returned & ~_in_pairs(owner, codes, owner[returned], codes[returned])
    owner, codes = owner[kept], codes[kept]
    first = _first_of_pair(owner, codes)
    first = first[np.argsort(owner[first], kind="stable")]
    first = first[position_in_group(owner[first]) < MOST_ITEMS]
    return lists(words.take(pa.array(codes[first])), owner[first], found.persons)


def _titles(found: History, column: Any) -> tuple[Ints, Ints, pa.Array, Bools]:
    """(person, title code, titles, is a return) of every title, latest order first, in the order of its line."""
    back = slice(None, None, -1)
    cells = whole(column.take(pa.array(found.row[back])))
    line = np.asarray(pc.list_parent_indices(cells), np.int64)
    codes, words = encoded(pc.list_flatten(cells))
    line, codes = line[codes >= 0], codes[codes >= 0]
    return found.person[back][line], codes, words, ~found.is_order[back][line]


def encoded(column: Any) -> tuple[Ints, pa.Array]:
    """Codes (-1 for null and for blank text) and the words behind them."""
    cells = whole(pc.dictionary_encode(whole(column)))
    words = cells.dictionary.cast(pa.string())
    codes = np.asarray(cells.indices.fill_null(-1), np.int64)
    blank = np.asarray(pc.equal(pc.utf8_trim_whitespace(words), ""))
    if blank.any():
        codes = np.where((codes >= 0) & blank[codes], -1, codes)
    return codes, words


def _first_of_pair(owner: Ints, code: Ints) -> Ints:
    """Positions of the first occurrence of each (owner, code), ascending."""
    if not len(owner):
        return np.empty(0, np.int64)
    _, first = np.unique(owner * (code.max() + 1) + code, return_index=True)
    return np.sort(first)


def _in_pairs(owner: Ints, code: Ints, others: Ints, other_codes: Ints) -> Bools:
    if not len(others):
        return np.zeros(len(owner), bool)
    many = code.max() + 1
    return np.isin(owner * many + code, others * many + other_codes)
