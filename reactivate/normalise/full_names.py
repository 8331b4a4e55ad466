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

from reactivate.normalise.columns import Codes, dictionary, encode, take
from reactivate.normalise.name_flaws import name_flaws, split_notes, telling_words
from reactivate.normalise.name_words import TURKIC, Matrix, Vocabulary, cut, described, laid_out

Rows = npt.NDArray[np.int64]
_LETTERS = "A-Za-zÀ-ÖØ-öø-įĲ-žЀ-ҁҊ-ӿ"
_JOINTS = "'’ʼ`´\\-"
_PLAIN = rf"^(?:[{_LETTERS}]+(?:[{_JOINTS}][{_LETTERS}]+)*|[{_LETTERS}]\.)$"
_PARTS = re.compile(rf"[{_LETTERS}]+")
_ONE_SIGN = r"^(?:а+|x+|х+|z+|q+|й+|ы+)$"


@frozen(eq=False)
class FullNames:
    """`matrix[name, place]` = word of the vocabulary, -1 = none; flaw and note of each name, null = none.

    `further[text]` = word of the vocabulary that another text is.
    """

    matrix: Matrix
    words: Vocabulary
    further: Codes
    flaws: pa.Array
    notes: pa.Array


@frozen(eq=False)
class _Words:
    """All words of some names one behind the other: `texts[codes]`, and whose each is."""

    texts: pa.Array
    codes: Codes
    owner: Rows


def read_full_names(names: pa.Array, further: pa.Array) -> FullNames:
    """Read tidied names, null ones have neither words nor flaws; `further`: words to be looked up with theirs."""
    plain, odd = _plain_words(names)
    distinct = encode(names.take(pa.array(odd)))
    usable, flaws, notes = _closely(distinct.values)
    lists = cut(usable)
    joint = encode(pa.concat_arrays([plain.texts, lists.flatten(), further]))
    words = described(joint.values)
    useful = np.where(np.append(words.useful, False)[joint.codes], joint.codes, np.int32(-1))
    ours, theirs = np.split(useful[: len(useful) - len(further)], [len(plain.texts)])
    matrix = laid_out(ours[plain.codes], plain.owner, len(names))
    if len(odd):
        close = laid_out(theirs, np.asarray(pc.list_parent_indices(lists)), len(usable))
        matrix[odd] = close[distinct.codes]
    at = np.full(len(names), -1, np.int32)
    at[odd] = distinct.codes
    return FullNames(matrix, words, joint.codes[len(useful) - len(further) :], take(flaws, at), take(notes, at))


def _closely(names: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """(names without notes, null where they are none; flaws; notes) of distinct names."""
    cleaned, notes = split_notes(names)
    flaws = name_flaws(names)
    flaws = pc.if_else(pc.and_(pc.is_null(flaws), pc.is_valid(notes)), name_flaws(cleaned), flaws)
    none = pa.scalar(None, pa.string())
    return pc.if_else(pc.is_valid(flaws), none, cleaned), flaws, pc.if_else(pc.is_valid(flaws), none, notes)


def _plain_words(names: pa.Array) -> tuple[_Words, Rows]:
    """The words of the names in which nothing is amiss, and the rows of all others."""
    lists = pc.split_pattern(names, " ")
    words, codes = dictionary(lists.flatten())
    owner = np.asarray(pc.list_parent_indices(lists)).astype(np.int64, copy=False)
    doubled_blank = pc.index(words, "").as_py()
    if doubled_blank >= 0:
        there = codes != doubled_blank
        codes, owner = codes[there], owner[there]
    texts = told(words)
    amiss = np.asarray(texts.is_null(), dtype=bool)
    letter = np.asarray(pc.fill_null(pc.equal(pc.utf8_length(texts), 1), False), dtype=bool)
    odd = np.zeros(len(names), bool)
    odd[owner[amiss[codes]]] = True
    # A letter is an initial beside other words; alone it is no name.
    initial = owner[letter[codes]]
    odd[initial[np.bincount(owner, minlength=len(names))[initial] == 1]] = True
    plain = ~odd[owner]
    return _Words(texts, codes[plain], owner[plain]), np.flatnonzero(odd)


def told(words: pa.Array) -> pa.Array:
    """Plain words that say nothing but a name, initials without their dot; null = look at the whole name."""
    plain, low = pc.match_substring_regex(words, _PLAIN), pc.utf8_lower(words)
    says_more = pc.or_(pc.is_in(low, pa.array(sorted(_telling()))), pc.match_substring_regex(low, _ONE_SIGN))
    jointed = pc.and_(plain, pc.match_substring_regex(low, f"[{_JOINTS}]"))
    of_parts = [not _telling().isdisjoint(_PARTS.findall(word)) for word in low.filter(jointed).to_pylist()]
    says_more = pc.replace_with_mask(says_more, jointed, pa.array(of_parts, pa.bool_()))
    bare = pc.if_else(pc.ends_with(words, "."), pc.utf8_slice_codeunits(words, 0, 1), words)
    return pc.if_else(pc.and_(plain, pc.invert(says_more)), bare, pa.scalar(None, pa.string()))


@cache
def _telling() -> frozenset[str]:
    return telling_words() | frozenset(TURKIC)
