import random

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, order, orders, people, row

from reactivate import analytics
from reactivate.analytics.lifecycle import ROLL_UP, WORDS
from reactivate.analytics.silence import silence_curve


def base():
    """Forty people who come every thirty days, so that the habit of the base is plain."""
    return [order(f"p{i}", 3 + 30 * k) for i in range(40) for k in range(6)]


def stage_of(*rows, who="anna", **more):
    table = orders(*base(), *rows)
    everybody = pa.table({"person_id": people(who, *(f"p{i}" for i in range(40)))})
    return row(analytics.stage(everybody, table, as_of=TODAY, **more), who)["stage"]


def test_potential_has_not_ordered_yet():
    assert stage_of() == "potential"
    assert stage_of(order("anna", 4, -10)) == "potential"
    assert stage_of(order("anna", 4, paid=False)) == "potential"


def test_new_has_one_order_and_is_not_late():
    assert stage_of(order("anna", 20)) == "new"


def test_active_has_two_or_more_within_the_rhythm():
    assert stage_of(order("anna", 20), order("anna", 50)) == "active"
    assert stage_of(order("anna", 20), order("anna", 20)) == "active"


def test_late_is_past_the_expected_order():
    assert stage_of(order("anna", 33), order("anna", 63), order("anna", 93)) == "late"
    assert stage_of(order("anna", 32)) == "late"


def test_lapsed_is_past_the_line_and_lost_far_past_it():
    rows = [order("anna", 100 + 30 * k) for k in range(5)]
    assert stage_of(*rows) == "lapsed"
    assert stage_of(*(order("anna", 900 + 30 * k) for k in range(5))) == "lost"


def test_won_back_came_again_after_the_line_until_the_next_order():
    rows = [order("anna", 300 + 30 * k) for k in range(5)]
    assert stage_of(*rows, order("anna", 10)) == "won_back"
    assert stage_of(*rows, order("anna", 10), order("anna", 2)) == "active"
    assert stage_of(*(order("anna", 700 + 30 * k) for k in range(5)), order("anna", 400)) in ("lapsed", "lost")


def test_one_order_and_a_late_second_is_won_back():
    assert stage_of(order("anna", 10), order("anna", 400)) == "won_back"


def test_presets_and_days_draw_the_line():
    rows = [order("anna", 50), order("anna", 80)]
    assert stage_of(*rows, lapse="restaurant") == "lapsed"
    assert stage_of(*rows, lapse="fashion") == "late"
    assert stage_of(*rows, lapse=45) == "lapsed"
    assert stage_of(*rows, lapse=45, lost=48) == "lost"
    assert "restaurant" in analytics.presets()


def test_the_line_may_differ_by_category_of_the_last_order():
    lines = {"Обувь": 200, "default": 40}
    assert stage_of(order("anna", 50, category="обувь"), order("anna", 80), lapse=lines) == "late"
    assert stage_of(order("anna", 50, category="шарфы"), order("anna", 80), lapse=lines) == "lapsed"


def test_nobody_within_his_rhythm_is_lapsed():
    slow = [order("anna", 40 + 60 * k) for k in range(12)]
    assert stage_of(*slow, lapse="beauty") == "active"


def test_everybody_has_one_of_seven_words():
    random.seed(5)
    rows = [
        order(
            f"p{random.randrange(90)}", random.randrange(700), random.randrange(-20, 90), category=random.choice("xy")
        )
        for _ in range(400)
    ]
    names = [f"p{i}" for i in range(100)]
    for lapse in ("rhythm", "beauty", 60.0, {"x": 30.0}):
        found = analytics.stage(pa.table({"person_id": names}), orders(*rows), as_of=TODAY, lapse=lapse)
        assert found["person_id"].to_pylist() == names
        assert set(found["stage"].to_pylist()) <= set(WORDS) == set(ROLL_UP)


@pytest.mark.parametrize("rows", [[], [order("anna", 4)]], ids=["no order", "one order"])
def test_tiny_bases(rows):
    found = analytics.stage(pa.table({"person_id": people("anna")}), orders(*rows), as_of=TODAY)
    assert found["stage"].to_pylist() == ["new" if rows else "potential"]


def test_kaplan_meier_by_hand():
    import numpy as np

    # silences: 2 (ended), 3 (ended), 4 (cut off), 5 (cut off)
    curve = silence_curve(np.array([0, 0, 0, 1]), np.array([0, 2, 5, 4]), today=9)
    assert curve.watched.tolist() == [4, 4, 4, 3, 2, 1]
    assert curve.still_silent.tolist() == pytest.approx([1, 1, 0.75, 0.5, 0.5, 0.5])
    assert curve.chance_of_return(0, 3) is None  # too few watched to say


def test_the_silence_curve_learns_a_line():
    import numpy as np

    # 1,000 people: half come back after 10 days, the others never; watched for 400 days.
    person = np.concatenate([np.repeat(np.arange(500), 2), np.arange(500, 1000)])
    day = np.concatenate([np.tile([0, 10], 500), np.zeros(500, int)])
    curve = silence_curve(person, day, today=400)
    assert curve.chance_of_return(0, 30) == pytest.approx(1 / 3)
    assert curve.chance_of_return(10, 30) == 0
    assert curve.line(0.05, 180) == 10
    assert curve.table(30).column_names == ["silent_days", "watched", "still_silent", "returns_within"]
