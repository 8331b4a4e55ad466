"""Which word is the first name, which the family name, which the patronymic, whatever the order.

The patronymic is the only safe word: the one before it is the first name. Names without one are read by how often each
word was a first or a family name where that was certain, and by the order this base prefers.
"""

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.normalise.name_words import MOST_WORDS, Matrix, Vocabulary

_MOST_EVIDENCE = 3.0
Places = npt.NDArray[np.int64]


@frozen(eq=False)
class Roles:
    """Codes of words per name, -1 = none."""

    first: Matrix
    last: Matrix
    patronymic: Matrix


Seen = npt.NDArray[np.float64]
"""In how many records each skeleton of the vocabulary stands."""


def assign_roles(matrix: Matrix, words: Vocabulary, parts: tuple[Seen, Seen]) -> Roles:
    """Roles of the words of each record's name. `parts`: first and family names that stood in fields of their own."""
    place = _patronymic_place(matrix, words)
    sure = place > 0
    rows = np.flatnonzero(sure)
    first = np.full(len(matrix), -1, np.int32)
    last, patronymic = first.copy(), first.copy()
    patronymic[rows] = matrix[rows, place[rows]]
    first[rows] = matrix[rows, place[rows] - 1]
    before = np.where(place >= 2, place - 2, np.minimum(place + 1, MOST_WORDS - 1))
    has_other = (place >= 2) | ((place + 1 < MOST_WORDS) & sure)
    other = np.flatnonzero(sure & has_other)
    last[other] = matrix[other, before[other]]
    evidence = _evidence(words, (first, last), parts)
    _by_evidence(matrix, np.flatnonzero(~sure), evidence, first, last, patronymic)
    return Roles(first, last, patronymic)


def _patronymic_place(matrix: Matrix, words: Vocabulary) -> Places:
    """Where the patronymic stands (1 or later), 0 = none. A certain one beats one that only ends like it."""
    there = matrix >= 0
    safe = np.where(there, matrix, 0)
    if not len(words.kin):
        return np.zeros(len(matrix), np.int64)
    is_first = words.firstness >= _MOST_EVIDENCE
    follows = np.zeros(matrix.shape, bool)
    follows[:, 1:] = is_first[safe[:, :-1]] & there[:, :-1]
    certain = words.certain_patronymic[safe] & there
    certain[:, 0] = False
    # Two words, the second only ending like a patronymic: "Игорь Воробьич" has a family name.
    guessed = words.patronymic_like[safe] & there & follows & (there.sum(axis=1) > 2)[:, None]
    place = np.where(certain.any(axis=1), certain.argmax(axis=1), guessed.argmax(axis=1))
    # "Петрович Анна": a family name that looks like a patronymic stands where no first name precedes it.
    lonely = (there.sum(axis=1) == 2) & ~follows[np.arange(len(place)), place]
    return np.where(lonely, 0, place)


def _evidence(words: Vocabulary, certain: tuple[Matrix, Matrix], parts: tuple[Seen, Seen]) -> npt.NDArray[np.float64]:
    """How much each word looks like a first name (log odds), from the tables and from the certain names of the base."""
    size = len(words.skeletons)
    counts = [
        seen + np.bincount(words.kin[codes[codes >= 0]], minlength=size)
        for codes, seen in zip(certain, parts, strict=True)
    ]
    learned = np.log((counts[0] + 0.5) / (counts[1] + 0.5))
    clipped = np.append(np.clip(learned, -_MOST_EVIDENCE, _MOST_EVIDENCE), 0.0)
    odds: npt.NDArray[np.float64] = words.firstness + clipped[words.kin]
    return odds


def _by_evidence(
    matrix: Matrix, rows: Places, evidence: npt.NDArray[np.float64], first: Matrix, last: Matrix, patronymic: Matrix
) -> None:
    """Fill in names without a patronymic: the least first-like word is the family name, the others keep their order."""
    if not len(rows) or not len(evidence):
        return
    block = matrix[rows]
    there = block >= 0
    score = np.where(there, evidence[np.where(there, block, 0)], np.inf)
    count = there.sum(axis=1)
    score[:, 0] += np.where(count > 1, _order_habit(block, score, count), 0.0)
    # Ties go to the later word: "Имя Фамилия" is how people sign.
    family = MOST_WORDS - 1 - score[:, ::-1].argmin(axis=1)
    single = count == 1
    alone_first = single & (score[:, 0] >= 0)
    family_code = np.where(count > 0, block[np.arange(len(rows)), family], -1)
    last[rows] = np.where(alone_first, -1, family_code)
    rest = there.copy()
    rest[np.arange(len(rows)), family] = False
    rest[alone_first, 0] = True
    one = rest.argmax(axis=1)
    has_one = rest.any(axis=1)
    first[rows] = np.where(has_one, block[np.arange(len(rows)), one], -1)
    rest[np.arange(len(rows)), one] = False
    two = rest.argmax(axis=1)
    patronymic[rows] = np.where(rest.any(axis=1), block[np.arange(len(rows)), two], -1)


def _order_habit(block: Matrix, score: npt.NDArray[np.float64], count: npt.NDArray[np.int64]) -> float:
    """Log odds that this base writes the first name first, from the different two-word names that leave no doubt."""
    pairs = np.flatnonzero(count == 2)
    _, one_of_each = np.unique((block[pairs, 0].astype(np.int64) << 32) + block[pairs, 1], return_index=True)
    told = score[pairs[one_of_each]]
    difference = told[:, 0] - told[:, 1]
    ahead, behind = int((difference > 3).sum()), int((difference < -3).sum())
    return float(np.clip(np.log((ahead + 2) / (behind + 1)), -1, 1))
