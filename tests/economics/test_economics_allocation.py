"""Allocation: against an exact solver, under every kind of limit, and the ordinary mess."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from reactivate.contracts.schemas import CANDIDATES
from reactivate.economics import allocate, left_out
from reactivate.errors import GuardStop


def table(rows):
    """Rows of (person, segment, offer, E, cost, desk use, verdict)."""
    names = ("person_id", "segment", "offer", "expected_profit", "expected_cost", "x_uses_desk", "verdict")
    types = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.float64(), pa.float64(), pa.string())
    columns = list(zip(*rows, strict=True)) or [[]] * len(names)
    return CANDIDATES.conform(pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names))


def crowd(seed, people=12, offers=("none", "coupon", "gift")):
    draw = np.random.default_rng(seed)
    return [
        (f"p{i}", "ab"[i % 2], offer, float(draw.normal(2, 3)), float(draw.uniform(0, 5)), float(i % 3), None)
        for i in range(people)
        for offer in offers
    ]


def best(rows, *, budget=None, at_most=None, pools=None, capacities=None, people=None):
    """The optimum, by HiGHS."""
    keep = [row for row in rows if row[3] is not None and row[3] > 0 and row[6] is None]
    if not keep:
        return 0.0
    at_most, pools, capacities = at_most or {}, pools or {}, capacities or {}
    lines = [([float(row[0] == who) for row in keep], 1) for who in {row[0] for row in keep}]
    if budget is not None:
        lines.append(([row[4] for row in keep], budget))
    lines += [([row[4] * (row[1] == name) for row in keep], share * budget) for name, share in at_most.items()]
    lines += [([float(row[2] == name) for row in keep], size) for name, size in pools.items()]
    lines += [([row[5] for row in keep], size) for size in capacities.values()]
    if people is not None:
        lines.append(([1.0] * len(keep), people))
    matrix, most = np.array([line for line, _ in lines]), [top for _, top in lines]
    solved = milp(
        -np.array([row[3] for row in keep]),
        constraints=LinearConstraint(matrix, ub=most),
        integrality=np.ones(len(keep)),
        bounds=Box(0, 1),
    )
    return -solved.fun


BOUNDS = st.fixed_dictionaries(
    {},
    optional={
        "budget": st.floats(0, 40),
        "pools": st.fixed_dictionaries({}, optional={"coupon": st.integers(0, 6), "gift": st.integers(0, 6)}),
        "capacities": st.fixed_dictionaries({"desk": st.floats(0, 10)}),
        "people": st.integers(0, 14),
    },
)


class TestAgainstHighs:
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10_000), BOUNDS, st.sampled_from([{}, {"a": 0.3}]))
    def test_between_optimum_and_bound(self, seed, bounds, at_most):
        if at_most and "budget" in bounds:
            bounds = {**bounds, "at_most": at_most}
        rows = crowd(seed)
        found, optimum = allocate(table(rows), **bounds), best(rows, **bounds)
        limits = 1 + len(found.used)
        largest = max((row[3] for row in rows), default=0)
        assert found.total <= optimum + 1e-6
        assert optimum <= found.bound + 1e-6 * max(1, optimum)
        assert found.total >= optimum - limits * max(largest, 0)
        self.holds(rows, found, bounds)

    def holds(self, rows, found, bounds):
        cell = {(row[0], row[2]): row for row in rows}
        chosen = [cell[row["person_id"], row["offer"]] for row in found.chosen.to_pylist()]
        assert len({row[0] for row in chosen}) == len(chosen)
        assert all(row[3] > 0 for row in chosen)
        assert sum(row[3] for row in chosen) == pytest.approx(found.total)
        spent = sum(row[4] for row in chosen)
        if "budget" in bounds:
            assert spent <= bounds["budget"] + 1e-6
        for name, share in bounds.get("at_most", {}).items():
            assert sum(row[4] for row in chosen if row[1] == name) <= share * bounds["budget"] + 1e-6
        for name, size in bounds.get("pools", {}).items():
            assert sum(row[2] == name for row in chosen) <= size
        if "capacities" in bounds:
            assert sum(row[5] for row in chosen) <= bounds["capacities"]["desk"] + 1e-6
        assert len(chosen) <= bounds.get("people", len(chosen))

    @pytest.mark.parametrize("seed", range(3))
    def test_gap_of_a_small_shop_is_small(self, seed):
        rows = crowd(seed, people=3000)
        one = allocate(table(rows), budget=2000)
        four = allocate(table(rows), budget=2000, at_most={"a": 0.4}, pools={"coupon": 500}, capacities={"desk": 900})
        assert one.gap <= 0.001
        assert four.gap <= 0.01


class TestChoice:
    def test_none_competes_and_wins_where_the_offer_costs_more_than_it_brings(self):
        rows = [("a", "", "none", 2.0, 0.1, 0, None), ("a", "", "coupon", 1.5, 3.0, 0, None)]
        assert allocate(table(rows)).chosen["offer"].to_pylist() == ["none"]

    def test_who_loses_is_left_out_even_if_money_remains(self):
        rows = [("a", "", "none", -0.1, 0.1, 0, None), ("b", "", "none", 0.0, 0.1, 0, None)]
        assert allocate(table(rows), budget=100).chosen.num_rows == 0

    def test_refused_and_undecided_are_never_chosen(self):
        rows = [("a", "", "none", 5.0, 0.1, 0, "refused"), ("b", "", "none", None, None, 0, None)]
        assert allocate(table(rows)).chosen.num_rows == 0

    def test_upgrades_while_the_budget_lasts(self):
        rows = [
            *[(who, "", "none", 2.0, 1.0, 0, None) for who in "abc"],
            *[(who, "", "coupon", 3.0, 3.0, 0, None) for who in "abc"],
        ]
        found = allocate(table(rows), budget=5.0)
        assert sorted(found.chosen["offer"].to_pylist()) == ["coupon", "none", "none"]
        assert found.prices == {"budget": pytest.approx(0.5)}
        assert found.last_in["budget"].offer == "coupon"
        assert found.gap == 0

    def test_an_empty_pool_leaves_the_next_best(self):
        rows = [
            *[(f"p{i}", "", "coupon", 3.0, 1.0, 0, None) for i in range(10)],
            *[(f"p{i}", "", "none", 2.0, 0.0, 0, None) for i in range(10)],
        ]
        found = allocate(table(rows), pools={"coupon": 4})
        assert sorted(found.chosen["offer"].to_pylist()) == ["coupon"] * 4 + ["none"] * 6
        assert found.prices["pool.coupon"] == pytest.approx(1.0)

    def test_best_return_first_shared_by_segments(self):
        rows = [("a1", "a", "none", 9.0, 3.0, 0, None), ("b1", "b", "none", 4.0, 3.0, 0, None)]
        assert allocate(table(rows), budget=3).chosen["person_id"].to_pylist() == ["a1"]
        shared = allocate(table(rows), budget=3, at_most={"a": 0.5})
        assert shared.chosen["person_id"].to_pylist() == ["b1"]

    def test_same_answer_for_any_order_of_rows(self):
        rows = [(f"p{i}", "", offer, 1.0, 1.0, 0, None) for i in range(50) for offer in ("none", "gift")]
        there, back = allocate(table(rows), budget=20), allocate(table(rows[::-1]), budget=20)
        assert there.chosen.equals(back.chosen)
        assert there.chosen.num_rows == 20

    def test_unbounded(self):
        rows = crowd(5)
        found = allocate(table(rows))
        assert (found.gap, found.prices, found.last_in) == (0, {}, {})
        assert found.total == pytest.approx(best(rows))


class TestLeftOut:
    def test_everybody_is_chosen_or_told_why_not(self):
        rows = [
            ("rich", "", "none", 9.0, 3.0, 0, None),
            ("poor", "", "none", 4.0, 3.0, 0, None),
            ("poor", "", "coupon", -2.0, 5.0, 0, "each extra order loses 3.00"),
            ("loss", "", "none", -0.5, 1.0, 0, None),
            ("bad", "", "none", -0.5, 1.0, 0, "breaks even at 9 points"),
            ("bad", "", "coupon", -3.0, 1.0, 0, "each extra order loses 3.00"),
            ("who", "", "none", None, 1.0, 0, None),
        ]
        candidates = table(rows)
        found = allocate(candidates, budget=4.0)
        assert found.chosen["person_id"].to_pylist() == ["rich"]
        assert {
            row["person_id"]: (row["reason"], row["detail"]) for row in left_out(candidates, found).to_pylist()
        } == {
            "bad": ("loses_money", "breaks even at 9 points"),
            "loss": ("loses_money", "expected extra profit is not above zero"),
            "poor": ("over_limit", "used up by people who bring more: budget"),
            "who": ("undecided", "no lift measured or assumed"),
        }

    @pytest.mark.parametrize("seed", range(4))
    def test_counts_add_up(self, seed):
        candidates = table(crowd(seed, people=200))
        found = allocate(candidates, budget=50, people=40)
        out = left_out(candidates, found)
        assert found.chosen.num_rows + out.num_rows == 200
        assert len(set(out["person_id"].to_pylist())) == out.num_rows

    def test_nobody(self):
        assert left_out(table([]), allocate(table([]))).num_rows == 0


class TestOrdinaryMess:
    def test_nobody(self):
        found = allocate(table([]), budget=10, pools={})
        assert (found.chosen.num_rows, found.total, found.gap) == (0, 0, 0)
        assert found.chosen.schema.field("person_id").type == pa.string()

    def test_no_money_at_all(self):
        rows = [("a", "", "none", 1.0, 0.0, 0, None), ("b", "", "none", 1.0, 0.5, 0, None)]
        assert allocate(table(rows), budget=0).chosen["person_id"].to_pylist() == ["a"]

    @pytest.mark.parametrize(
        ("bounds", "words"),
        [
            ({"budget": -1}, "budget is -1, below zero"),
            ({"at_most": {"a": 0.2}}, "`at_most` gives shares of a budget, but `budget` is not given"),
            ({"budget": 5, "at_most": {"a": 1.2}}, "at_most of 'a' is 120%"),
            (
                {"budget": 5, "at_most": {"a": 0.2, "b": 0.3}},
                "`budget` and `at_most` contradict each other: all segments have a share and these sum to 50%",
            ),
            ({"pools": {"tea": 3}}, "pool of 'tea': no offer has this name"),
            ({"capacities": {"van": 3}}, "capacity of 'van': nothing says how often it is used"),
        ],
    )
    def test_contradictions_are_named(self, bounds, words):
        with pytest.raises(GuardStop) as stop:
            allocate(table(crowd(1)), **bounds)
        assert stop.value.diagnostics[0].code == "R720"
        assert words in stop.value.diagnostics[0].message
