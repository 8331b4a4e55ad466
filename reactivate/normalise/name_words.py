"""The distinct words of a base's names: skeleton, spelling to show, and how much each looks like a first name."""

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.columns import Encoded, encode, gather
from reactivate.normalise.fold import fold, tidy
from reactivate.normalise.known_names import known_names

MOST_WORDS = 5
_SEPARATORS = r"[^\p{L}\p{M}\p{N}'’ʼ`´\-]+"
_TURKIC = r"(?i)\s+(оглы|оглу|улы|ұлы|ogly|oglu|uly|кызы|кизи|қызы|gyzy|qizi|kyzy)$"
_DROPPED = frozenset(["ип", "фоп", "чп", "mr", "mrs", "ms", "dr", "г-н", "г-жа", "пан", "пані", "pan", "pani", "гр"])
_SURNAME = re.compile(r"(?:[oei]va?|ina?|enko|ko|sk(?:i|a|aia)|ck(?:i|a|aia)|chuk|iuk|uk|ian|dze|shvili|ez|son|sen)$")
_SURE_FIRST, _LIKELY_LAST = 3.0, -1.5

Matrix = npt.NDArray[np.int32]


@frozen(eq=False)
class NameWords:
    """`matrix[name, place]` = code of the word, -1 = none; the arrays describe the words by code.

    `kin` numbers the skeletons: words that fold alike share what is learned of them.
    """

    matrix: Matrix
    skeleton: npt.NDArray[Any]
    kin: npt.NDArray[np.int64]
    shown: npt.NDArray[Any]
    father: npt.NDArray[Any]
    certain_father: npt.NDArray[np.bool_]
    firstness: npt.NDArray[np.float64]


def name_words(names: pa.Array) -> NameWords:
    """Cut distinct names into words and look each distinct word up once."""
    glued = pc.replace_substring_regex(names, r"\s*[-–—]+\s*", "-")
    glued = pc.replace_substring_regex(glued, _TURKIC, r"-\1")
    lists = pc.split_pattern_regex(pc.fill_null(glued, ""), _SEPARATORS)
    encoded = encode(lists.flatten())
    owner = np.asarray(pc.list_parent_indices(lists))
    return described(encoded, owner, len(names))


def described(encoded: Encoded, owner: npt.NDArray[Any], count: int) -> NameWords:
    """The words with their attributes, laid out by owner."""
    known = known_names()
    texts = encoded.values.to_pylist()
    skeletons = [fold(text) for text in texts]
    fathers = [known.father(text, skeleton) for text, skeleton in zip(texts, skeletons, strict=True)]
    certain = [
        father is not None and (skeleton in known.fathers or "-" in text)
        for text, skeleton, father in zip(texts, skeletons, fathers, strict=True)
    ]
    useful = np.array(
        [bool(s) and tidy(t).strip("'-") not in _DROPPED for s, t in zip(skeletons, texts, strict=True)], bool
    )
    numbers: dict[str, int] = {}
    return NameWords(
        _matrix(encoded.codes, useful, owner, count),
        gather(skeletons),
        np.array([numbers.setdefault(skeleton, len(numbers)) for skeleton in skeletons], np.int64),
        gather(map(shown, texts)),
        gather(fathers),
        np.array(certain, bool),
        np.array([_firstness(s, f is not None) for s, f in zip(skeletons, fathers, strict=True)], np.float64),
    )


def _matrix(codes: Matrix, useful: npt.NDArray[np.bool_], owner: npt.NDArray[Any], count: int) -> Matrix:
    keep = codes >= 0
    keep[keep] = useful[codes[keep]]
    codes, owner = codes[keep], owner[keep]
    starts = np.searchsorted(owner, np.arange(count))
    place = np.arange(len(owner)) - starts[owner]
    matrix = np.full((count, MOST_WORDS), -1, np.int32)
    near = place < MOST_WORDS
    matrix[owner[near], place[near]] = codes[near]
    return matrix


def _firstness(skeleton: str, patronymic: bool) -> float:
    known = known_names()
    if skeleton in known.names:
        return _SURE_FIRST
    if len(skeleton) == 1:
        return 2.5
    if known.near_names(skeleton):
        return 1.0
    return _LIKELY_LAST if patronymic or _SURNAME.search(skeleton) else 0.0


def shown(word: str) -> str:
    """A word as a person is addressed: own script, look-alikes put right, capitals where they belong."""
    low = tidy(word).strip("'-")
    bare = word.strip("'-’ʼ`´")
    mended = low != bare.lower().translate({ord(c): "'" for c in "’ʼ`´"})
    inner = any(char.isupper() for char in bare[1:]) and any(char.islower() for char in bare)
    if inner and bare[:1].isupper() and not mended:
        return bare
    pieces = re.split(r"(-)", low)
    return "".join(piece[:1].upper() + piece[1:] for piece in pieces)
