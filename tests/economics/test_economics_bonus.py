"""What is due to staff, and the world that decisions are tested in."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reactivate.economics import ResponseModel, bonuses, per_staff, promoter_score

DAY = datetime(2026, 11, 1)
MOMENT = pa.timestamp("us")


def orders(*rows):
    names = ("person_id", "order_id", "ordered_at", "staff", "margin")
    types = (pa.string(), pa.string(), MOMENT, pa.string(), pa.float64())
    columns = list(zip(*[(*r[:2], DAY + timedelta(days=r[2]), *r[3:]) for r in rows], strict=True)) or [[]] * 5
    return pa.table([pa.array(c).cast(t) for c, t in zip(columns, types, strict=True)], names=names).set_column(
        4, "margin", pa.array([None if r[4] is None else r[4] for r in rows], pa.float64()).cast(pa.decimal128(18, 2))
    )


def passes(*rows):
    """(person, entered on day, earns, ended on day: the 14th from entry without it); orders count for 14 days."""
    entered = [DAY + timedelta(days=row[1]) for row in rows]
    ended = [DAY + timedelta(days=row[3]) if len(row) > 3 and row[3] else None for row in rows]
    ends = [moment + timedelta(days=14) for moment in entered]
    done = [stop or (end if len(row) < 4 else None) for row, stop, end in zip(rows, ended, ends, strict=True)]
    return pa.table(
        {
            "pass_id": pa.array(range(1, len(rows) + 1), pa.int64()),
            "person_id": pa.array([row[0] for row in rows], pa.string()),
            "entered_at": pa.array(entered, MOMENT),
            "ends_at": pa.array(ends, MOMENT),
            "ended_at": pa.array(done, MOMENT),
            "earns": pa.array([row[2] for row in rows], pa.bool_()),
        }
    )


def said(found):
    return [
        (row["staff"], row["order_id"], row["due"] and float(row["due"]), row["state"]) for row in found.to_pylist()
    ]


class TestBonus:
    def test_first_order_since_entry_while_orders_count(self):
        rows = orders(
            ("a", "o0", -1, "Ira", 9), ("a", "o2", 5, "Oleg", 90), ("a", "o1", 2, "Ira", 50), ("b", "o3", 20, "Ira", 50)
        )
        found = bonuses(rows, passes(("a", 0, True), ("b", 0, True)), share=0.05)
        assert said(found) == [("Ira", "o1", 2.5, "due"), (None, None, 0, "no order")]

    def test_the_rule_must_be_true(self):
        rows = orders(("a", "o1", 2, "Ira", 50), ("b", "o2", 2, "Ira", 50))
        found = bonuses(rows, passes(("a", 0, False), ("b", 0, None)), share=0.05)
        assert [row[2:] for row in said(found)] == [(0, "rule not true"), (0, "rule not known")]

    def test_decided_when_pass_and_order_are_both_there(self):
        rows = orders(("a", "o1", 2, "Ira", 50), ("b", "o2", 9, "Ira", 50), ("c", "o3", 1, "Ira", 50))
        found = bonuses(rows, passes(("a", 0, True, 6), ("b", 0, True, 6), ("c", 0, True, None)), share=0.1).to_pylist()
        days = {row["person_id"]: row["decided_at"] and (row["decided_at"] - DAY).days for row in found}
        assert days == {"a": 6, "b": 9, "c": None}
        assert [row["state"] for row in found if row["person_id"] == "c"] == ["waiting"]

    def test_a_loss_takes_nothing_and_nobody_named_is_said(self):
        rows = orders(("a", "o1", 2, None, 50), ("a", "o2", 3, "Ira", 50), ("b", "o3", 2, "Ira", -20))
        found = bonuses(rows, passes(("a", 0, True), ("b", 0, True)), share=0.1)
        assert [row[::2] for row in said(found)] == [("(nobody named)", 5.0), ("Ira", 0.0)]

    def test_an_order_is_paid_for_once(self):
        rows = orders(("a", "o1", 12, "Ira", 50))
        found = bonuses(rows, passes(("a", 10, True), ("a", 5, True)), share=0.1)
        assert sorted(row[2:] for row in said(found)) == [(0, "no order"), (5.0, "due")]
        assert found.filter(pc.equal(found["state"], "due"))["pass_id"].to_pylist() == [2]

    def test_two_passes_of_one_person_and_sums(self):
        rows = orders(("a", "o1", 2, "Ira", 50), ("a", "o2", 40, "Oleg", 10), ("b", "o3", 3, "Ira", 30))
        found = bonuses(rows, passes(("a", 0, True), ("a", 30, True), ("b", 0, True)), share=0.1)
        assert per_staff(found).to_pylist() == [
            {"staff": "Ira", "customers": 2, "margin": 80, "due": 8},
            {"staff": "Oleg", "customers": 1, "margin": 10, "due": 1},
        ]

    def test_half_a_cent_is_rounded_up_as_on_a_pay_slip(self):
        found = bonuses(orders(("a", "o1", 2, "Ira", 0.5)), passes(("a", 0, True)), share=0.05)
        assert str(found["due"][0]) == "0.03"

    def test_nobody(self):
        assert per_staff(bonuses(orders(), passes(), share=0.1)).num_rows == 0


class TestPromoterScore:
    def test_share_of_nines_and_tens_less_share_of_zero_to_six(self):
        given = [("Ira", "10"), ("Ira", "9"), ("Ira", "7"), ("Ira", "6"), ("Oleg", "0"), ("Oleg", None), (None, "10")]
        names, marks = zip(*given, strict=True)
        found = promoter_score(pa.table({"staff": pa.array(names), "answer": pa.array(marks)}))
        assert found.to_pylist() == [
            {"staff": "Ira", "answers": 4, "promoters": 2, "detractors": 1, "score": 0.25},
            {"staff": "Oleg", "answers": 1, "promoters": 0, "detractors": 1, "score": -1.0},
        ]

    def test_what_is_no_mark_is_left_out(self):
        marks = pa.table({"staff": ["Ira"] * 4, "answer": ["11", "-1", "nine", ""]})
        assert promoter_score(marks).num_rows == 0


class TestResponseModel:
    MODEL = ResponseModel(base_rates={"a": 0.1}, lifts={("a", "ten"): 0.05}, season=0.0)

    def people(self, offer, n=20_000, segment="a"):
        return pa.table(
            {
                "person_id": [f"p{i}" for i in range(n)],
                "segment": [segment] * n,
                "offer": pa.array([offer] * n, pa.string()),
            }
        )

    def test_rates_and_lift(self):
        held = self.MODEL.draw(self.people(None), within_days=14, seed=1)
        treated = self.MODEL.draw(self.people("ten"), within_days=14, seed=2)
        assert np.mean(held["ordered"]) == pytest.approx(0.1, abs=0.008)
        assert np.mean(treated["ordered"]) == pytest.approx(0.15, abs=0.009)
        assert held["lift"].to_pylist() == [0.0] * 20_000

    def test_the_same_people_left_alone(self):
        treated = self.MODEL.draw(self.people("ten", 500), within_days=14, seed=3)
        held = self.MODEL.draw(self.people(None, 500), within_days=14, seed=3)
        assert treated["base_rate"].equals(held["base_rate"])
        assert all(
            now or not would
            for now, would in zip(treated["ordered"].to_pylist(), treated["would_order"].to_pylist(), strict=True)
        )

    def test_orders_have_sums_and_delays(self):
        drawn = self.MODEL.draw(self.people("ten", 3000), within_days=14, seed=4).to_pylist()
        assert all((row["amount"] > 0) == row["ordered"] == (row["delay_days"] is not None) for row in drawn)
        assert max(row["delay_days"] or 0 for row in drawn) <= 14
        assert np.mean([row["amount"] for row in drawn if row["ordered"]]) == pytest.approx(
            self.MODEL.mean_basket, rel=0.12
        )

    def test_nobody_and_unknown_segments(self):
        assert self.MODEL.draw(self.people(None, 0), within_days=14, seed=1).num_rows == 0
        assert not any(self.MODEL.draw(self.people("ten", 50, "z"), within_days=14, seed=1)["ordered"].to_pylist())
