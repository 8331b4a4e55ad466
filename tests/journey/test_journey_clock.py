from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reactivate.contracts.values import Duration
from reactivate.journey.clock import after, due, moment

ZONES = ["Europe/Kyiv", "Asia/Almaty", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]


@given(
    st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), max_size=20),
    st.sampled_from(ZONES),
    st.builds(Duration, st.integers(0, 400), st.sampled_from(["d", "h", "min"])),
)
def test_a_column_of_moments_waits_like_each_moment(starts, zone, duration):
    zone = ZoneInfo(zone)
    starts = [start.replace(tzinfo=UTC) for start in starts]
    column = np.array([moment(start) for start in starts], "datetime64[us]")
    assert after(column, duration, zone).tolist() == [moment(duration.after(s, zone)).item() for s in starts]


def test_a_day_begins_in_the_zone_of_the_business():
    since = np.array(["2026-01-01T00:00"] * 2, "datetime64[us]")
    found = due(since, "2026-12-01", ZoneInfo("Asia/Almaty"))
    assert found.tolist() == [datetime(2026, 11, 30, 19)] * 2
