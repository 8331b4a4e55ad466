"""Moments between Python, Arrow and the database: UTC microseconds since 1970."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MOMENT, MONEY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds; exact, no float on the way."""
    return (moment - _EPOCH) // _TICK


def moment(ticks: int) -> datetime:
    """Microseconds as an aware UTC moment."""
    return _EPOCH + ticks * _TICK


def ticks(column: Any) -> Any:
    """An Arrow timestamp column as int64 microseconds."""
    return column.cast(MOMENT).cast(pa.int64())


def days_as_ticks(column: Any) -> Any:
    """A date32 column as int64 microseconds of that day's start, UTC."""
    return column.cast(pa.timestamp("us")).cast(pa.int64())


def moments(column: Any) -> Any:
    """int64 microseconds as an Arrow timestamp column in UTC."""
    return column.cast(pa.int64()).cast(MOMENT)


def money(minor: Any) -> Any:
    """int64 hundredths as decimal128(18, 2)."""
    return pc.multiply(minor.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))).cast(MONEY)


def minor(amount: Decimal) -> int:
    """A sum in hundredths, rounded half to even."""
    return int((amount * 100).to_integral_value())
