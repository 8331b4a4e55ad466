from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from reactivate.contracts.values import Duration
from reactivate.stages.periods import period_start

KYIV = ZoneInfo("Europe/Kyiv")
NOW = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)  # Thursday the 5th, 01:30 in Kyiv


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("day", "2026-11-04T22:00"),
        ("daily", "2026-11-04T22:00"),
        ("week", "2026-11-01T22:00"),
        ("month", "2026-10-31T22:00"),
        (Duration(48, "h"), "2026-11-02T23:30"),
        (Duration(30, "d"), "2026-10-05T22:30"),  # the same clock time in Kyiv, before the clocks went back
    ],
)
def test_periods_are_of_the_business_calendar(period, start):
    assert period_start(period, NOW, KYIV) == datetime.fromisoformat(start).replace(tzinfo=UTC)
