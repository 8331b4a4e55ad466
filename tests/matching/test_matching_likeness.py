"""First names that are nearly one, and those that only look so."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.matching.fields import coded_base
from reactivate.matching.levels import LEVELS, compare
from reactivate.matching.synonyms import shipped_synonyms

ONE, TWO = np.array([0]), np.array([1])


def level_of(field, left, right):
    base = coded_base(pa.table({f"n_{field}": [left, right]}), ["name"])
    found = compare(base, ONE, TWO, shipped_synonyms(base))
    return LEVELS[field][int(found[field][0]) - 1]


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("aleksandr", "aleksandra", "different"),
        ("ian", "iana", "different"),
        ("evgeni", "evgena", "different"),
        ("lena", "elena", "synonym"),
        ("kril", "kiril", "close"),
        ("lens", "lena", "close"),
        ("olga", "olgunka", "close"),
        ("vera", "verochka", "synonym"),
        ("igor", "oleg", "different"),
        ("oleg", "togan", "different, unlisted"),
        ("ivan", "i", "initial"),
    ],
)
def test_two_well_known_names_are_two_names_and_slips_of_the_pen_are_forgiven(left, right, level):
    assert level_of("first", left, right) == level
    assert level_of("first", right, left) == level


@pytest.mark.parametrize(("left", "right", "level"), [("gusev", "guzev", "close"), ("gusev", "rusak", "different")])
def test_one_slip_in_a_short_family_name_is_close(left, right, level):
    assert level_of("last", left, right) == level


def test_a_word_that_many_bear_is_a_name_though_no_table_knows_it():
    few, many = (coded_base(pa.table({"n_first": ["oleg", *["togan"] * count]}), ["name"]) for count in (1, 3))
    found = [compare(base, ONE, TWO, shipped_synonyms(base))["first"][0] for base in (few, many)]
    assert [LEVELS["first"][level - 1] for level in found] == ["different, unlisted", "different"]


@pytest.mark.parametrize(
    ("left", "right", "turned"),
    [
        (("elzbeta", "shchepansk"), ("shchepanska", "elzbet"), True),
        (("ana", "ivanov"), ("ivanov", "ana"), True),
        (("sergei", "alekseev"), ("aleksei", "sergeev"), False),
        (("elzbeta", "shchepansk"), ("petrov", "elzbet"), False),
    ],
    ids=["endings", "to the last letter", "two names", "half"],
)
def test_first_and_family_name_that_changed_places_are_equal(left, right, turned):
    base = coded_base(pa.table({"n_first": [left[0], right[0]], "n_last": [left[1], right[1]]}), ["name"])
    found = compare(base, ONE, TWO, shipped_synonyms(base))
    assert (found["first"][0] == 1 and found["last"][0] == 1) == turned
