"""Shares, money, prices, rates and plain numbers."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from reactivate.contracts.values import Duration, Money, Price, Rate
from reactivate.spec import kinds
from reactivate.spec.reading import NUMBER, READERS, Around, Unreadable, refuse, shown
from reactivate.spec.tree import Scalar


def fraction(kind: Any, sign: str, over: float) -> Callable[[Scalar, Around], float]:
    def read(scalar: Scalar, _: Around) -> float:
        found = re.fullmatch(rf"({NUMBER}){sign}", scalar.text)
        if found:
            value = float(Decimal(found[1]) / 100)
            if value > over:
                raise Unreadable(READERS[kind].code, f"{scalar.text} is more than 100%", "write at most 100%")
            return value
        raise refuse(kind, scalar, _fraction_hint(scalar.text, sign))

    return read


def _fraction_hint(text: str, sign: str) -> str | None:
    number = re.fullmatch(r"([0-9]*[.,]?[0-9]+)\s*(%|pp|p\.p\.|процент\w*|percent)?", text.lower())
    if not number:
        return None
    value = "0" * (number[1][0] in ".,") + number[1].replace(",", ".")
    if not number[2] and float(value) < 1 and float(value) > 0:
        value = f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".")
    return f"write {value}{sign}"


def read_money(scalar: Scalar, around: Around) -> Money:
    amount, currency = _amount(scalar, around, Money)
    return Money(amount, currency)


def read_price(scalar: Scalar, around: Around) -> Price:
    text = scalar.text
    whole = text.removesuffix(" per part")
    amount, currency = _amount(scalar, around, Price, whole)
    return Price(amount, currency, whole != text)


def _amount(scalar: Scalar, around: Around, kind: Any, text: str | None = None) -> tuple[Decimal, str]:
    written = scalar.text if text is None else text
    found = re.fullmatch(rf"({NUMBER}) ([A-Z]{{3}})", written)
    if not found:
        raise refuse(kind, scalar, _amount_hint(written, around.currency))
    if around.currency and found[2] != around.currency:
        raise Unreadable("R207", f"{shown(written)} is not in {around.currency}, the currency of the business",
                         f"write the sum in {around.currency}")  # fmt: skip
    return Decimal(found[1]), found[2]


def _amount_hint(text: str, currency: str | None) -> str | None:
    number = re.search(r"[0-9][\d ., \u00a0']*", text)
    if not number:
        return None
    digits = re.sub(r"[ \u00a0']", "", number[0]).rstrip(".,")
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", digits):
        digits = digits.replace(",", "")
    return (
        f"write {digits.replace(',', '.')} {currency or 'RUB'}" if digits.count(".") + digits.count(",") <= 1 else None
    )


_PER = re.compile(r"(?P<much>.+?) per (?P<per>day|week|month|[0-9]{1,4}(?:min|h|d))")


def rate(kind: Any, money: bool | None, alone: bool) -> Callable[[Scalar, Around], Rate]:
    """A reader of rates: of money, of counts, or of either (None); `alone`: the sum may stand without `per`."""

    def read(scalar: Scalar, around: Around) -> Rate:
        found = _PER.fullmatch(scalar.text)
        if not found and not alone:
            raise refuse(kind, scalar, _rate_hint(scalar.text))
        much = found["much"] if found else scalar.text
        per: Any = found["per"] if found else None
        if per not in (None, "day", "week", "month"):
            per = Duration.parse(per)
        if money is not True and re.fullmatch(r"[0-9]{1,9}", much):
            return Rate(Decimal(much), per)
        if money is False:
            raise refuse(kind, scalar, _rate_hint(scalar.text))
        amount, currency = _amount(scalar, around, kind, much)
        return Rate(amount, per, currency)

    return read


def _rate_hint(text: str) -> str | None:
    found = re.fullmatch(
        r"([0-9]+)\s*(?:/|a|an|in|every|за|в|per)?\s*(day|week|month|d|h|[0-9]+\s?d|[0-9]+\s?days?)",
        text.strip().lower(),
    )
    if not found:
        return f"write {text} per day, or {text} per 30d" if re.fullmatch(r"[0-9]+", text) else None
    per = (
        re.sub(r"\s|ays?$", "", found[2]) if found[2][0].isdigit() else {"d": "day", "h": "1h"}.get(found[2], found[2])
    )
    return f"write {found[1]} per {per}"


def read_count(scalar: Scalar, _: Around) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", scalar.text):
        raise refuse(int, scalar)
    return int(scalar.text)


def number(kind: Any, make: Callable[[str], Any]) -> Callable[[Scalar, Around], Any]:
    def read(scalar: Scalar, _: Around) -> Any:
        if not re.fullmatch(rf"-?{NUMBER}", scalar.text):
            comma = re.fullmatch(r"-?[0-9]+,[0-9]+", scalar.text)
            raise refuse(kind, scalar, f"write {scalar.text.replace(',', '.')}" if comma else None)
        return make(scalar.text)

    return read


def read_orders(scalar: Scalar, _: Around) -> int:
    found = re.fullmatch(r"([0-9]{1,3}) orders?", scalar.text)
    if not found or found[1].strip("0") == "":
        bare = re.fullmatch(r"[1-9][0-9]{0,2}", scalar.text)
        raise refuse(
            kinds.OrderCount, scalar, f"write {bare[0]} order{'' if bare[0] == '1' else 's'}" if bare else None
        )
    return int(found[1])


def read_of_margin(scalar: Scalar, _: Around) -> float:
    found = re.fullmatch(rf"({NUMBER})% of margin", scalar.text)
    if not found or Decimal(found[1]) > 100:
        bare = re.fullmatch(rf"{NUMBER}%", scalar.text)
        raise refuse(kinds.OfMargin, scalar, f"write {bare[0]} of margin" if bare else None)
    return float(Decimal(found[1]) / 100)
