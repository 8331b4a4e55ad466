"""The distinct words of a base's names: skeleton, spelling to show, and how much each looks like a first name."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.fold import fold_tidy, tidy_all
from reactivate.normalise.known_names import known_names

MOST_WORDS = 5
_SEPARATORS = r"[^\p{L}\p{M}\p{N}'’ʼ`´\-]+"
TURKIC = ("оглы", "оглу", "улы", "ұлы", "ogly", "oglu", "uly", "кызы", "кизи", "қызы", "gyzy", "qizi", "kyzy")
"""The last words of Turkic patronymics: `Мамед оглы` is one word for us."""
_TURKIC = rf"(?i)\s+({'|'.join(TURKIC)})$"
_DROPPED = frozenset(["ип", "фоп", "чп", "mr", "mrs", "ms", "dr", "г-н", "г-жа", "пан", "пані", "pan", "pani", "гр"])
_SURNAME = re.compile(r"(?:[oei]va?|ina?|enko|ko|sk(?:i|a|aia)|ck(?:i|a|aia)|chuk|iuk|uk|ian|dze|shvili|ez|son|sen)$")
_SURE_FIRST, _LIKELY_LAST = 3.0, -1.5

Matrix = npt.NDArray[np.int32]


@frozen(eq=False)
class Vocabulary:
    """The distinct words of all names, one entry each.

    `useful`: not a title and not without a skeleton; `kin` numbers the skeletons: words that fold alike share what is
    learned of them; `father`: the name behind a patronymic, None = no patronymic.
    """

    useful: npt.NDArray[np.bool_]
    skeleton: list[str]
    kin: npt.NDArray[np.int64]
    shown: list[str]
    father: list[str | None]
    certain_father: npt.NDArray[np.bool_]
    firstness: npt.NDArray[np.float64]


def cut(names: pa.Array) -> pa.Array:
    """Names as lists of words, whatever stands between them."""
    glued = pc.replace_substring_regex(names, r"\s*[-–—]+\s*", "-")
    glued = pc.replace_substring_regex(glued, _TURKIC, r"-\1")
    return pc.split_pattern_regex(pc.fill_null(glued, ""), _SEPARATORS)


def described(texts: list[str]) -> Vocabulary:
    """Look up each distinct word once."""
    known = known_names()
    tidied = tidy_all(texts)
    skeletons = fold_tidy(tidied)
    fathers = known.fathers_of(texts, skeletons)
    certain = [
        father is not None and (skeleton in known.fathers or "-" in text)
        for text, skeleton, father in zip(texts, skeletons, fathers, strict=True)
    ]
    useful = [bool(s) and t.strip("'-") not in _DROPPED for s, t in zip(skeletons, tidied, strict=True)]
    numbers: dict[str, int] = {}
    return Vocabulary(
        np.array(useful, bool),
        skeletons,
        np.array([numbers.setdefault(skeleton, len(numbers)) for skeleton in skeletons], np.int64),
        list(map(shown, texts, tidied)),
        fathers,
        np.array(certain, bool),
        _firstness(skeletons, fathers),
    )


def laid_out(codes: npt.NDArray[np.int32], owner: npt.NDArray[Any], count: int) -> Matrix:
    """`matrix[owner, place]` = code, -1 = none: the first words of each owner. Owners stand in order."""
    there = codes >= 0
    codes, owner = codes[there], owner[there]
    starts = np.searchsorted(owner, np.arange(count))
    place = np.arange(len(owner)) - starts[owner]
    near = place < MOST_WORDS
    matrix = np.full((count, MOST_WORDS), -1, np.int32)
    matrix[owner[near], place[near]] = codes[near]
    return matrix


def _firstness(skeletons: list[str], fathers: list[str | None]) -> npt.NDArray[np.float64]:
    """How much each word looks like a first name by the tables alone (log odds)."""
    names = known_names().names
    mistyped = known_names().mistyped(skeletons)
    out = []
    for skeleton, father in zip(skeletons, fathers, strict=True):
        if skeleton in names:
            out.append(_SURE_FIRST)
        elif len(skeleton) == 1:
            out.append(2.5)
        elif skeleton in mistyped:
            out.append(1.0)
        else:
            out.append(_LIKELY_LAST if father is not None or _SURNAME.search(skeleton) else 0.0)
    return np.array(out, np.float64)


def shown(word: str, tidied: str) -> str:
    """A word as a person is addressed: own script, look-alikes put right, capitals where they belong."""
    if word.isalpha() and word.istitle() and word.lower() == tidied:
        return word
    low = tidied.strip("'-")
    bare = word.strip("'-’ʼ`´")
    mended = low != bare.lower().translate({ord(c): "'" for c in "’ʼ`´"})
    inner = any(char.isupper() for char in bare[1:]) and any(char.islower() for char in bare)
    if inner and bare[:1].isupper() and not mended:
        return bare
    pieces = re.split(r"(-)", low)
    return "".join(piece[:1].upper() + piece[1:] for piece in pieces)
