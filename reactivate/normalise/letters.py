"""Words of plain letters, which nearly all words of names are, put right a column at a time.

What is written in one alphabet, in small letters, Capitals or CAPITALS, needs no close look: its small letters compare,
its capitalised form is shown. The others go through `fold.tidy` and `shown` one by one.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.fold import tidy_all

# Letters that are one letter in small, as a capital and in the compatibility forms of Unicode: no ß, ĳ, ŀ, ŉ, ĸ, ı.
LATIN, CYRILLIC = "A-Za-zÀ-ÖØ-Þà-öø-įĴ-ķĹ-ľŁ-ňŊ-ž", "Ѐ-ҁҊ-ӿ"
_PLAIN = rf"^(?:[{LATIN}]+|[{CYRILLIC}]+)$"
_APOSTROPHES = {ord(sign): "'" for sign in "’ʼ`´"}


def plain_letters(words: pa.Array) -> pa.Array:
    """Whether each word is made of such letters alone; null where it is null."""
    return pc.match_substring_regex(words, _PLAIN)


def tidied_words(words: pa.Array) -> pa.Array:
    """`fold.tidy` of each word; no word is null."""
    return _tidied(words, pc.utf8_lower(words), plain_letters(words))


def tidied_and_shown(words: pa.Array) -> tuple[pa.Array, pa.Array]:
    """`fold.tidy` and `shown` of each word; no word is null."""
    plain, low = plain_letters(words), pc.utf8_lower(words)
    tidied, capital = _tidied(words, low, plain), pc.utf8_capitalize(low)
    usual = pc.or_(pc.or_(pc.equal(words, low), pc.equal(words, capital)), pc.equal(words, pc.utf8_upper(low)))
    odd = pc.invert(pc.and_(plain, usual))
    close = map(shown, words.filter(odd).to_pylist(), tidied.filter(odd).to_pylist())
    return tidied, pc.replace_with_mask(capital, odd, pa.array(close, pa.string()))


def _tidied(words: pa.Array, low: pa.Array, plain: pa.Array) -> pa.Array:
    others = pc.invert(plain)
    return pc.replace_with_mask(low, others, pa.array(tidy_all(words.filter(others).to_pylist()), pa.string()))


def shown(word: str, tidied: str) -> str:
    """A word as a person is addressed: own script, look-alikes put right, capitals where they belong."""
    if word.isalpha() and word.istitle() and word.lower() == tidied:
        return word
    low = tidied.strip("'-")
    bare = word.strip("'-’ʼ`´")
    mended = low != bare.lower().translate(_APOSTROPHES)
    inner = any(char.isupper() for char in bare[1:]) and any(char.islower() for char in bare)
    if inner and bare[:1].isupper() and not mended:
        return bare
    pieces = re.split(r"(-)", low)
    return "".join(piece[:1].upper() + piece[1:] for piece in pieces)
