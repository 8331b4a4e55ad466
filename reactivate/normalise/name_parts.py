"""Names from fields of their own (first name, family name, patronymic), one look at each distinct text."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.normalise.fold import fold, fold_all, fold_surnames, tidy, tidy_all
from reactivate.normalise.known_names import known_names
from reactivate.normalise.name_flaws import name_flaws
from reactivate.normalise.name_words import shown

Texts = list[str | None]


@frozen(eq=False)
class Parts:
    """What each distinct text is in each role; None where it is no name.

    `known`, `certain`: whether the text is a first name or one of its short forms, or certainly one, as it stands.
    """

    flaws: pa.Array
    known: npt.NDArray[np.bool_]
    certain: npt.NDArray[np.bool_]
    first: Texts
    last: Texts
    father: Texts
    first_shown: Texts
    father_shown: Texts
    shown: Texts


def parts_of(fields: pa.Array) -> Parts:
    """Read distinct texts of the fields of first and family names."""
    known = known_names()
    texts, flaws = fields.to_pylist(), name_flaws(fields)
    skeletons = fold_all(texts)
    # One letter is a placeholder as a whole name, an initial as a part.
    sound = [
        flaw is None or (flaw == "placeholder" and len(text) <= 2 and bool(skeleton))
        for text, flaw, skeleton in zip(texts, flaws.to_pylist(), skeletons, strict=True)
    ]
    hidden = [
        _hidden_patronymic(text) if good and " " in text else None for text, good in zip(texts, sound, strict=True)
    ]
    heads = [pair[0] if pair else text for text, pair in zip(texts, hidden, strict=True)]
    tails = [pair[1] if pair else None for pair in hidden]
    shown_texts = shown_all(texts)
    return Parts(
        flaws,
        np.array([skeleton in known.names for skeleton in skeletons], bool),
        np.array([skeleton in known.full for skeleton in skeletons], bool),
        _where(sound, [
            known.canonical(fold(head) if pair else skeleton)
            for head, skeleton, pair in zip(heads, skeletons, hidden, strict=True)
        ]),
        _where(sound, fold_surnames(skeletons)),
        [fathers([tail])[0] if tail else None for tail in tails],
        _where(sound, [
            shown_all([head])[0] if pair else text
            for head, text, pair in zip(heads, shown_texts, hidden, strict=True)
        ]),
        [shown_all([tail])[0] if tail else None for tail in tails],
        _where(sound, shown_texts),
    )  # fmt: skip


def _where(sound: list[bool], texts: list[str] | Texts) -> Texts:
    return [(text or None) if good else None for text, good in zip(texts, sound, strict=True)]


def several_words(fields: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts hold more than one word."""
    return np.asarray(pc.match_substring(fields, " "), dtype=bool)


def fathers(texts: list[str]) -> Texts:
    """The fathers' names behind patronymics; what is none stands for itself."""
    skeletons = fold_all(texts)
    found = known_names().fathers_of(texts, skeletons)
    return [father or skeleton or None for father, skeleton in zip(found, skeletons, strict=True)]


def shown_all(texts: list[str]) -> Texts:
    """Texts as a person is addressed, word by word."""
    return [
        shown(text, tidied) if text.isalpha() else _shown_words(text)
        for text, tidied in zip(texts, tidy_all(texts), strict=True)
    ]


def _shown_words(text: str) -> str | None:
    return " ".join(filter(None, (shown(word, tidy(word)) for word in text.split()))) or None


def _hidden_patronymic(text: str) -> tuple[str, str] | None:
    """`Наталья Алексеевна` -> (`Наталья`, `Алексеевна`)."""
    head, _, tail = text.rpartition(" ")
    return (head, tail) if fold(tail) in known_names().fathers else None
