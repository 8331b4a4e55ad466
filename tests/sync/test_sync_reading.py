"""Dates and sums as people write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.normalise.numbers import amounts, numbers
from reactivate.stages.dates import days, moments, pattern

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.mark.parametrize(
    ("text", "layout", "wanted"),
    [
        ("05.03.2024", "DD.MM.YYYY", "2024-03-05"),
        ("5.3.2024", "DD.MM.YYYY", "2024-03-05"),
        ("2024-02-29", "YYYY-MM-DD", "2024-02-29"),
        ("2023-02-29", "YYYY-MM-DD", None),
        ("31.04.2024", "DD.MM.YYYY", None),
        ("03/05/24", "MM/DD/YY", "2024-03-05"),
        ("03/05/85", "MM/DD/YY", "1985-03-05"),
        ("05.03.2024", "YYYY-MM-DD", None),
        ("", "DD.MM.YYYY", None),
        ("05.03.2024 25:00", "DD.MM.YYYY", None),
        ("05.03.20245", "DD.MM.YYYY", None),
        ("05.00.2024", "DD.MM.YYYY", None),
    ],
)
def test_days(text, layout, wanted):
    (found,) = days(moments(pa.array([text]), layout, KYIV), KYIV).to_pylist()
    assert found == (date.fromisoformat(wanted) if wanted else None)


@pytest.mark.parametrize(
    ("text", "layout", "wanted"),
    [
        ("05.07.2024 10:30", "DD.MM.YYYY", datetime(2024, 7, 5, 7, 30, tzinfo=UTC)),
        ("05.07.2024 10:30:15", "DD.MM.YYYY HH:mm:ss", datetime(2024, 7, 5, 7, 30, 15, tzinfo=UTC)),
        ("2024-01-05T10:30:00Z", "YYYY-MM-DD", datetime(2024, 1, 5, 10, 30, tzinfo=UTC)),
        ("2024-01-05T10:30:00.123+0530", "YYYY-MM-DD", datetime(2024, 1, 5, 5, 0, tzinfo=UTC)),
        ("2024-01-05 10:30-02:00", "YYYY-MM-DD", datetime(2024, 1, 5, 12, 30, tzinfo=UTC)),
        ("31.03.2024 03:30", "DD.MM.YYYY", datetime(2024, 3, 31, 1, 0, tzinfo=UTC)),
        ("27.10.2024 03:30", "DD.MM.YYYY", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),
    ],
    ids=str,
)
def test_times_without_zone_are_local(text, layout, wanted):
    assert moments(pa.array([text]), layout, KYIV).to_pylist() == [wanted]


@settings(deadline=None)
@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)))
def test_reads_back_what_python_writes(at):
    texts = pa.array([f"{at:%d.%m.}{at.year:04} {at:%H:%M:%S}+00:00"])
    assert moments(texts, "DD.MM.YYYY", KYIV).to_pylist() == [at.replace(tzinfo=UTC)]


def test_typed_columns():
    local = pa.array([datetime(2024, 7, 1, 0, 30)], pa.timestamp("ns"))
    assert moments(local, "YYYY-MM-DD", KYIV).to_pylist() == [datetime(2024, 6, 30, 21, 30, tzinfo=UTC)]
    aware = pa.array([datetime(2024, 7, 1, 23, 30, tzinfo=UTC)], pa.timestamp("ms", tz="UTC"))
    assert days(moments(aware, "YYYY-MM-DD", KYIV), KYIV).to_pylist() == [date(2024, 7, 2)]
    assert days(moments(pa.array([date(2024, 7, 1)]), "x", KYIV), KYIV).to_pylist() == [date(2024, 7, 1)]


@pytest.mark.parametrize("layout", ["DD.MM", "DD.MM.YYYY DD", "день.MM.YYYY", ""])
def test_layouts_that_say_nothing(layout):
    with pytest.raises(ValueError, match=r"must name|is none of"):
        pattern(layout)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 234,56 ₴", "1234.56"), ("1\u00a0234,56\u202fгрн.", "1234.56"), ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"), ("1,234,567", "1234567"), ("1.500", "1500"), ("12,5", "12.5"), ("0,125", "0.13"),
        ("100,-", "100"), ("100-", "-100"), ("(12.50)", "-12.5"), ("−5", "-5"), ("₴ 7", "7"), ("₴-7", "-7"),
        ("+7", "7"), ("1'234.50", "1234.5"), ("2.345", "2345"), ("0.005", "0.01"), ("1e5", None), ("сто", None),
        ("", None), ("12 34 шт", None), ("1,2,3.4.5", None), ("99999999999999999999", None), ("10 USD", None),
    ],
)  # fmt: skip
def test_sums(text, wanted):
    found, _ = amounts(pa.array([text]), "UAH")
    assert found.to_pylist() == [None if wanted is None else Decimal(wanted).quantize(Decimal("0.01"))]


@pytest.mark.parametrize(
    ("text", "foreign"), [("10 USD", True), ("10$", True), ("10 грн", False), ("10 яблок", False), ("10", False)]
)
def test_another_currency_is_told_from_damage(text, foreign):
    assert amounts(pa.array([text]), "UAH")[1].to_pylist() == [foreign]


def test_pieces_have_a_decimal_comma():
    assert numbers(pa.array(["1,000", "0,250", "-3", None])).to_pylist() == [1, Decimal("0.25"), -3, None]


def test_typed_numbers():
    assert numbers(pa.array([1.5, float("nan"), float("inf"), 1e300, None])).to_pylist() == [
        Decimal("1.5"), None, None, None, None,
    ]  # fmt: skip


@settings(deadline=None)
@given(st.decimals(-(10**9), 10**9, places=2))
def test_sums_survive_every_way_of_writing(amount):
    plain = f"{amount:.2f}"
    spaced = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")
    german = f"{amount:,.2f}".replace(",", "x").replace(".", ",").replace("x", ".")
    found, _ = amounts(pa.array([plain, spaced, german, f"{amount:,.2f}"]), "EUR")
    assert found.to_pylist() == [amount] * 4


def test_summer_time_days():
    start = datetime(2024, 3, 30, tzinfo=UTC)
    hours = pa.array([start + timedelta(hours=i) for i in range(72)], pa.timestamp("us", tz="UTC"))
    assert days(hours, KYIV).to_pylist() == [value.astimezone(KYIV).date() for value in hours.to_pylist()]
