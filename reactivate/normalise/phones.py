"""Telephone numbers: cells of any habit to E.164, in the order of tries that was measured to be right.

Through `phonenumbers`, one by one; plain mobile numbers are read by `phone_bulk` before they come here.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

import phonenumbers as pn
from attrs import frozen

from reactivate.normalise.tables import words

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_BETWEEN = re.compile(r"[,;/|\n\r]|\s(?:и|или|та|або|or|and)\s|(?<=\d)\s{2,}(?=[+\d(])|(?<=\d)\s+(?=\+)", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:доб|вн|внутр|дод|ext|x|#)\.?\s*:?\s*\d{1,6}\s*$", re.IGNORECASE)
_MOST_DIGITS = 17
_DECIMAL = re.compile(r"(\+?\d{7,})\.0+")
_EXPONENT = re.compile(r"(\d)\.(\d{8,})E\+?(\d{1,2})", re.IGNORECASE)
"""With fewer digits than these the spreadsheet has thrown the end of the number away."""


@frozen
class Phone:
    """One number of a cell. `value`: E.164, or the digits when it is no number; `flaw`: invalid, placeholder, None."""

    value: str
    flaw: str | None = None
    mobile: bool | None = None
    guessed_country: bool = False


_NOTHING: Mapping[str, Phone] = {}


def pieces(cell: str) -> list[str]:
    """What stands between the separators of a cell, each perhaps a number."""
    return _BETWEEN.split(cell.translate(_DIGITS))


def phones_in(cell: str, region: str, plain: Mapping[str, Phone] = _NOTHING) -> tuple[Phone, ...]:
    """All numbers of a cell in their order, repeats left out; empty when the cell holds no digits.

    `plain`: pieces whose number is known already.
    """
    found: dict[str, Phone] = {}
    for piece in pieces(cell):
        phone = plain.get(piece) or _one(piece, region)
        if phone:
            found.setdefault(phone.value, phone)
    good = [phone for phone in found.values() if phone.flaw != "invalid"]
    if not good and len(found) > 1:  # the separators stood inside one number: 8/916/123…
        phone = _one(re.sub(_BETWEEN, "", cell.translate(_DIGITS)), region)
        if phone and phone.flaw != "invalid":
            return (phone,)
    return tuple(found.values())


def _one(piece: str, region: str) -> Phone | None:
    text = _EXTENSION.sub("", _typed(piece.strip()))
    text = re.sub(r"(?<=[\d\s()+-])[oOоО](?=[\d\s()-]|$)", "0", text)
    digits = re.sub(r"\D", "", text)
    if not digits:
        return None
    if len(digits) > _MOST_DIGITS:
        return Phone(digits[:_MOST_DIGITS], "invalid")
    plus = text.lstrip(" (").startswith("+") or "+" in text[: text.find(digits[0])]
    tried = set()
    for guessed, candidates in ((False, _certain(digits, plus)), (True, None)):
        tries = candidates if candidates is not None else _guesses(digits, region)
        if not guessed:
            tries = [*tries, (digits if not plus else "+" + digits, region)]
        for number, home in tries:
            # What begins with + is read alike whatever the home, and tried once.
            if number in tried:
                continue
            phone = _valid(number, home, guessed)
            if phone:
                return phone
            if number.startswith("+"):
                tried.add(number)
    return Phone(digits, "placeholder" if is_placeholder(digits[-10:]) else "invalid")


def _typed(text: str) -> str:
    """The digits that were typed, where a spreadsheet made a number of them: 380671234568.0, 3.80671234568E+11."""
    if decimal := _DECIMAL.fullmatch(text):
        return decimal[1]
    if (exponent := _EXPONENT.fullmatch(text)) and len(exponent[2]) <= int(exponent[3]) <= _MOST_DIGITS:
        return exponent[1] + exponent[2].ljust(int(exponent[3]), "0")
    return text


def _certain(digits: str, plus: bool) -> list[tuple[str, str | None]]:
    """Readings that need no country: steps 1 to 3."""
    if plus and not digits.startswith("8"):
        return [("+" + digits, None)]
    for prefix in ("810", "00"):
        if digits.startswith(prefix):
            return [("+" + digits[len(prefix) :], None)]
    if len(digits) == 11 and digits[0] in "78":
        return [("+7" + digits[1:], None)]
    return []


def _guesses(digits: str, region: str) -> list[tuple[str, str | None]]:
    """Readings of last resort, steps 5 to 8: the country is a guess."""
    tries: list[tuple[str, str | None]] = [("+" + digits, None)]
    if len(digits) == 11 and digits.startswith("80"):
        tries += [("+375" + digits[2:], None), ("+380" + digits[2:], None)]
    if len(digits) == 10:
        tries += [("+7" + digits, None)] if digits[0] == "9" else [("+38" + digits, None)] if digits[0] == "0" else []
    if len(digits) == 9:
        home = {"BY": "+375", "UA": "+380", "PL": "+48"}.get(region)
        tries += [(home + digits, None)] if home else []
    return tries


def _valid(number: str, region: str | None, guessed: bool) -> Phone | None:
    try:
        parsed = pn.parse(number, region)
    except pn.NumberParseException:
        return None
    if not pn.is_valid_number(parsed):
        return None
    kind = pn.number_type(parsed)
    mobile = None if kind == pn.PhoneNumberType.FIXED_LINE_OR_MOBILE else kind == pn.PhoneNumberType.MOBILE
    flaw = "placeholder" if is_placeholder(str(parsed.national_number)) else None
    if kind == pn.PhoneNumberType.TOLL_FREE:
        flaw = "toll_free"
    return Phone(pn.format_number(parsed, pn.PhoneNumberFormat.E164), flaw, mobile, guessed)


def is_placeholder(national: str) -> bool:
    """Whether the national digits were typed to fill the field: runs, repeats, 1234567, the listed ones."""
    if len(national) < 7:
        return False
    if national in words("phone_placeholders.txt") or re.search(r"(\d)\1{6}", national):
        return True
    if national[-7:] in ("1234567", "7654321") or national == (national[:2] * 9)[: len(national)]:
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(national)}
    return len(steps) == 1
