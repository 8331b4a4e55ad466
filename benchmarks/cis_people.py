# ruff: noqa: E501 - tables of figures read best as lines
"""Who lives in the CIS base: households, what changes in the course of time, and the sources that write people down."""

from typing import Any

import numpy as np
from attrs import frozen
from cis_vocabulary import Words, drawn

Array = np.ndarray[Any, Any]


@frozen
class Source:
    """Who writes: its share of all records, languages, orders of the name, how often each field is asked for."""

    name: str
    share: float
    ru_uk_latin: tuple[float, float, float]
    orders: dict[str, float]
    phone: float
    email: float
    birth: float
    address: float
    mistyped: float
    shouts: float = 0.0
    no_yo: bool = False


@frozen
class Dirt:
    """How dirty the whole is. The other profiles show that nothing hangs on the numbers of one."""

    sources: tuple[Source, ...]
    repeated: float = 0.19
    """Share of people with more than one record."""
    households: tuple[float, float, float, float] = (0.84, 0.09, 0.05, 0.02)
    """Single, couple, family, father and son."""
    shared_phone: float = 0.25
    moved: float = 0.09
    new_phone: float = 0.08
    new_email: float = 0.08
    reissued_phone: float = 0.002
    """Share of people whose phone was somebody else's before."""
    married: float = 0.05
    short_name: float = 0.05
    junk: float = 0.015


SHOP = {"if": 0.50, "fi": 0.28, "fio": 0.22}
USUAL = Dirt(
    sources=(
        Source("shop", 0.40, (0.62, 0.28, 0.10), SHOP, 0.96, 0.86, 0.15, 0.62, 0.035),
        Source("crm", 0.26, (0.55, 0.43, 0.02), {"fio": 0.7, "iof": 0.3}, 0.98, 0.50, 0.62, 0.50, 0.03, 0.10, True),
        Source("calls", 0.13, (0.55, 0.45, 0.0), {"iof": 0.35, "if": 0.55, "i": 0.10}, 1.0, 0.08, 0.05, 0.78, 0.055),
        Source("loyalty", 0.16, (0.60, 0.30, 0.10), {"parts": 1.0}, 0.96, 0.60, 0.92, 0.20, 0.025),
        Source("chat", 0.05, (0.50, 0.30, 0.20), {"i": 0.40, "if": 0.60}, 0.75, 0.50, 0.0, 0.05, 0.06),
    )
)
HARSH = Dirt(
    sources=(
        Source("shop", 0.38, (0.52, 0.30, 0.18), SHOP, 0.92, 0.80, 0.08, 0.55, 0.05),
        Source("crm", 0.24, (0.50, 0.45, 0.05), {"fio": 0.6, "iof": 0.4}, 0.96, 0.40, 0.50, 0.45, 0.05, 0.3, True),
        Source("calls", 0.18, (0.55, 0.45, 0.0), {"iof": 0.3, "if": 0.5, "i": 0.2}, 1.0, 0.05, 0.0, 0.70, 0.08),
        Source("loyalty", 0.12, (0.55, 0.30, 0.15), {"parts": 1.0}, 0.92, 0.50, 0.85, 0.15, 0.04),
        Source("chat", 0.08, (0.45, 0.25, 0.30), {"i": 0.7, "if": 0.3}, 0.60, 0.45, 0.0, 0.05, 0.08),
    ),
    repeated=0.19, households=(0.80, 0.11, 0.06, 0.03), shared_phone=0.30, moved=0.15, new_phone=0.16, new_email=0.18, married=0.06, junk=0.03,
)  # fmt: skip
PROFILES = {"usual": USUAL, "harsh": HARSH}


@frozen(eq=False)
class People:
    """One entry per person; `x2` arrays hold the value before and after the change at `turn` (0 to 1)."""

    man: Array
    first: Array
    father: Array
    last2: Array
    born: Array
    phone2: Array
    email2: Array
    home2: Array
    turn: Array


