"""First names that are nearly one, and those that only look so."""

import pyarrow as pa
import pytest

from reactivate.matching.fields import coded_base
from reactivate.matching.levels import LEVELS, compare
from reactivate.matching.synonyms import shipped_synonyms


def level_of(field, left, right):
    base = coded_base(pa.table({f"n_{field}": [left, right]}), ["name"])
    found = compare(base, pa.array([0]).to_numpy(), pa.array([1]).to_numpy(), shipped_synonyms(base))
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
        ("vera", "verochka", "close"),
        ("olaf", "oleg", "different"),
        ("ivan", "i", "initial"),
    ],
)
def test_two_well_known_names_are_two_names_and_slips_of_the_pen_are_forgiven(left, right, level):
    assert level_of("first", left, right) == level
    assert level_of("first", right, left) == level


@pytest.mark.parametrize(("left", "right", "level"), [("gusev", "guzev", "close"), ("gusev", "rusak", "different")])
def test_one_slip_in_a_short_family_name_is_close(left, right, level):
    assert level_of("last", left, right) == level
