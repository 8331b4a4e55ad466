"""The words of an address that only name something: which street it is does not change how an address is read.

Such words are taken out before addresses are read shape by shape, and put into the keys afterwards; a base with the
streets of a whole country has hardly more shapes than that of one town.
"""

from collections.abc import Iterable
from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.addresses import GLUED_WORDS, city_words, street_word, type_words
from reactivate.normalise.cells import Cells, Flags, Places, table_of, texts
from reactivate.normalise.columns import encode
from reactivate.normalise.fold import fold, tidy
from reactivate.normalise.letters import plain_letters, tidied_words
from reactivate.normalise.skeletons import skeletons

MOST_WORDS = 24
"""Words of one address that are taken out; those behind them stay where they are."""

_OF_A_WORD, _ODD = 1, 2
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# All that may stand inside a word for the one who reads addresses; what is no plain letter makes the word an odd one.
_CLASSES = table_of({_LETTERS: _OF_A_WORD, "0123456789_'`/-": _ODD})
_CLASSES[0x80:] = _OF_A_WORD
_CLASSES[0xC0:] = _ODD  # the first byte of a character that is neither ASCII
_CLASSES[0xD0:0xD4] = _OF_A_WORD  # nor Cyrillic


@frozen(eq=False)
class Named:
    """Words found in some texts: word `i` is `start[i]:end[i]` of the bytes; `code` into the distinct `words`."""

    start: Places
    end: Places
    text: Places
    code: Places
    words: pa.Array

    @property
    def latin(self) -> Flags:
        """Whether each is written in Latin letters: numbers before a word are read by that."""
        tidied = tidied_words(self.words)
        kinds = np.asarray(pc.equal(pc.binary_length(tidied), pc.utf8_length(tidied)), dtype=bool)
        return kinds[self.code] if len(self.words) else np.zeros(0, bool)


def naming_words(cells: Cells) -> Named:
    """The words of these texts that only name something, in order, at most `MOST_WORDS` of each text."""
    kinds = _CLASSES[cells.data]
    start, end = runs(cells, kinds > 0)
    odd = cells.tally(kinds == _ODD)
    plain = (odd[end] == odd[start]) & (end - start > 2)
    start, end = start[plain], end[plain]
    text = np.searchsorted(cells.offsets, start, side="right") - 1
    whole = cells.data[cells.within(start, end)]
    found = encode(texts(whole, np.concatenate([[0], np.cumsum(end - start)])), longest=1 << 20)
    naming = np.append(all_only_names(found.values), False)[found.codes]
    start, end, text, code = (values[naming] for values in (start, end, text, found.codes.astype(np.int64)))
    first = np.searchsorted(text, text)
    few = np.arange(len(text)) - first < MOST_WORDS
    return Named(start[few], end[few], text[few], code[few], found.values)


def runs(cells: Cells, mask: Flags) -> tuple[Places, Places]:
    """Where runs of marked bytes begin and end; none goes over the edge of a cell."""
    first = np.zeros(len(mask) + 1, bool)
    first[cells.offsets] = True
    before = np.concatenate([[False], mask[:-1]])
    behind = np.concatenate([mask[1:], [False]])
    start = np.flatnonzero(mask & (~before | first[:-1]))
    end = np.flatnonzero(mask & (~behind | first[1:])) + 1
    return start, end


@cache
def only_names(word: str) -> bool:
    """Whether a word of letters means the same to the reader as any other: no type of street, no city he knows."""
    low = tidy(word)
    if len(low) < 3 or not low.isalpha() or low in type_words() or low in GLUED_WORDS:
        return False
    folded = fold(low)
    return bool(folded and street_word(low)) and folded not in city_words()


def all_only_names(words: pa.Array) -> Flags:
    """`only_names` of each word."""
    plain, low = plain_letters(words), tidied_words(words)
    folded = skeletons(low)
    known = pc.or_(pc.is_in(low, _array(type_words(), GLUED_WORDS)), pc.is_in(folded, _array(city_words())))
    said = pc.and_(pc.greater(pc.utf8_length(low), 2), pc.not_equal(folded, ""))
    naming = pc.and_(said, pc.invert(known))
    others = pc.invert(plain)
    close = [only_names(word) for word in words.filter(others).to_pylist()]
    return np.asarray(pc.replace_with_mask(naming, others, pa.array(close, pa.bool_())), dtype=bool)


def _array(*words: Iterable[str]) -> pa.Array:
    return pa.array(sorted({word for some in words for word in some}), pa.string())


@cache
def stand_ins(latin: bool) -> tuple[str, ...]:
    """Words that stand for the first, second … naming word of an address while its shape is read."""
    letters = "bdgklmnrtv" if latin else "бдгклмнртв"
    bone = "zpfd" if latin else "зпфд"
    return tuple(f"{bone}{one}{bone}{two}" for one, two in product(letters, letters))[:MOST_WORDS]


@cache
def stand_in_places() -> dict[str, int]:
    """Folded stand-in -> which word it stands for."""
    return {fold(word): place for latin in (True, False) for place, word in enumerate(stand_ins(latin))}


def street_keys(words: pa.Array) -> pa.Array:
    """What each word, which has no digits, is in the key of a street: see `addresses.street_word`."""
    return pc.replace_substring_regex(city_keys(words), "^(.{3,}?)[aeiou]+$", r"\1")


def city_keys(words: pa.Array) -> pa.Array:
    """What each word is in the key of a city."""
    return skeletons(tidied_words(words))
