"""The tokens of a rule, with exact positions. Linear in the text; no input makes it backtrack."""

import re
import unicodedata
from datetime import date
from fractions import Fraction
from typing import Literal

from attrs import frozen

from reactivate.rules.faults import RuleFault
from reactivate.rules.hints import CURRENCY_SIGNS, FOREIGN_SIGNS, UNITS, odd_unit
from reactivate.rules.types import Kind

KEYWORDS = frozenset({"or", "and", "not", "in", "top", "has", "is", "missing"})
_SIGNS = ("<=", ">=", "!=", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",")
_QUOTES = "'\""
_PRINTED_QUOTES = "«»“”„‟‘’‚‹›`´"
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_EUROPEAN = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})(?![0-9])")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DIGITS_AT_END = re.compile(r"[0-9.]+$")
_MONEY = re.compile(r"\s+([A-Z]{3})")
_DAYS = {"d": Fraction(1), "h": Fraction(1, 24), "min": Fraction(1, 1440)}
_LARGEST_COUNT = 2**63 - 1
_LARGEST_MONEY = 10**16

TokenKind = Literal["name", "quoted", "literal", "sign", "keyword", "end"]


@frozen
class Token:
    """`text` as written; for quoted words what stands between the quotes; literals carry kind and value."""

    kind: TokenKind
    text: str
    start: int
    end: int
    unit: Kind = Kind.TEXT
    value: Fraction | date = Fraction(0)
    currency: str | None = None


def tokens(text: str) -> list[Token]:
    """All tokens of `text`, the last of them `end`. Raises RuleFault at the first thing that is none."""
    found, at = [], 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        if char in _QUOTES:
            token = _quoted(text, at)
        elif "0" <= char <= "9":
            token = _numeric(text, at)
        elif _is_plain(char):
            token = _name(text, at)
        else:
            token = _sign(text, at)
        found.append(token)
        at = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def is_plain(text: str) -> bool:
    """Whether a word needs no quotes: letters, digits and `_` of any alphabet."""
    return all(map(_is_plain, text)) and text not in KEYWORDS


def _is_plain(char: str) -> bool:
    # Combining marks belong to the letter before them: a decomposed й, Hindi vowels.
    return char == "_" or char.isalnum() or unicodedata.category(char)[0] == "M"


def _run(text: str, at: int) -> int:
    while at < len(text) and _is_plain(text[at]):
        at += 1
    return at


def _quoted(text: str, at: int) -> Token:
    close = text.find(text[at], at + 1)
    if close < 0:
        raise RuleFault("R412", "this quote is never closed", at, len(text), f"add {text[at]} after the word")
    word = text[at + 1 : close]
    if not word.strip():
        raise RuleFault("R412", "there is no word between these quotes", at, close + 1, "use `is missing` for no value")
    return Token("quoted", word, at, close + 1)


def _name(text: str, at: int) -> Token:
    end = _run(text, at)
    if text[at:end] in KEYWORDS:
        return Token("keyword", text[at:end], at, end)
    if text.startswith(".", end) and _run(text, end + 1) > end + 1:
        end = _run(text, end + 1)
    return Token("name", text[at:end], at, end)


def _numeric(text: str, at: int) -> Token:
    if found := _DATE.match(text, at):
        return _day(text, at, found.end())
    if found := _EUROPEAN.match(text, at):
        day, month, year = (int(part) for part in found.groups())
        hint = f"a date is written year-month-day: {year}-{month:02}-{day:02}"
        raise RuleFault("R413", f"{found[0]} is no date here", at, found.end(), hint)
    found = _DIGITS.match(text, at)
    assert found is not None
    number, end = found[0], found.end()
    if end < len(text) and text[end] == "%":
        return _literal(text, at, end + 1, Kind.SHARE, Fraction(number) / 100)
    if (tail := _run(text, end)) > end:
        return _with_unit(text, at, end, tail)
    if (code := _MONEY.match(text, end)) and _run(text, code.end()) == code.end():
        return _money(text, at, code.end(), number, code[1])
    return _literal(text, at, end, Kind.COUNT, Fraction(number))


def _day(text: str, at: int, end: int) -> Token:
    written = text[at : _run(text, end)]
    try:
        return Token("literal", written, at, at + len(written), Kind.DATE, date.fromisoformat(written))
    except ValueError:
        hint = "a date is written year-month-day: 2026-12-01"
        raise RuleFault("R413", f"there is no day {written}", at, at + len(written), hint) from None


def _with_unit(text: str, at: int, end: int, tail: int) -> Token:
    unit, number = text[end:tail], text[at:end]
    if unit in _DAYS:
        if "." in number or len(number) > 6:
            hint = "write whole days, hours or minutes, at most six digits: 36h"
            raise RuleFault("R413", f"{text[at:tail]} is no duration", at, tail, hint)
        return _literal(text, at, tail, Kind.DURATION, Fraction(number) * _DAYS[unit])
    if unit == "pp":
        return _literal(text, at, tail, Kind.POINTS, Fraction(number) / 100)
    if "." in number:
        raise RuleFault("R413", f"{text[at:tail]} is no number", at, tail, odd_unit(number, unit) or UNITS)
    return Token("name", text[at:tail], at, tail)  # `4x4` may be a word; the checker says so if it is not


def _money(text: str, at: int, end: int, number: str, code: str) -> Token:
    value = Fraction(number)
    if value >= _LARGEST_MONEY:
        raise RuleFault("R413", "this sum of money is too large", at, end, "sums stay below 10,000,000,000,000,000")
    if len(number.partition(".")[2]) > 2:
        hint = f"money has at most two digits after the point: {float(value):.2f} {code}"
        raise RuleFault("R413", f"{number} {code} has too many digits", at, end, hint)
    return Token("literal", f"{number} {code}", at, end, Kind.MONEY, value, code)


def _literal(text: str, at: int, end: int, kind: Kind, value: Fraction) -> Token:
    if value > _LARGEST_COUNT or end - at > 40:
        raise RuleFault("R413", "this number is too large", at, end, f"the largest is {_LARGEST_COUNT:,}")
    return Token("literal", text[at:end], at, end, kind, value)


def _sign(text: str, at: int) -> Token:
    for foreign, ours in FOREIGN_SIGNS.items():
        if text.startswith(foreign, at):
            message = f"{foreign!r} is not a sign of the rule language"
            raise RuleFault("R411", message, at, at + len(foreign), f"write {ours}")
    for sign in _SIGNS:
        if text.startswith(sign, at):
            return Token("sign", sign, at, at + len(sign))
    char = text[at]
    if char in _PRINTED_QUOTES:
        hint = "use straight quotes: 'Нижний Новгород'"
        raise RuleFault("R412", f"{char} is a printed quotation mark", at, at + 1, hint)
    if char in CURRENCY_SIGNS:
        hint = f"money is written with its code after the number: 500 {CURRENCY_SIGNS[char]}"
        raise RuleFault("R413", f"{char} is not read in rules", at, at + 1, hint)
    if char == "%":
        number = _DIGITS_AT_END.search(text[:at].rstrip()[-40:])
        hint = f"write a share without a space: {number[0] if number else '15'}%"
        raise RuleFault("R413", "% stands alone", at, at + 1, hint)
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    shown = f"{char!r} ({name})" if char.isprintable() else f"the invisible character {name}"
    hint = "a rule is made of names, numbers with units, words and the signs = != < <= > >= + - * / ( ) ,"
    raise RuleFault("R410", f"{shown} has no meaning in a rule", at, at + 1, hint)
