"""Scalars by the type of their field: what each reads, refuses and suggests."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reactivate.contracts.settings import Name, Points, Share, Text
from reactivate.contracts.values import Duration, Hours, Money, Price, Rate, Secret
from reactivate.diagnostics import Span
from reactivate.spec import kinds
from reactivate.spec.scalars import READERS, Around, Unreadable
from reactivate.spec.tree import Scalar

HERE = Around(Path("/shop"), "UAH")


def read(kind: Any, text: str, quoted: bool = False) -> Any:
    return READERS[kind].read(Scalar(text, Span("x", 1, 1), quoted), HERE)


def hint(kind: Any, text: str) -> str | None:
    with pytest.raises(Unreadable) as fault:
        read(kind, text)
    return fault.value.hint


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Duration, "14d", Duration(14, "d")),
        (Duration, "30min", Duration(30, "min")),
        (Duration, "0d", Duration(0, "d")),
        (Share, "15%", 0.15),
        (Share, "0.5%", 0.005),
        (Share, "100%", 1.0),
        (Points, "3pp", 0.03),
        (Money, "0.90 UAH", Money(Decimal("0.90"), "UAH")),
        (Price, "6.20 UAH per part", Price(Decimal("6.20"), "UAH", True)),
        (Rate, "3 per 30d", Rate(Decimal(3), Duration(30, "d"))),
        (kinds.CountRate, "60 per day", Rate(Decimal(60), "day")),
        (kinds.People, "400", Rate(Decimal(400), None)),
        (kinds.Budget, "60000 UAH per month", Rate(Decimal(60000), "month", "UAH")),
        (kinds.Budget, "3000 UAH", Rate(Decimal(3000), None, "UAH")),
        (date, "2026-12-01", date(2026, 12, 1)),
        (time, "11:00", time(11)),
        (Hours, "09:00-21:00", Hours(time(9), time(21))),
        (int, "3", 3),
        (float, "-1.5", -1.5),
        (bool, "true", True),
        (str, "007", "007"),
        (Name, "at_risk", "at_risk"),
        (kinds.Either, "telegram or sms", ("telegram", "sms")),
        (kinds.OrderCount, "1 order", 1),
        (kinds.OfMargin, "5% of margin", 0.05),
        (kinds.Zone, "Europe/Kyiv", "Europe/Kyiv"),
        (kinds.Address, "https://r.aiym.example/", "https://r.aiym.example"),
        (Path, "../data/a.csv", Path("/data/a.csv")),
        (Secret, "env:SMTP_HOST", Secret("env:SMTP_HOST")),
    ],
)
def test_reads_what_the_field_expects(kind: Any, text: str, value: Any) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "way_out"),
    [
        (Duration, "14", "write 14d"),
        (Duration, "2 weeks", "write 14d"),
        (Duration, "48 часов", "write 48h"),
        (Duration, "7 дней", "write 7d"),
        (Duration, "soon", None),
        (Share, "0.15", "write 15%"),
        (Share, "15 %", "write 15%"),
        (Share, "12,5%", "write 12.5%"),
        (Points, "3%", "write 3pp"),
        (Money, "60 000 UAH", "write 60000 UAH"),
        (Money, "1,000.50 UAH", "write 1000.50 UAH"),
        (Money, "$20", "write 20 UAH"),
        (Money, "20", "write 20 UAH"),
        (kinds.CountRate, "60/day", "write 60 per day"),
        (kinds.CountRate, "3 per month per person", None),
        (date, "24.12.2026", "write 2026-12-24"),
        (date, "2026-02-30", "there is no such day"),
        (time, "9.30", "write 09:30"),
        (Hours, "9-21", "write 09:00-21:00"),
        (bool, "yes", "write true"),
        (float, "1,5", "write 1.5"),
        (Name, "At Risk", "write at_risk"),
        (Name, "вернись", "write it in Latin letters, like at_risk"),
        (kinds.Either, "telegram, sms", "write telegram or sms"),
        (kinds.Either, "telegram and sms", "write telegram or sms"),
        (kinds.OrderCount, "2", "write 2 orders"),
        (kinds.OfMargin, "5%", "write 5% of margin"),
        (kinds.Zone, "europe/kyiv", "did you mean Europe/Kyiv?"),
        (kinds.Currency, "uah", "did you mean UAH?"),
        (kinds.Language, "ua", "did you mean uk?"),
        (kinds.Address, "r.aiym.example", "write https://r.aiym.example"),
        (kinds.Template, "hello.md", "write hello"),
        (Text, "Книги", 'write "Книги"'),
    ],
)
def test_refuses_the_rest_and_shows_the_way_out(kind: Any, text: str, way_out: str | None) -> None:
    assert hint(kind, text) == way_out


def test_a_literal_secret_is_never_repeated() -> None:
    with pytest.raises(Unreadable) as fault:
        read(Secret, "hunter2")
    assert "hunter2" not in f"{fault.value.message} {fault.value.hint}"


def test_money_in_another_currency_is_refused() -> None:
    with pytest.raises(Unreadable, match="not in UAH"):
        read(Money, "500 RUB")


@example(Path, "~0", False)
@settings(deadline=None)
@given(st.sampled_from(list(READERS)), st.text(max_size=30), st.booleans())
def test_a_reader_reads_or_says_why_and_nothing_else(kind: Any, text: str, quoted: bool) -> None:
    complaint = None
    try:
        read(kind, text, quoted)
    except Unreadable as fault:
        complaint = fault
    assert complaint is None or (complaint.code.startswith("R") and complaint.message)


@settings(deadline=None)
@given(st.integers(0, 999_999), st.sampled_from(["min", "h", "d"]))
def test_a_duration_reads_what_it_writes(count: int, unit: Any) -> None:
    assert read(Duration, str(Duration(count, unit))) == Duration(count, unit)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_money_reads_its_own_digits(amount: Decimal) -> None:
    assert read(Money, f"{amount:f} UAH") == Money(amount, "UAH")
