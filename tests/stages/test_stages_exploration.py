"""A few of a segment that the sums shut out are tried by lot, within a part of every limit."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reactivate.economics import OfferSums, candidates
from reactivate.stages.choice import Limits, choose
from reactivate.stages.exploration import PART, explored, loss_of

SIZE, SHUT = 2000, 1500
SECRET = b"0123456789abcdef"


def offered(**gift):
    """1,500 people of a segment in which the gift was seen to do nothing, 500 in which it pays."""
    segment = np.array(["shut"] * SHUT + ["open"] * (SIZE - SHUT))
    lift = np.where(segment == "open", 0.08, -0.01)
    people = pa.table(
        {"person_id": [f"p{i:04}" for i in range(SIZE)], "segment": segment, "base_rate": [0.05] * SIZE,
         "order_value": [45.0] * SIZE, "margin": [18.0] * SIZE, "contact_cost": [0.05] * SIZE,
         "x_uses_email": [1.0] * SIZE}
    )  # fmt: skip
    measured = {"lift": lift, "lift_low": lift - 0.01, "lift_source": "measured"}
    none = OfferSums(lift=np.full(SIZE, -0.001), lift_low=np.full(SIZE, -0.002), lift_source="measured")
    return candidates(people, {"none": none, "gift": OfferSums(**measured, cost=1.0, **gift)})


def tried(table, *, share=0.02, salt="explore/spring", **limits):
    found = Limits(**limits)
    people = pc.unique(table["person_id"])

    def within(who, left):
        return choose(table, who, limits=left, secret=SECRET, campaign="spring")

    return explored(within, table, people, found, share=share, secret=SECRET, salt=salt)


def test_a_small_lot_of_the_shut_segment_enters_and_the_loss_is_told():
    choice = tried(offered())
    ids = choice.explored.to_pylist()
    assert 15 <= len(ids) <= 50
    assert all(int(person[1:]) < SHUT for person in ids)
    assert choice.taken.num_rows == SIZE - SHUT + len(ids)
    assert choice.taken.num_rows + choice.left.num_rows == SIZE
    assert len(set(choice.taken["person_id"].to_pylist()) & set(choice.left["person_id"].to_pylist())) == 0
    assert loss_of(choice) > 0


def test_the_same_lot_gives_the_same_people_and_another_entry_others():
    first, again, later = (tried(offered(), salt=salt).explored.to_pylist() for salt in ("a", "a", "b"))
    assert first == again
    assert set(first) != set(later)


def test_nobody_is_tried_where_the_segment_is_measured_anyway_or_without_a_share():
    table = offered()
    only_open = table.filter(pc.equal(table["segment"], "open"))
    assert tried(only_open).explored is None
    assert tried(table, share=0.0).explored is None


@pytest.mark.parametrize(
    "sums",
    [{"allowed": pa.array([False] * SIZE)}, {"extra_use": 60.0}],
    ids=["its `if` is not true", "each extra order loses money"],
)
def test_what_no_measurement_could_change_is_not_tried(sums):
    table = offered(**sums)
    table = table.filter(pc.and_(pc.equal(table["offer"], "gift"), pc.equal(table["segment"], "shut")))
    assert tried(table).explored is None


def test_it_takes_a_part_of_every_limit_and_the_rest_go_on_with_what_is_left():
    choice = tried(offered(), budget=60.0, pools={"gift": 100}, capacities={"email": 200.0}, people=150)
    mine = choice.taken.filter(pc.is_in(choice.taken["person_id"], choice.explored))
    assert 0 < mine.num_rows <= PART * 150
    assert pc.sum(mine["cost"]).as_py() <= PART * 60.0
    assert pc.sum(choice.taken["cost"]).as_py() <= 60.0
    assert choice.taken.num_rows <= 150
    assert pc.sum(pc.equal(choice.taken["offer"], "gift")).as_py() <= 100
    assert choice.allocation.used["people"] == choice.taken.num_rows


def test_a_segments_part_of_the_budget_holds_for_both_together():
    choice = tried(offered(), budget=10.0, at_most={"shut": 0.6, "open": 0.4})
    table = choice.taken.join(
        offered().filter(pc.equal(offered()["offer"], "none")).select(["person_id", "segment"]), "person_id"
    )
    spent = {
        name: pc.sum(table.filter(pc.equal(table["segment"], name))["cost"]).as_py() or 0.0 for name in ("shut", "open")
    }
    assert 0 < spent["shut"] <= 6.0
    assert 0 < spent["open"] <= 4.0
