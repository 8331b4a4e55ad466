"""The distinct words of a base's names: what each is as a first name, a family name or a patronymic."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.cells import Flags
from reactivate.normalise.columns import encode
from reactivate.normalise.letters import tidied_and_shown
from reactivate.normalise.name_stems import LIKELY_LAST, described_stems
from reactivate.normalise.patronymics import turkic_fathers
from reactivate.normalise.skeletons import skeletons

MOST_WORDS = 5
_SEPARATORS = r"[^\p{L}\p{M}\p{N}'’ʼ`´\-]+"
TURKIC = ("оглы", "оглу", "улы", "ұлы", "ogly", "oglu", "uly", "кызы", "кизи", "қызы", "gyzy", "qizi", "kyzy")
"""The last words of Turkic patronymics: `Мамед оглы` is one word for us."""
_TURKIC = rf"(?i)\s+({'|'.join(TURKIC)})$"
_DROPPED = frozenset(["ип", "фоп", "чп", "mr", "mrs", "ms", "dr", "г-н", "г-жа", "пан", "пані", "pan", "pani", "гр"])
Matrix = npt.NDArray[np.int32]


@frozen(eq=False)
class Vocabulary:
    """The distinct words of all names, one entry each.

    `useful`: not a title and not without a skeleton; `kin` numbers the `skeletons`: words that fold alike share what is
    learned of them; `first`, `last`, `patronymic`: the word in each role; `first_name`, `full_name`: whether it is some
    first name or a short form of one, or certainly one; `patronymic_like`, `certain_patronymic`: whether it ends like a
    patronymic, or surely is one; `firstness`: see `Stems`.
    """

    skeletons: pa.Array
    kin: npt.NDArray[np.int32]
    useful: Flags
    first: pa.Array
    last: pa.Array
    patronymic: pa.Array
    shown: pa.Array
    first_name: Flags
    full_name: Flags
    patronymic_like: Flags
    certain_patronymic: Flags
    firstness: npt.NDArray[np.float64]


def cut(names: pa.Array) -> pa.Array:
    """Names as lists of words, whatever stands between them."""
    glued = pc.replace_substring_regex(names, r"\s*[-–—]+\s*", "-")
    glued = pc.replace_substring_regex(glued, _TURKIC, r"-\1")
    return pc.split_pattern_regex(pc.fill_null(glued, ""), _SEPARATORS)


def described(words: pa.Array) -> Vocabulary:
    """Look up each distinct word once; none is null."""
    tidied, shown = tidied_and_shown(words)
    folded = encode(skeletons(tidied))
    kin, stems = folded.codes, described_stems(folded.values)
    at = pa.array(kin, mask=kin < 0)
    turkic, fathers = turkic_fathers(words)
    is_turkic = np.zeros(len(words), bool)
    is_turkic[turkic] = True
    fathers = pc.replace_with_mask(stems.father.take(at), pa.array(is_turkic), fathers)
    like = np.asarray(fathers.is_valid(), dtype=bool)
    dropped = pc.is_in(pc.utf8_trim(tidied, "'-"), pa.array(sorted(_DROPPED)))
    hyphen = np.asarray(pc.match_substring(words, "-"), dtype=bool)
    firstness = _by_stem(stems.firstness, kin, 0.0)
    firstness[is_turkic & (firstness == 0.0)] = LIKELY_LAST
    return Vocabulary(
        folded.values,
        kin,
        (kin >= 0) & ~np.asarray(dropped, dtype=bool),
        stems.name.take(at),
        stems.surname.take(at),
        pc.coalesce(pc.if_else(pc.equal(fathers, ""), pa.scalar(None, pa.string()), fathers), folded.values.take(at)),
        shown,
        _by_stem(stems.known, kin, False),
        _by_stem(stems.full, kin, False),
        like,
        like & (_by_stem(stems.listed_father, kin, False) | hyphen),
        firstness,
    )


def _by_stem(values: npt.NDArray[Any], kin: npt.NDArray[np.int32], none: Any) -> npt.NDArray[Any]:
    return np.append(values, np.asarray(none, values.dtype))[kin]


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