def copies(rng: np.random.Generator, rows: int, dirt: Dirt) -> Array:
    """Records per person, `rows` in all."""
    guess = int(rows * 0.9) + 10
    extra = np.minimum(1 + rng.pareto(2.3, guess).astype(np.int64), 36)
    counts = 1 + np.where(rng.random(guess) < dirt.repeated, extra, 0)
    upto = int(np.searchsorted(np.cumsum(counts), rows))
    counts = counts[: upto + 1]
    counts[-1] -= int(counts.sum()) - rows
    return counts


def people_of(rng: np.random.Generator, count: int, words: Words, dirt: Dirt) -> People:
    kind = rng.choice(4, count, p=dirt.households)
    size = np.array([1, 2, 0, 2])[kind] + np.where(kind == 2, rng.integers(3, 5, count), 0)
    house = np.repeat(np.arange(count), size)[:count]
    kind = kind[house]
    head = np.searchsorted(house, house)
    place = np.arange(count) - head
    child = ((kind == 2) & (place >= 2)) | ((kind == 3) & (place == 1))
    man = np.where((kind == 1) & (place < 2), place == 0, rng.random(count) < 0.42)
    man |= kind == 3
    father, men, women = (drawn(rng, count, words.shares[sex]) for sex in ("men", "men", "women"))
    first = np.where(man, men, women)
    # A father's patronymic is his own father's name; half of the sons bear their grandfather's name.
    father = np.where(child & man[head], first[head], father)
    grandson = child & man & (kind == 3) & (rng.random(count) < 0.5)
    first = np.where(grandson, father[head], first)
    last = drawn(rng, count, words.shares["last"])
    last = np.where(kind > 0, last[head], last)
    born = rng.integers(-9100, 12400, count)
    grown = born[head] + rng.integers(6600, 14600, count)
    # Who would be too young for a customer was born when his parents were younger; one day for all would be a placeholder.
    born = np.where(child, np.where(grown > 13300, 13300 - grown % 4000, grown), born)
    home = np.stack([np.arange(count)] * 2, axis=1)
    home[kind > 0, 0] = head[kind > 0]
    home[:, 1] = np.where(rng.random(count) < dirt.moved, count + np.arange(count), home[:, 0])
    phone = _phones(rng, 2 * count).reshape(count, 2)
    again = rng.random(count) < dirt.reissued_phone
    phone[again, 0] = phone[rng.integers(count, size=int(again.sum())), 1]
    shared = (kind > 0) & (rng.random(count) < dirt.shared_phone)
    phone[shared, 0] = phone[head[shared], 0]
    phone[:, 1] = np.where(rng.random(count) < dirt.new_phone, phone[:, 1], phone[:, 0])
    email = np.stack([np.arange(count)] * 2, axis=1)
    same = (kind > 0) & (rng.random(count) < 0.06)
    email[same, 0] = head[same]
    email[:, 1] = np.where(rng.random(count) < dirt.new_email, count + np.arange(count), email[:, 0])
    maiden = ~man & (rng.random(count) < dirt.married)
    last2 = np.stack([np.where(maiden, drawn(rng, count, words.shares["last"]), last), last], axis=1)
    return People(man, first, father, last2, born, phone, email, home, rng.random(count))


def _phones(rng: np.random.Generator, count: int) -> Array:
    """Whole numbers, no two alike: mostly Ukrainian, some Russian and Belarusian."""
    # A walk by a step that has no divisor in common with their number meets every subscriber once.
    subscriber = (np.arange(count) * 48_271_337 + int(rng.integers(10**7))) % (12 * 10**7)
    prefix, number = np.divmod(subscriber, 10**7)
    ua = 380 * 10**9 + np.array([67, 50, 63, 66, 68, 93, 95, 96, 97, 98, 99, 73])[prefix] * 10**7
    ru = 7 * 10**10 + np.array([903, 905, 910, 916, 921, 926, 950, 961, 985, 999, 911, 912])[prefix] * 10**7
    by = 375 * 10**9 + np.array([25, 29, 33, 44])[prefix % 4] * 10**7
    return np.choose(rng.choice(3, count, p=(0.86, 0.11, 0.03)), [ua, ru, by]) + number
