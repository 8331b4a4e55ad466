"""The words of a CIS base, as many as its size asks for: a firm of a million customers meets more names and streets.

The common names, streets and towns come from lists and stay the most frequent ones; the rare tail is composed of stems
and endings and grows with the number of rows, so that namesakes per customer stay about the same at every size. A
vocabulary of fixed size would give them in proportion to the rows, which no tool survives and no country has.
"""

from typing import Any

import numpy as np
from cis_words import (
    CITIES,
    CODAS,
    ENDINGS,
    MEN,
    MIDDLES,
    ONSETS,
    SPELLINGS,
    STREETS,
    STREETS_UK,
    WOMEN,
    feminine,
    patronymic,
    spelt,
    surnames,
    ukrainian,
)

Array = np.ndarray[Any, Any]
LANGUAGES = tuple(SPELLINGS)
FEWEST_SURNAMES, MOST_SURNAMES, ROWS_A_SURNAME = 2_400, 300_000, 10
MOST_STREETS, ROWS_A_STREET = 20_000, 400
SURNAME_SKEW, NAME_SKEW, CITY_SKEW = 0.55, 0.75, 0.8
COMMON_STREETS = 0.4
"""Share of the homes that stand in a street which every town has."""


def skew(count: int, power: float) -> Array:
    """Running shares of words whose frequency falls with their rank to this power."""
    weights = 1 / np.arange(1, count + 1) ** power
    shares: Array = np.cumsum(weights / weights.sum())
    return shares


def drawn(rng: np.random.Generator, size: int, running: Array) -> Array:
    """Ranks drawn by running shares."""
    return np.searchsorted(running, rng.random(size), side="right").clip(0, len(running) - 1)


class Words:
    """Every name in every spelling, looked up by (spelling, number); streets and cities as (Russian, Ukrainian)."""

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        men, women = ([tuple(item.split(":")) for item in names] for names in (MEN, WOMEN))
        last = _all_surnames(rng, min(max(FEWEST_SURNAMES, rows // ROWS_A_SURNAME), MOST_SURNAMES))
        forms = [SPELLINGS[name] for name in LANGUAGES]
        self.men, self.women = (
            np.array([[spelt(n[place], t) for n in names] for place, t in forms], object) for names in (men, women)
        )
        self.short_men, self.short_women = (
            np.array([[spelt(n[2] or n[place], t) for n in names] for place, t in forms], object)
            for names in (men, women)
        )
        self.last = np.array(
            [
                [[spelt(feminine(p[place], place) if woman else p[place], t) for p in last] for woman in (0, 1)]
                for place, t in forms
            ],
            object,
        )
        self.patronymic = np.array(
            [[[spelt(patronymic(n[place], sex, place), t) for n in men] for sex in "fm"] for place, t in forms], object
        )
        self.shares = {"men": skew(len(men), NAME_SKEW), "women": skew(len(women), NAME_SKEW),
                       "last": skew(len(last), SURNAME_SKEW), "city": skew(len(CITIES), CITY_SKEW)}  # fmt: skip
        self.cities = [item.split(":") for item in CITIES]
        self.streets = [(name.replace("_", " "), STREETS_UK.get(name, name).replace("_", " ")) for name in STREETS]
        self.own_streets = _streets(rng, min(rows // ROWS_A_STREET, MOST_STREETS))

    def count(self, kind: str) -> int:
        return len(self.shares[kind])

    def share(self, kind: str, rank: int) -> float:
        """How frequent the word of this rank is."""
        running = self.shares[kind]
        return float(running[rank] - (running[rank - 1] if rank else 0))

    def place(self, number: int, language: int) -> tuple[str, str]:
        """(city, street) of the home with this number, in Russian (0) or Ukrainian (1)."""
        city = self.cities[int(np.searchsorted(self.shares["city"], (number >> 40) % 4093 / 4093, side="right"))]
        return city[language], self._street(number)[language]

    def _street(self, number: int) -> tuple[str, str]:
        draw = (number >> 20) % 4093 / 4093
        if not self.own_streets or (number >> 32) % 256 < 256 * COMMON_STREETS:
            return self.streets[int(draw**1.6 * len(self.streets))]
        return self.own_streets[int(((number >> 12) % 1000003 / 1000003) ** 1.6 * len(self.own_streets))]


def _all_surnames(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """(Russian, Ukrainian): those of the common stems first, in random order, then composed ones."""
    known = surnames()
    rng.shuffle(known)
    more = max(count - len(known), 0)
    stems = _stems(rng, 2 * more)
    ends = rng.integers(len(ENDINGS), size=len(stems)).tolist()
    made = [(stem + ENDINGS[end][0], ukrainian(stem) + ENDINGS[end][1]) for stem, end in zip(stems, ends, strict=True)]
    return list(dict.fromkeys(known + made))[:count]


def _stems(rng: np.random.Generator, count: int) -> list[str]:
    """`Крук`, `Стоц`, `Бралан`: one syllable, or one and a half for half of them."""
    sounds = [np.array(items, object)[rng.integers(len(items), size=count)]
              for items in (ONSETS, list("аеиоу"), CODAS, MIDDLES)]  # fmt: skip
    longer = np.where(rng.random(count) < 0.5, sounds[3], "")
    return [text.capitalize() for text in (sounds[0] + sounds[1] + sounds[2] + longer).tolist()]


def _streets(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Streets that only some towns have."""
    endings = [("ская", "ська"), ("овская", "івська"), ("енко", "енка"), ("ова", "ова"), ("инская", "инська")]
    ends = rng.integers(len(endings), size=count).tolist()
    return [(stem + endings[end][0], ukrainian(stem) + endings[end][1])
            for stem, end in zip(_stems(rng, count), ends, strict=True)]  # fmt: skip
