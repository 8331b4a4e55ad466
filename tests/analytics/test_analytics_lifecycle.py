import random

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, day, order, orders, people, row
from hypothesis import given, settings
from hypothesis import strategies as st

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


def both_kinds():
    """Half of the shoe buyers come again after 100 days, half of the tea buyers after 10; then nobody."""
    for kind, gap in (("shoes", 100), ("tea", 10)):
        for i in range(100):
            yield order(f"{kind}{i}", 400, category=kind)
            if i < 50:
                yield order(f"{kind}{i}", 400 - gap, category=kind)


def test_learned_lines_differ_by_category_of_the_last_order():
    rows = [*both_kinds(), order("anna", 60, category="Shoes"), order("bob", 60, category="tea"), order("eva", 60)]
    names = [*(f"{kind}{i}" for kind in ("shoes", "tea") for i in range(100)), "anna", "bob", "eva"]
    found = analytics.stage(
        pa.table({"person_id": names}), orders(*rows), as_of=TODAY, lapse="learned", learn=analytics.Learn(0.1, 30)
    )
    of = {item["person_id"]: (item["lapse_line"], item["lapse_by"], item["stage"]) for item in found.to_pylist()}
    # anna and bob have no rhythm of their own: the first gap of the base is 55 days, a quarter more is the grace.
    assert of["anna"] == (100.0, "learned", "late")
    assert of["bob"][:2] == (68.75, "grace")
    assert of["eva"][:2] == (100.0, "learned")


def test_a_line_by_service_waits_for_what_wears_out():
    rows = [*base(), order("anna", 40), order("anna", 70)]
    everybody = pa.table({"person_id": ["anna", "p1"], "until_service": pa.array([160, None], pa.int32())})
    found = analytics.stage(everybody, orders(*rows), as_of=TODAY, lapse="service").to_pylist()
    assert (found[0]["stage"], found[0]["lapse_by"], found[0]["lapse_line"]) == ("active", "service", 250.0)
    assert found[1]["lapse_by"] == "rhythm"
    late = pa.table({"person_id": ["anna"], "until_service": pa.array([-5], pa.int32())})
    assert analytics.stage(late, orders(*rows), as_of=TODAY, lapse="service")["stage"].to_pylist() == ["late"]


def test_the_four_classes_roll_up_the_seven_stages():
    rows = [*both_kinds(), *base(), order("anna", 10), order("anna", 390)]
    names = [
        *(f"{kind}{i}" for kind in ("shoes", "tea") for i in range(100)),
        *(f"p{i}" for i in range(40)),
        "anna",
        "x",
    ]
    found = analytics.stage(pa.table({"person_id": names}), orders(*rows), as_of=TODAY).to_pylist()
    assert {row["stage_class"] for row in found} == {"potential", "active", "repeat", "lost"}
    assert all(row["stage_class"] == ROLL_UP[row["stage"]] for row in found)
    assert all((row["lapse_line"] is None) == (row["stage"] == "potential") for row in found)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 500), st.sampled_from("xy")), max_size=40),
    st.sampled_from(["rhythm", "learned", "service", "beauty", 60.0]),
    st.integers(0, 3000),
)
def test_rows_in_any_order_and_days_shifted_together_change_nothing(found, lapse, shift):
    """The same history later, and shuffled, gives the same stages and lines; the stage follows from the lines."""
    rows = [order(f"p{who}", ago, category=kind) for who, ago, kind in found]
    names = pa.table({"person_id": [f"p{i}" for i in range(6)]})
    told = analytics.stage(names, orders(*rows), as_of=TODAY, lapse=lapse)
    mixed = rows[:]
    random.Random(1).shuffle(mixed)
    assert analytics.stage(names, orders(*mixed), as_of=TODAY, lapse=lapse) == told
    moved = [order(f"p{who}", ago + shift, category=kind) for who, ago, kind in found]
    assert analytics.stage(names, orders(*moved), as_of=day(shift), lapse=lapse) == told
    last = {f"p{who}": min(ago for other, ago, _ in found if other == who) for who, _, _ in found}
    for one in told.to_pylist():
        silence = last.get(one["person_id"])
        assert (silence is None) == (one["stage"] == "potential")
        if silence is not None:
            assert (one["stage"] in ("lapsed", "lost")) == (silence > one["lapse_line"])
            assert (one["stage"] == "lost") == (silence > one["lost_line"])
