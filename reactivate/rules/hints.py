"""What people write who come from SQL, Excel, Python or their mother tongue, and what we say instead."""

import re
from collections.abc import Iterable

FOREIGN_SIGNS = {
    "===": "=", "==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "!==": "!=", "=!": "!=",
    "&&": "and", "||": "or", "&": "and", "|": "or",
    "≥": ">=", "≤": "<=", "≠": "!=", "−": "-", "–": "-", "—": "-", "×": "*", "÷": "/", "·": "*",
    "[": "(", "]": ")", "{": "(", "}": ")", ";": "and",
}  # fmt: skip
"""Longest first where one begins another."""

CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "₽": "RUB", "₴": "UAH", "₸": "KZT", "£": "GBP", "¥": "JPY"}

_AND = "и й і та i oraz und et y plus"
_OR = "или либо або чи lub albo oder ou"
_NOT = "не ні nie nicht no"
_IN = "в у во w aus среди one_of within"
_HAS = "содержит имеет есть має містить ma zawiera contains includes like ilike"
_MISSING = "null none empty blank unknown пусто пустой пустое нет неизвестно порожньо немає brak missin mising"
_EQUAL = "equals eq equal равно дорівнює"
FOREIGN_WORDS = {
    word: ours
    for words, ours in (
        (_AND, "and"), (_OR, "or"), (_NOT, "not"), (_IN, "in"), (_HAS, "has"), (_MISSING, "missing"), (_EQUAL, "="),
    )
    for word in words.split()
}  # fmt: skip
UNITS = "units are 14d, 48h, 30min, 15%, 3pp, 500 RUB"
YES_NO_WORDS = frozenset(["yes", "no", "true", "false", "on", "off", "да", "нет", "так", "ні", "tak", "nie", "1", "0"])

_LOOKALIKES = str.maketrans("асеорхуіјѕԁһкмтвнАВЕКМНОРСТХУІЈЅ", "aceopxyijsdhkmtbhABEKMHOPCTXYIJS")
_UNITS = {
    "d": "day days дн день дня дней днів d. dni dzień doba сут суток D",
    "h": "hour hours hr hrs ч час часа часов годин h. H",
    "min": "minute minutes m mins мин минут хв хвилин",
    "pp": "пп п pt",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_LONG_UNITS = {"w": 7, "week": 7, "weeks": 7, "нед": 7, "недель": 7, "тиж": 7, "month": 30, "months": 30, "мес": 30,
               "міс": 30, "y": 365, "year": 365, "years": 365, "лет": 365, "рік": 365}  # fmt: skip


def latin(word: str) -> str:
    """`word` with Cyrillic letters that look like Latin ones replaced by those."""
    return word.translate(_LOOKALIKES)


def lookalike(word: str, names: Iterable[str]) -> str | None:
    """The hint for a word that is one of `names`, but for a letter of another alphabet; None when it is not."""
    meant = latin(word)
    if meant == word or meant not in names:
        return None
    strange = next(char for char in word if latin(char) != char)
    return f"the letter '{strange}' in it is Cyrillic; in Latin letters it is {meant}"


def odd_unit(number: str, unit: str) -> str | None:  # noqa: PLR0911 - one line for each guess
    """The way to write a number with a unit that is not ours, if we know what is meant."""
    unit = unit.strip().casefold()
    if unit in _LONG_UNITS and number.isdigit() and len(number) < 5:
        return f"durations are written in d, h or min: {int(number) * _LONG_UNITS[unit]}d"
    if unit in _UNIT_OF:
        return f"write {number}{_UNIT_OF[unit]}"
    if re.fullmatch("[a-z]{3}", unit):
        return f"money is written with a space and capitals: {number} {unit.upper()}"
    if unit in {"руб", "р", "рублей", "rubles"}:
        return f"money is written with the code of its currency: {number} RUB"
    if unit in {"грн", "гривен", "гривень"}:
        return f"money is written with the code of its currency: {number} UAH"
    if unit in {"zł", "zl", "злотых"}:
        return f"money is written with the code of its currency: {number} PLN"
    return None
