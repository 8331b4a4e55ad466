"""Full names as words: plain ones by their distinct words alone, the others by a close look at each distinct name.

Nearly all names are some words of plain letters with blanks between. What such a name may be besides a name (`Новый
клиент`, `Анна сестра`) can be told from its words, so one look at each distinct word spares a dozen patterns over every
name. A property test shows that both roads end at the same place.
"""

import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import Codes, encode, take
from reactivate.normalise.name_flaws import name_flaws, split_notes, telling_words
from reactivate.normalise.name_words import TURKIC, Matrix, Vocabulary, cut, described, laid_out

Rows = npt.NDArray[np.int64]
_LETTERS = "A-Za-zÀ-ÖØ-öø-įĲ-žЀ-ҁҊ-ӿ"
_PLAIN = re.compile(rf"[{_LETTERS}]+(?:['’ʼ`´\-][{_LETTERS}]+)*|[{_LETTERS}]\.")
_PARTS = re.compile(rf"[{_LETTERS}]+")
_ONE_SIGN = re.compile(r"а+|x+|х+|z+|q+|й+|ы+")


@frozen(eq=False)
class FullNames:
    """`matrix[name, place]` = word of the vocabulary, -1 = none; flaw and note of each name, null = none."""

    matrix: Matrix
    words: Vocabulary
    flaws: pa.Array
    notes: pa.Array


@frozen(eq=False)
class _Words:
    """All words of some names one behind the other: `texts[codes]`, and whose each is."""

    texts: pa.Array
    codes: Codes
    owner: Rows


def read_full_names(names: pa.Array) -> FullNames:
    """Read tidied names; null names have neither words nor flaws."""
    plain, odd = _plain_words(names)
    distinct = encode(names.take(pa.array(odd)))
    usable, flaws, notes = _closely(distinct.values)
    lists = cut(usable)
    joint = encode(pa.concat_arrays([plain.texts, lists.flatten()]))
    words = described(joint.values.to_pylist())
    useful = np.where(np.append(words.useful, False)[joint.codes], joint.codes, np.int32(-1))
    ours, theirs = np.split(useful, [len(plain.texts)])
    matrix = laid_out(ours[plain.codes], plain.owner, len(names))
    if len(odd):
        close = laid_out(theirs, np.asarray(pc.list_parent_indices(lists)), len(usable))
        matrix[odd] = close[distinct.codes]
    at = np.full(len(names), -1, np.int32)
    at[odd] = distinct.codes
    return FullNames(matrix, words, take(flaws, at), take(notes, at))


def _closely(names: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """(names without notes, null where they are none; flaws; notes) of distinct names."""
    cleaned, notes = split_notes(names)
    flaws = name_flaws(names)
    flaws = pc.if_else(pc.and_(pc.is_null(flaws), pc.is_valid(notes)), name_flaws(cleaned), flaws)
    none = pa.scalar(None, pa.string())
    return pc.if_else(pc.is_valid(flaws), none, cleaned), flaws, pc.if_else(pc.is_valid(flaws), none, notes)


def _plain_words(names: pa.Array) -> tuple[_Words, Rows]:
    """The words of the names in which nothing is amiss, and the rows of all others."""
    lists = pc.split_pattern(pc.fill_null(names, ""), " ")
    seen = encode(lists.flatten())
    owner = np.asarray(pc.list_parent_indices(lists)).astype(np.int64, copy=False)
    there = seen.codes >= 0
    codes, owner = seen.codes[there], owner[there]
    told = [_told(word) for word in seen.values.to_pylist()]
    amiss = np.array([word is None for word in told], bool)
    letter = np.array([word is not None and len(word) == 1 for word in told], bool)
    odd = np.zeros(len(names), bool)
    odd[owner[amiss[codes]]] = True
    # A letter is an initial beside other words; alone it is no name.
    initial = owner[letter[codes]]
    odd[initial[np.bincount(owner, minlength=len(names))[initial] == 1]] = True
    plain = ~odd[owner]
    texts = pa.array([word or "" for word in told], pa.string())
    return _Words(texts, codes[plain], owner[plain]), np.flatnonzero(odd)


def _told(word: str) -> str | None:
    """A plain word that says nothing but a name, without the dot of an initial; None = look at the whole name."""
    if not _PLAIN.fullmatch(word):
        return None
    low = word.lower()
    if not _telling().isdisjoint(_PARTS.findall(low)) or _ONE_SIGN.fullmatch(low):
        return None
    return word[:1] if word.endswith(".") else word


@cache
def _telling() -> frozenset[str]:
    return telling_words() | frozenset(TURKIC)
