"""The repeat rate, by hand and in the ordinary mess."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from reactivate.economics import Assumptions, Repeat, repeat_rate

START = date(2025, 1, 1)
SHORT = Assumptions(second_life_days=100)


def orders(**people):
    rows = [(person, START + timedelta(days=day)) for person, days in people.items() for day in days]
    return pa.table(
        {
            "person_id": pa.array([row[0] for row in rows], pa.string()),
            "ordered_on": pa.array([row[1] for row in rows], pa.date32()),
        }
    )


def test_by_hand():
    # Watched for 100 days: a0 (followed after 30), a30 (not within 100), b0 (followed after 60), b60 (not), c10 (never).
    found = repeat_rate(orders(a=[0, 30, 140], b=[60, 0], c=[10]), START + timedelta(days=200), assumptions=SHORT)
    assert found == Repeat(pytest.approx(2 / 5), 45.0, 5)


def test_only_orders_after_a_silence():
    people = orders(a=[0, 60, 80], b=[0, 60, 170], c=[0, 10])
    found = repeat_rate(people, START + timedelta(days=200), after_silence_days=50, assumptions=SHORT)
    assert found == Repeat(0.5, 20.0, 2)


def test_two_orders_on_one_day_are_one_and_too_young_ones_are_not_watched():
    found = repeat_rate(orders(a=[0, 0], b=[150, 160]), START + timedelta(days=200), assumptions=SHORT)
    assert found == Repeat(0.0, None, 1)


@pytest.mark.parametrize("people", [{}, {"a": [150]}])
def test_nothing_to_watch(people):
    assert repeat_rate(orders(**people), START + timedelta(days=200), assumptions=SHORT) == Repeat(None, None, 0)
