"""The kit's suite, and one person in two alphabets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import reactivate_splink

from reactivate.api import LINKS, RECORDS, Context
from reactivate.testing import Subject, conformance

(SPLINK,) = reactivate_splink.reactivate_matchers()


@pytest.mark.parametrize("check", conformance(Subject(SPLINK)), ids=str)
def test_the_kit_finds_no_fault(check):
    check()


def linked(tmp_path, count=1, **settings):
    """Links among one person in two languages, a stranger, and `count` customers more."""
    names = ["Терехина Наталья", "Наталія Терьохіна", "Коваль Олег"]
    phones = ["0965104420", "+380 96 510 44 20", "0671112299"]
    more = [
        f"Покупець{chr(0x430 + n % 20)}{chr(0x430 + n // 20 % 20)} Клієнтка{chr(0x430 + n % 13)}" for n in range(count)
    ]
    total = 3 + count
    records = RECORDS.table(
        source=["shop"] * total,
        record_id=[f"{n:05d}" for n in range(total)],
        name=[*names, *more],
        phone=[*phones, *(f"050{1000000 + n}" for n in range(count))],
        email=[None, None, None, *(f"customer{n // 2}@shop.example" for n in range(count))],
    )
    context = Context("match", tmp_path, ZoneInfo("Europe/Kyiv"), "UAH", lambda: datetime(2026, 11, 2, tzinfo=UTC),
                      language="uk")  # fmt: skip
    return LINKS.conform(SPLINK.create(SPLINK.settings(**settings), context).link(records)).to_pylist()


def test_one_person_in_two_languages(tmp_path):
    found = {(row["left"], row["right"]) for row in linked(tmp_path, count=40)}
    assert (0, 1) in found
    assert not {(0, 2), (1, 2)} & found


def test_it_trains_when_there_are_enough(tmp_path):
    found = {(row["left"], row["right"]) for row in linked(tmp_path, count=600, train_from=100)}
    assert (0, 1) in found
