"""Name words that mean one name: Саша = Александр from the shipped tables, and what the data itself teaches."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.fields import Base, Codes
from reactivate.normalise.known_names import known_names


@frozen(eq=False)
class Synonyms:
    """Pairs of first-name codes that may be one name, as sorted `low * size + high`."""

    size: int
    pairs: npt.NDArray[np.int64]

    def known(self, left: Codes, right: Codes) -> npt.NDArray[np.bool_]:
        """Whether each pair of codes may be one name."""
        joint = np.minimum(left, right).astype(np.int64) * self.size + np.maximum(left, right)
        if not len(self.pairs):
            return np.zeros(len(joint), bool)
        place = np.minimum(np.searchsorted(self.pairs, joint), len(self.pairs) - 1)
        found: npt.NDArray[np.bool_] = self.pairs[place] == joint
        return found

    def extended(self, more: Iterable[tuple[int, int]]) -> "Synonyms":
        """These and further pairs of codes."""
        added = [min(pair) * self.size + max(pair) for pair in more]
        return Synonyms(self.size, np.unique(np.concatenate([self.pairs, np.array(added, np.int64)])))


def shipped_synonyms(base: Base) -> Synonyms:
    """Pairs of this base's first names that the shipped tables allow to be one name."""
    if not base.has("first"):
        return Synonyms(1, np.zeros(0, np.int64))
    texts = base.columns["first"].texts
    meanings = known_names().names
    bearers: dict[str, list[int]] = {}
    for code, text in enumerate(texts):
        for meaning in meanings.get(text, frozenset()) | {text}:
            bearers.setdefault(meaning, []).append(code)
    size = len(texts)
    # A meaning joins a short form with the full name, never two short forms of one name with each other's other names.
    pairs = {
        min(a, b) * size + max(a, b)
        for codes in bearers.values()
        if len(codes) > 1
        for i, a in enumerate(codes)
        for b in codes[i + 1 :]
    }
    return Synonyms(size, np.array(sorted(pairs), np.int64))
