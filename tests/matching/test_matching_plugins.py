from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reactivate import normalise
from reactivate.api import LINKS, RECORDS, Context
from reactivate.host.registry import Registry


def context():
    return Context(
        "match", Path(), ZoneInfo("Europe/Kyiv"), "UAH", lambda: datetime(2026, 11, 21, tzinfo=UTC), language="uk"
    )


def records():
    return RECORDS.table(
        source=["shop", "crm", "shop"],
        record_id=["1", "2", "3"],
        name=["Терехина Наталья", "Наталія Терьохіна", "Коваль Олег"],
        phone=["0965104420", "+380 96 510 44 20", "0671112299"],
    )


def made(word, **settings):
    descriptor = Registry().get("matcher", word)
    return descriptor.create(descriptor.settings(**settings), context())


@pytest.mark.parametrize("word", ["exact", "probabilistic"])
@pytest.mark.parametrize("ready", [True, False], ids=["normal forms", "raw"])
def test_both_matchers_unite_one_person_in_two_languages(word, ready):
    table = normalise.normal_records(records(), region="UA") if ready else records()
    links = LINKS.conform(made(word).link(table)).to_pylist()
    assert [(row["left"], row["right"], row["band"]) for row in links] == [(0, 1, "merge")]


def test_lines_of_the_bands_come_from_the_settings():
    strict = made("probabilistic", merge_at=1.0, review_at=0.5)
    assert [row["band"] for row in strict.link(records()).to_pylist()] == ["review"]


def test_exact_follows_by():
    assert made("exact", by=["email"]).link(records()).num_rows == 0
