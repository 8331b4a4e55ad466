"""Texts from fields of their own (first name, family name, patronymic) that are more than one plain word."""

import numpy as np
import pyarrow as pa
from attrs import frozen

from reactivate.normalise.cells import Flags
from reactivate.normalise.fold import fold, fold_all, fold_surnames, tidy, tidy_all
from reactivate.normalise.known_names import known_names
from reactivate.normalise.letters import shown
from reactivate.normalise.name_flaws import name_flaws
from reactivate.normalise.patronymics import fathers_of


@frozen(eq=False)
class Parts:
    """What each distinct text is in each role; null where it is no name.

    `known`, `certain`: whether the text is a first name or one of its short forms, or certainly one, as it stands;
    `hidden`: a patronymic behind the first name.
    """

    flaws: pa.Array
    known: Flags
    certain: Flags
    first: pa.Array
    last: pa.Array
    patronymic: pa.Array
    hidden: pa.Array
    first_shown: pa.Array
    shown: pa.Array
    patronymic_shown: pa.Array
    hidden_shown: pa.Array


def parts_of(fields: pa.Array) -> Parts:
    """Read distinct texts of the fields."""
    known = known_names()
    texts, flaws = fields.to_pylist(), name_flaws(fields)
    skeletons, shown_texts = fold_all(texts), shown_all(texts)
    # One letter is a placeholder as a whole name, an initial as a part.
    sound = [
        flaw is None or (flaw == "placeholder" and len(text) <= 2 and bool(skeleton))
        for text, flaw, skeleton in zip(texts, flaws.to_pylist(), skeletons, strict=True)
    ]
    several = [place for place, text in enumerate(texts) if sound[place] and " " in text]
    hidden = {place: pair for place in several if (pair := _hidden_patronymic(texts[place]))}
    heads, tails = ([pair[side] for pair in hidden.values()] for side in (0, 1))
    names = {place: known.canonical(fold(head)) for place, head in zip(hidden, heads, strict=True)}
    every = range(len(texts))
    return Parts(
        flaws,
        np.array([skeleton in known.names for skeleton in skeletons], bool),
        np.array([skeleton in known.full for skeleton in skeletons], bool),
        _texts(sound, [names[place] if place in names else known.canonical(skeletons[place]) for place in every]),
        _texts(sound, fold_surnames(skeletons)),
        _patronymics(texts),
        _at(dict(zip(hidden, _patronymics(tails).to_pylist(), strict=True)), len(texts)),
        _texts(
            sound, list({**dict(enumerate(shown_texts)), **dict(zip(hidden, shown_all(heads), strict=True))}.values())
        ),
        _texts(sound, shown_texts),
        pa.array(shown_texts, pa.string()),
        _at(dict(zip(hidden, shown_all(tails), strict=True)), len(texts)),
    )


def _texts(sound: list[bool], texts: list[str] | list[str | None]) -> pa.Array:
    return pa.array([(text or None) if good else None for text, good in zip(texts, sound, strict=True)], pa.string())


def _at(texts: dict[int, str | None], count: int) -> pa.Array:
    return pa.array([texts.get(place) for place in range(count)], pa.string())


def _patronymics(texts: list[str]) -> pa.Array:
    """The fathers' names behind patronymics; what is none stands for itself."""
    skeletons = fold_all(texts)
    found = fathers_of(pa.array(texts, pa.string()), pa.array(skeletons, pa.string())).to_pylist()
    return pa.array(
        [father or skeleton or None for father, skeleton in zip(found, skeletons, strict=True)], pa.string()
    )


def shown_all(texts: list[str]) -> list[str | None]:
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
