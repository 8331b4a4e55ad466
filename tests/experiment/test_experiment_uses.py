"""How often an offer is used, learned from the codes that came back."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.experiment import uses


def rows(*found):
    return pa.table(dict(zip(("segment", "offer", "reached", "used"), zip(*found, strict=True), strict=True)))


def test_many_codes_leave_little_doubt():
    found = uses(rows(("a", "ten", 2000, 800)))["a", "ten"]
    assert found.observed == found.mean == pytest.approx(0.4)
    assert 0.4 < found.rate < 0.42


def test_few_codes_keep_the_guard_on_the_safe_side():
    few, many = (uses(rows(("a", "ten", n, n // 2)))["a", "ten"].rate for n in (4, 4000))
    assert few > 0.7
    assert many < 0.52


def test_an_offer_of_which_no_code_ever_came_back_says_nothing():
    assert uses(rows(("a", "ten", 300, 0))) == {}
    assert set(uses(rows(("a", "ten", 300, 0), ("b", "ten", 300, 30)))) == {("", "ten"), ("a", "ten"), ("b", "ten")}


def test_segments_move_towards_each_other_by_as_much_as_they_are_unsure():
    found = uses(rows(("a", "ten", 1000, 300), ("b", "ten", 10, 9)))
    assert found["a", "ten"].mean == pytest.approx(0.3, abs=0.01)
    assert 0.3 < found["b", "ten"].mean < 0.9


def test_a_segment_that_never_had_it_takes_the_others_and_is_less_sure():
    found = uses(rows(("a", "ten", 1000, 300), ("b", "ten", 1000, 600)))
    assert found["", "ten"].mean == pytest.approx(0.45, abs=0.02)
    assert found["", "ten"].observed is None
    assert found["", "ten"].error > found["a", "ten"].error


def test_more_codes_than_goals_is_everybody():
    assert uses(rows(("a", "ten", 10, 14)))["a", "ten"].rate == 1.0


def test_nothing_at_all():
    empty = pa.table({"segment": pa.array([], pa.string()), "offer": pa.array([], pa.string()),
                      "reached": pa.array([], pa.int64()), "used": pa.array([], pa.int64())})  # fmt: skip
    assert uses(empty) == {}


def test_the_upper_end_mostly_holds():
    draw, hits = np.random.default_rng(3), 0
    for _ in range(400):
        truth = draw.beta(6, 9, 3)
        table = rows(*((name, "ten", 60, int(draw.binomial(60, rate)))
                       for name, rate in zip("abc", truth, strict=True)))  # fmt: skip
        found = uses(table)
        hits += sum(rate <= found[name, "ten"].rate for name, rate in zip("abc", truth, strict=True))
    assert hits / 1200 > 0.82
