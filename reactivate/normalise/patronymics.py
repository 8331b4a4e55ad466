"""Patronymics: the father's name behind each, whatever the script, and despite one typing error."""

import re
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.cells import Places
from reactivate.normalise.fold import fold
from reactivate.normalise.known_names import known_names
from reactivate.normalise.letters import plain_letters
from reactivate.normalise.near_words import near_pairs

_ENDING = r"^(?P<father>.{2,}?)(?:ovich|evich|ivich|avich|ich|ovna|evna|ivna|avna|inichna|ichna)$"
_LIKE_ONE = r"[oei]v?n?v?[an]{1,2}$|i?c?hi?c?h?$|vich|vna|vn|nva"
_LONG_ENOUGH = 7
_TURKIC = re.compile(r"[\s-](?:оглы|оглу|улы|ұлы|ogly|oglu|uly|кызы|кизи|қызы|gyzy|qizi|kyzy)$", re.IGNORECASE)


def father_of(word: str) -> str | None:
    """The father's name behind a patronymic; its bare stem when the name is not known; None = no patronymic."""
    father: str | None = fathers_of(pa.array([word]), pa.array([fold(word)]))[0].as_py()
    return father


def fathers_of(words: pa.Array, skeletons: pa.Array) -> pa.Array:
    """`father_of` of each word."""
    places, names = turkic_fathers(words)
    mask = np.zeros(len(words), bool)
    mask[places] = True
    return pc.replace_with_mask(folded_fathers(skeletons), pa.array(mask), names)


def turkic_fathers(words: pa.Array) -> tuple[Places, pa.Array]:
    """(which words are such as `Мамед-оглы`, the names of the fathers)."""
    others = np.flatnonzero(~np.asarray(plain_letters(words), dtype=bool))
    parts = [_TURKIC.split(word) for word in words.take(pa.array(others)).to_pylist()]
    there = [len(part) > 1 for part in parts]
    names = [known_names().canonical(fold(part[0])) for part in parts if len(part) > 1]
    return others[there], pa.array(names, pa.string())


def folded_fathers(skeletons: pa.Array) -> pa.Array:
    """The fathers' names behind folded patronymics. One typing error is forgiven when only one father comes near."""
    forms, names, codes, fathers_names = _listed()
    listed = names.take(pc.index_in(skeletons, forms))
    bare = pc.struct_field(pc.extract_regex(skeletons, _ENDING), "father")
    fathers = pc.coalesce(listed, bare)
    like_one = pc.and_(pc.is_null(fathers), pc.match_substring_regex(skeletons, _LIKE_ONE))
    like_one = pc.and_(like_one, pc.greater_equal(pc.utf8_length(skeletons), _LONG_ENOUGH))
    doubtful = np.flatnonzero(np.asarray(pc.fill_null(like_one, False), dtype=bool))
    word, form = near_pairs(skeletons.take(pa.array(doubtful)), forms)
    code = codes[form]
    # Pairs stand by word: a word has one father where its smallest is its largest.
    first = np.flatnonzero(np.diff(word, prepend=-1))
    least, most = (np.minimum.reduceat(code, first), np.maximum.reduceat(code, first)) if len(first) else (code, code)
    sure = least == most
    meant = np.zeros(len(skeletons), bool)
    meant[doubtful[word[first[sure]]]] = True
    return pc.replace_with_mask(fathers, pa.array(meant), fathers_names.take(pa.array(least[sure])))


@cache
def _listed() -> tuple[pa.Array, pa.Array, Places, pa.Array]:
    """(the forms of patronymics, the father's name of each, its place among the names, the names)."""
    forms, names = (pa.array(side, pa.string()) for side in zip(*known_names().fathers.items(), strict=True))
    coded = names.dictionary_encode()
    return forms, names, np.asarray(coded.indices), coded.dictionary
