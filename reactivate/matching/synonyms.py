"""Name words that mean one name: Саша = Александр from the shipped tables, and what the data itself teaches."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from reactivate.matching.fields import Base, Codes
from reactivate.matching.frequency import names_in_use
from reactivate.normalise.known_names import known_names

_MANY = 12


@frozen(eq=False)
class Synonyms:
    """Pairs of first-name codes that may be one name, as sorted `low * size + high`.

    `near`: the same but for a typing error. `letters`: per code the initials it may be abbreviated to, a bit set.
    `listed`: per code whether the shipped tables know it: two listed names are two names, however alike (Ян, Яна).
    `certain`: per code whether it is listed, a bare initial, or in use here: no short form and no slip of the pen.
    """

    size: int
    pairs: npt.NDArray[np.int64]
    near: npt.NDArray[np.int64] = field(factory=lambda: np.zeros(0, np.int64))
    letters: npt.NDArray[np.int64] = field(factory=lambda: np.zeros(0, np.int64))
    listed: npt.NDArray[np.bool_] = field(factory=lambda: np.zeros(0, bool))
    certain: npt.NDArray[np.bool_] = field(factory=lambda: np.zeros(0, bool))

    def known(self, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
        """Whether each pair of codes may be one name."""
        return _among(self.pairs, self.size, left, right)

    def nearly(self, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
        """Whether each pair of codes may be one name and a typing error of it."""
        return _among(self.near, self.size, left, right)

    def extended(self, more: Iterable[tuple[int, int]]) -> "Synonyms":
        """These and further pairs of codes."""
        added = [min(pair) * self.size + max(pair) for pair in more]
        return evolve(self, pairs=np.unique(np.concatenate([self.pairs, np.array(added, np.int64)])))


def _among(pairs: npt.NDArray[np.int64], size: int, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
    joint = np.minimum(left, right).astype(np.int64) * size + np.maximum(left, right)
    if not len(pairs):
        return np.zeros(len(joint), bool)
    place = np.minimum(np.searchsorted(pairs, joint), len(pairs) - 1)
    found: npt.NDArray[np.bool_] = pairs[place] == joint
    return found


def shipped_synonyms(base: Base) -> Synonyms:
    """Pairs of this base's first names that the shipped tables allow to be one name, and near misses of such."""
    if not base.has("first"):
        return Synonyms(1, np.zeros(0, np.int64))
    texts = base.columns["first"].texts
    known = known_names()
    listed = np.array([text in known.names for text in texts], bool)
    near = known.near_names_of([text for text in texts if text.isascii()])
    return Synonyms(
        len(texts),
        _meeting(texts, lambda text: known.names.get(text, frozenset()) | {text}),
        # A typing error in a short or Ukrainian form is far from the canonical name: нкташа, Наталья.
        _meeting(texts, lambda text: near.get(text) or known.names.get(text, frozenset())),
        np.array([_letters(known.initials(text)) for text in texts], np.int64),
        listed,
        listed | base.columns["first"].letters | names_in_use(base),
    )


def _meeting(texts: list[str], meanings: Callable[[str], frozenset[str]]) -> npt.NDArray[np.int64]:
    """Pairs of codes that have a meaning in common."""
    bearers: dict[str, list[int]] = {}
    for code, text in enumerate(texts):
        for meaning in meanings(text):
            bearers.setdefault(meaning, []).append(code)
    size = len(texts)
    pairs: set[int] = set()
    for codes in bearers.values():
        # Many mistyped forms of one name: each meets the well-known forms, not each other mistyped one.
        hubs = codes if len(codes) <= _MANY else [code for code in codes if texts[code] in known_names().names]
        for a in hubs:
            pairs.update(min(a, b) * size + max(a, b) for b in codes if a != b)
    return np.array(sorted(pairs), np.int64)


def _letters(initials: Iterable[str]) -> int:
    """First letters as a bit set."""
    return sum(1 << (ord(letter) - 97) for letter in set(initials) if "a" <= letter <= "z")
