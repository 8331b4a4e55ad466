"""Scalars read by the type that their field declares; never guessed from their look.

Each type has one `Reader`. A text that it cannot read raises `Unreadable`: what was expected, how to write it.
"""

import os
import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import frozen

from reactivate.contracts.settings import Name, Points, Share, Text
from reactivate.contracts.values import Duration, Hours, Money, Price, Rate, Secret
from reactivate.spec import kinds
from reactivate.spec.tree import Scalar
from reactivate.spec.units import CURRENCIES, LANGUAGES, zones
from reactivate.text import nearest


class Unreadable(ValueError):
    """A scalar that is not what its field expects."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@frozen
class Around:
    """What the meaning of a scalar may depend on: the folder of its file, the money of the business."""

    folder: Path
    currency: str | None = None


@frozen
class Reader:
    """How a type is read. `expects` ends the sentence "expected …"; `pattern` is for the JSON Schema."""

    read: Callable[[Scalar, Around], Any]
    expects: str
    code: str
    pattern: str | None = None


def refuse(kind: Any, scalar: Scalar, hint: str | None = None) -> Unreadable:
    """The usual complaint of a reader."""
    reader = READERS[kind]
    return Unreadable(reader.code, f"expected {reader.expects}, got {shown(scalar.text)}", hint)


def shown(text: str, most: int = 40) -> str:
    """A value in a message: quoted, and not too long."""
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= most else flat[: most - 1] + "…")


_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER = r"\d{1,15}(?:\.\d{1,6})?"
_SWITCHES = {"yes", "no", "on", "off", "true", "false", "null"}


def _text(scalar: Scalar, _: Around) -> str:
    if not scalar.quoted:
        said = f"text that people will read stands in double quotes, got {shown(scalar.text)}"
        whole = f"{scalar.text} {scalar.comment}".strip()
        why = "; without them everything behind # is cut off" if scalar.comment else ""
        raise Unreadable("R211", said, f'write "{whole}"{why}' if len(whole) < 60 and '"' not in whole else 'write "…"')
    if not scalar.text.strip():
        raise Unreadable("R211", "the text is empty", "write something, or delete the key")
    return scalar.text


def _plain(scalar: Scalar, _: Around) -> str:
    return scalar.text


def _name(scalar: Scalar, _: Around) -> str:
    text = scalar.text
    if text in _SWITCHES:
        raise Unreadable("R212", f"{text!r} cannot be a name: many programs read it as a switch", "take another word")
    if _NAME.fullmatch(text):
        return text
    better = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    hint = f"write {better}" if _NAME.fullmatch(better) else "write it in Latin letters, like at_risk"
    raise refuse(Name, scalar, hint)


def _template(scalar: Scalar, _: Around) -> str:
    text = scalar.text
    if text.endswith(".md"):
        raise refuse(kinds.Template, scalar, f"write {text.removesuffix('.md')}")
    if not re.fullmatch(r"[\w-]{1,80}", text):
        raise refuse(kinds.Template, scalar)
    return text


def _either(scalar: Scalar, _: Around) -> tuple[str, ...]:
    words = re.split(r"\s+or\s+", scalar.text.strip())
    for word in words:
        if not _NAME.fullmatch(word) or word in _SWITCHES | {"or", "and"}:
            listed = re.findall(r"[a-z][a-z0-9_]*", re.sub(r"\b(and|or)\b", " ", scalar.text))
            several = re.search(r"[,/|]|\band\b", scalar.text) and listed
            raise refuse(kinds.Either, scalar, f"write {' or '.join(listed)}" if several else None)
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice:
        raise Unreadable("R212", f"{twice!r} is written twice", "write it once")
    return tuple(words)


_DAYS = {"w": 7, "week": 7, "weeks": 7, "month": 30, "months": 30, "y": 365, "year": 365, "years": 365}
_UNITS = {
    "d": ("", "d", "day", "days", "д", "дн", "день", "дня", "дней", "днів", "dni"),
    "h": ("h", "hour", "hours", "ч", "час", "часов", "год"),
    "min": ("m", "min", "mins", "minute", "minutes", "мин", "хв"),
}


def _duration(scalar: Scalar, _: Around) -> Duration:
    text = scalar.text
    found = re.fullmatch(r"(\d{1,6})(min|h|d)", text)
    if found:
        return Duration.parse(text)
    loose = re.fullmatch(r"(\d{1,6})\s*(\w*?)\.?", text.lower())
    hint = None
    if loose and loose[2] in _DAYS:
        hint = f"write {int(loose[1]) * _DAYS[loose[2]]}d"
    elif loose:
        unit = next((unit for unit, words in _UNITS.items() if loose[2] in words), None)
        hint = f"write {int(loose[1])}{unit}" if unit else None
    raise refuse(Duration, scalar, hint)


def _fraction(kind: Any, sign: str, over: float) -> Callable[[Scalar, Around], float]:
    def read(scalar: Scalar, _: Around) -> float:
        found = re.fullmatch(rf"({_NUMBER}){sign}", scalar.text)
        if found:
            value = float(Decimal(found[1]) / 100)
            if value > over:
                raise Unreadable(READERS[kind].code, f"{scalar.text} is more than 100%", "write at most 100%")
            return value
        raise refuse(kind, scalar, _fraction_hint(scalar.text, sign))

    return read


def _fraction_hint(text: str, sign: str) -> str | None:
    number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(%|pp|p\.p\.|процент\w*|percent)?", text.lower())
    if not number:
        return None
    value = number[1].replace(",", ".")
    if not number[2] and float(value) < 1 and float(value) > 0:
        value = f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".")
    return f"write {value}{sign}"


def _money(scalar: Scalar, around: Around) -> Money:
    amount, currency = _amount(scalar, around, Money)
    return Money(amount, currency)


def _price(scalar: Scalar, around: Around) -> Price:
    text = scalar.text
    whole = text.removesuffix(" per part")
    amount, currency = _amount(scalar, around, Price, whole)
    return Price(amount, currency, whole != text)


def _amount(scalar: Scalar, around: Around, kind: Any, text: str | None = None) -> tuple[Decimal, str]:
    written = scalar.text if text is None else text
    found = re.fullmatch(rf"({_NUMBER}) ([A-Z]{{3}})", written)
    if not found:
        raise refuse(kind, scalar, _amount_hint(written, around.currency))
    if around.currency and found[2] != around.currency:
        raise Unreadable("R207", f"{shown(written)} is not in {around.currency}, the currency of the business",
                         f"write the sum in {around.currency}")  # fmt: skip
    return Decimal(found[1]), found[2]


def _amount_hint(text: str, currency: str | None) -> str | None:
    number = re.search(r"\d[\d ., \u00a0']*", text)
    if not number:
        return None
    digits = re.sub(r"[ \u00a0']", "", number[0]).rstrip(".,")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    return (
        f"write {digits.replace(',', '.')} {currency or 'RUB'}" if digits.count(".") + digits.count(",") <= 1 else None
    )


_PER = re.compile(r"(?P<much>.+?) per (?P<per>day|week|month|\d{1,4}(?:min|h|d))")


def _rate(kind: Any, money: bool | None, alone: bool) -> Callable[[Scalar, Around], Rate]:
    """A reader of rates: of money, of counts, or of either (None); `alone`: the sum may stand without `per`."""

    def read(scalar: Scalar, around: Around) -> Rate:
        found = _PER.fullmatch(scalar.text)
        if not found and not alone:
            raise refuse(kind, scalar, _rate_hint(scalar.text))
        much = found["much"] if found else scalar.text
        per: Any = found["per"] if found else None
        if per not in (None, "day", "week", "month"):
            per = Duration.parse(per)
        if money is not True and re.fullmatch(r"\d{1,9}", much):
            return Rate(Decimal(much), per)
        if money is False:
            raise refuse(kind, scalar, _rate_hint(scalar.text))
        amount, currency = _amount(scalar, around, kind, much)
        return Rate(amount, per, currency)

    return read


def _rate_hint(text: str) -> str | None:
    found = re.fullmatch(
        r"(\d+)\s*(?:/|a|an|in|every|за|в|per)?\s*(day|week|month|d|h|\d+\s?d|\d+\s?days?)", text.strip().lower()
    )
    if not found:
        return f"write {text} per day, or {text} per 30d" if re.fullmatch(r"\d+", text) else None
    per = (
        re.sub(r"\s|ays?$", "", found[2]) if found[2][0].isdigit() else {"d": "day", "h": "1h"}.get(found[2], found[2])
    )
    return f"write {found[1]} per {per}"


def _date(scalar: Scalar, _: Around) -> date:
    text = scalar.text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        raise refuse(date, scalar, "there is no such day") from None
    european = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text)
    raise refuse(date, scalar, f"write {european[3]}-{int(european[2]):02}-{int(european[1]):02}" if european else None)


def _clock(text: str) -> time | None:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    return time(int(found[1]), int(found[2])) if found else None


def _time(scalar: Scalar, _: Around) -> time:
    moment = _clock(scalar.text)
    if moment is None:
        loose = re.fullmatch(r"(\d{1,2})[:.](\d\d)", scalar.text)
        raise refuse(time, scalar, f"write {int(loose[1]):02}:{loose[2]}" if loose and int(loose[1]) < 24 else None)
    return moment


def _hours(scalar: Scalar, _: Around) -> Hours:
    start, _dash, end = scalar.text.partition("-")
    first, last = _clock(start), _clock("23:59" if end == "24:00" else end)
    if first is None or last is None:
        loose = re.fullmatch(r"(\d{1,2})(?:[:.](\d\d))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d\d))?", scalar.text)
        hint = f"write {int(loose[1]):02}:{loose[2] or '00'}-{int(loose[3]):02}:{loose[4] or '00'}" if loose else None
        raise refuse(Hours, scalar, hint)
    if first >= last:
        raise Unreadable("R208", f"the hours {scalar.text} do not begin before they end", "hours lie within one day")
    return Hours(first, last)


def _count(scalar: Scalar, _: Around) -> int:
    if not re.fullmatch(r"\d{1,12}", scalar.text):
        raise refuse(int, scalar)
    return int(scalar.text)


def _number(kind: Any, make: Callable[[str], Any]) -> Callable[[Scalar, Around], Any]:
    def read(scalar: Scalar, _: Around) -> Any:
        if not re.fullmatch(rf"-?{_NUMBER}", scalar.text):
            comma = re.fullmatch(r"-?\d+,\d+", scalar.text)
            raise refuse(kind, scalar, f"write {scalar.text.replace(',', '.')}" if comma else None)
        return make(scalar.text)

    return read


def _bool(scalar: Scalar, _: Around) -> bool:
    if scalar.text not in ("true", "false"):
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(scalar.text.lower())
        raise refuse(bool, scalar, f"write {meant}" if meant else None)
    return scalar.text == "true"


def _orders(scalar: Scalar, _: Around) -> int:
    found = re.fullmatch(r"(\d{1,3}) orders?", scalar.text)
    if not found or found[1].strip("0") == "":
        bare = re.fullmatch(r"[1-9]\d{0,2}", scalar.text)
        raise refuse(
            kinds.OrderCount, scalar, f"write {bare[0]} order{'' if bare[0] == '1' else 's'}" if bare else None
        )
    return int(found[1])


def _of_margin(scalar: Scalar, _: Around) -> float:
    found = re.fullmatch(rf"({_NUMBER})% of margin", scalar.text)
    if not found or Decimal(found[1]) > 100:
        bare = re.fullmatch(rf"{_NUMBER}%", scalar.text)
        raise refuse(kinds.OfMargin, scalar, f"write {bare[0]} of margin" if bare else None)
    return float(Decimal(found[1]) / 100)


def _secret(scalar: Scalar, around: Around) -> Secret:
    text = scalar.text
    if re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*", text):
        return Secret(text, str(around.folder))
    # The text itself may be the secret: it is never printed, not even in the complaint.
    raise Unreadable(
        "R213", "a secret is never written into the file", "write env:NAME or file:path, and keep the value there"
    )


def _path(scalar: Scalar, around: Around) -> Path:
    text = scalar.text
    if re.match(r"(env|file):", text):
        raise refuse(Path, scalar, "this setting wants the path itself")
    if "\0" in text or not text.strip():
        raise refuse(Path, scalar)
    return Path(os.path.abspath(around.folder / Path(text).expanduser()))


def _listed(kind: Any, names: Callable[[], Any], clean: Callable[[str], str]) -> Callable[[Scalar, Around], str]:
    """A reader of one word out of a long public list (zones, currencies, languages)."""

    def read(scalar: Scalar, _: Around) -> str:
        known = names()
        if scalar.text in known:
            return scalar.text
        better = clean(scalar.text)
        meant = better if better in known else nearest(scalar.text, known)
        raise refuse(kind, scalar, f"did you mean {meant}?" if meant else None)

    return read


def _as_zone(text: str) -> str:
    return text.strip().replace(" ", "_").title()


_COUNTRIES = {
    "ua": "uk",
    "kz": "kk",
    "by": "be",
    "cz": "cs",
    "gr": "el",
    "se": "sv",
    "dk": "da",
    "us": "en",
    "gb": "en",
}


def _as_language(text: str) -> str:
    """A language for those who wrote its country."""
    return _COUNTRIES.get(text.lower(), text.lower())


def _rule(scalar: Scalar, _: Around) -> kinds.Rule:
    return kinds.Rule(scalar.text, scalar.span, scalar.pieces, scalar.comment)


def _address(scalar: Scalar, _: Around) -> str:
    text = scalar.text.rstrip("/")
    if re.fullmatch(r"https?://[^\s/?#@]+(?::\d+)?(/[^\s?#]*)?", text):
        return text
    raise refuse(
        kinds.Address, scalar, f"write https://{text}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text) else None
    )


_PER_TIME = r" per (day|week|month|\d+(min|h|d))"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_NAME_ONLY = f"^(?!({'|'.join(sorted(_SWITCHES))})$){_NAME.pattern}$"
_UP_TO_100 = r"(100(\.0{1,6})?|\d{1,2}(\.\d{1,6})?)"
_A_RATE = "a rate such as 60 per day or 3 per 30d"
_SUM = rf"{_NUMBER} [A-Z]{{3}}"

READERS: dict[Any, Reader] = {
    Text: Reader(_text, "text in double quotes", "R211"),
    str: Reader(_plain, "a word or text", "R202"),
    Name: Reader(_name, "a name: small Latin letters, digits and _, at most 40", "R212", _NAME_ONLY),
    kinds.Template: Reader(_template, "the name of a text file without .md", "R212", r"^[\w-]{1,80}$"),
    kinds.Either: Reader(
        _either, "a name, or names joined by 'or'", "R217", r"^[a-z][a-z0-9_]*( or [a-z][a-z0-9_]*)*$"
    ),
    Duration: Reader(_duration, "a duration such as 14d, 48h or 30min", "R204", r"^\d{1,6}(min|h|d)$"),
    Share: Reader(_fraction(Share, "%", 1), "a share such as 15%", "R205", rf"^{_UP_TO_100}%$"),
    Points: Reader(_fraction(Points, "pp", 1), "percentage points such as 3pp", "R205", rf"^{_UP_TO_100}pp$"),
    Money: Reader(_money, "money such as 500 RUB", "R206", rf"^{_SUM}$"),
    Price: Reader(_price, "a price such as 0.90 UAH or 0.90 UAH per part", "R206", rf"^{_SUM}( per part)?$"),
    Rate: Reader(_rate(Rate, None, False), _A_RATE, "R206", rf"^.+{_PER_TIME}$"),
    kinds.CountRate: Reader(_rate(kinds.CountRate, False, False), _A_RATE, "R206", rf"^\d+{_PER_TIME}$"),
    kinds.People: Reader(
        _rate(kinds.People, False, True), "people such as 400 per week, or 400 in all", "R206", rf"^\d+({_PER_TIME})?$"
    ),
    kinds.Budget: Reader(
        _rate(kinds.Budget, True, True),
        "money such as 3000 USD or 3000 USD per month",
        "R206",
        rf"^{_SUM}({_PER_TIME})?$",
    ),
    date: Reader(_date, "a date such as 2026-12-01", "R208", r"^\d{4}-\d\d-\d\d$"),
    time: Reader(_time, "a time such as 11:00", "R208", rf"^{_CLOCK}$"),
    Hours: Reader(_hours, "hours such as 09:00-21:00", "R208", rf"^{_CLOCK}-({_CLOCK}|24:00)$"),
    int: Reader(_count, "a whole number such as 3", "R209", r"^\d{1,12}$"),
    float: Reader(_number(float, float), "a number such as 1.5", "R209", rf"^-?{_NUMBER}$"),
    Decimal: Reader(_number(Decimal, Decimal), "a number such as 1.5", "R209", rf"^-?{_NUMBER}$"),
    bool: Reader(_bool, "true or false", "R209", "^(true|false)$"),
    kinds.OrderCount: Reader(_orders, "a number of orders such as 2 orders", "R209", r"^[1-9]\d{0,2} orders?$"),
    kinds.OfMargin: Reader(
        _of_margin, "a part of the margin such as 5% of margin", "R205", rf"^{_UP_TO_100}% of margin$"
    ),
    Secret: Reader(_secret, "env:NAME or file:path", "R213", r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)$"),
    Path: Reader(_path, "a path", "R215"),
    kinds.Zone: Reader(_listed(kinds.Zone, zones, _as_zone), "a time zone such as Europe/Kyiv", "R214"),
    kinds.Currency: Reader(
        _listed(kinds.Currency, lambda: CURRENCIES, str.upper), "a currency code such as UAH", "R214", "^[A-Z]{3}$"
    ),
    kinds.Language: Reader(
        _listed(kinds.Language, lambda: LANGUAGES, _as_language), "a language code such as uk", "R214", "^[a-z]{2}$"
    ),
    kinds.Address: Reader(_address, "a web address such as https://r.shop.example", "R214", "^https?://"),
    kinds.Rule: Reader(_rule, "a rule such as orders >= 2", "R410"),
}
