"""Lots, intervals, power and the split check."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reactivate import experiment

SECRET = b"0123456789abcdef"
PINNED = [0.8588261579017435, 0.05883560582763603]


def people(n):
    return pa.array([f"p{i}" for i in range(n)])


class TestLots:
    def test_same_key_same_lot_whatever_the_order(self):
        lots = experiment.assign(pa.array(["a", "b", "a"]), secret=SECRET, salt="x")
        turned = experiment.assign(pa.array(["b", "a"]), secret=SECRET, salt="x")
        assert lots[0] == lots[2] == turned[1]
        assert lots[1] == turned[0]

    def test_lots_are_pinned(self):
        # A changed hash would redraw every running campaign's arms.
        lots = experiment.assign(pa.array(["anna", "Борис"]), secret=SECRET, salt="spring")
        assert lots.tolist() == pytest.approx(PINNED, abs=1e-15)

    def test_spread_evenly(self):
        lots = experiment.assign(people(20_000), secret=SECRET, salt="x")
        counts, _ = np.histogram(lots, bins=20, range=(0, 1))
        assert experiment.sample_ratio(dict(enumerate(counts)), dict.fromkeys(range(20), 1 / 20)) > 1e-6

    @pytest.mark.parametrize("other", [{"secret": b"another"}, {"salt": "y"}])
    def test_independent_between_salts_and_secrets(self, other):
        keys = people(20_000)
        first = experiment.assign(keys, secret=SECRET, salt="x")
        second = experiment.assign(keys, **{"secret": SECRET, "salt": "x", **other})
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.03

    def test_holdout_share_and_household(self):
        keys = pa.array([f"h{i // 2}" for i in range(20_000)])
        held = experiment.holdout(keys, 0.2, secret=SECRET, salt="x").to_numpy(zero_copy_only=False)
        assert abs(held.mean() - 0.2) < 0.015
        assert (held[::2] == held[1::2]).all()

    def test_newcomers_change_nobodys_arm(self):
        few = experiment.holdout(people(100), 0.3, secret=SECRET, salt="x").to_pylist()
        many = experiment.holdout(people(1000), 0.3, secret=SECRET, salt="x").to_pylist()
        assert many[:100] == few

    def test_strata_get_their_exact_share(self):
        keys = people(1000)
        strata = pa.array(["small"] * 40 + ["large"] * 960)
        held = experiment.holdout(keys, 0.1, secret=SECRET, salt="x", strata=strata).to_pylist()
        assert sum(held[:40]) == 4
        assert sum(held[40:]) == 96

    def test_strata_keep_households_together(self):
        keys = pa.array(["h1", "h1", "h2", "h3"])
        held = experiment.holdout(keys, 0.5, secret=SECRET, salt="x", strata=pa.array(["b", "a", "a", "b"]))
        assert held[0] == held[1]

    def test_variants_follow_their_shares(self):
        names = experiment.variants(people(30_000), {"a": 0.5, "b": 0.3, "c": 0.2}, secret=SECRET, salt="x")
        counts = {row["values"]: row["counts"] for row in names.value_counts().to_pylist()}
        assert experiment.sample_ratio(counts, {"a": 0.5, "b": 0.3, "c": 0.2}) > 1e-6

    def test_chunks_and_dictionaries_and_nobody(self):
        plain = experiment.assign(pa.array(["a", "b"]), secret=SECRET, salt="x")
        chunked = experiment.assign(pa.chunked_array([["a"], ["b"]]), secret=SECRET, salt="x")
        coded = experiment.assign(pa.array(["a", "b"]).dictionary_encode(), secret=SECRET, salt="x")
        assert plain.tolist() == chunked.tolist() == coded.tolist()
        assert experiment.holdout(pa.array([], pa.string()), 0.1, secret=SECRET, salt="x").to_pylist() == []
        assert experiment.variants(pa.array([], pa.string()), {"a": 1}, secret=SECRET, salt="x").to_pylist() == []

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda: experiment.assign(people(1), secret=b"", salt="x"), "a lot needs a secret"),
            (lambda: experiment.assign(pa.array(["a", None]), secret=SECRET, salt="x"), "1 are missing"),
            (lambda: experiment.holdout(people(1), 1.0, secret=SECRET, salt="x"), "below 100%, got 100%"),
            (lambda: experiment.variants(people(1), {"a": 0.7, "b": 0.7}, secret=SECRET, salt="x"), "sum to 140.0%"),
            (lambda: experiment.variants(people(1), {}, secret=SECRET, salt="x"), "sum to 0.0%"),
        ],
    )
    def test_refuses_in_words(self, call, words):
        with pytest.raises(ValueError, match=words):
            call()


class TestIntervals:
    def test_newcombe_1998_table(self):
        # Newcombe 1998, table II, example (a): 56/70 - 48/80, method 10.
        found = experiment.newcombe(56, 70, 48, 80)
        assert found.difference == pytest.approx(0.2)
        assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)

    def test_newcombe_with_zero_cell(self):
        # Example (e) of the same table: 5/56 - 0/29.
        found = experiment.newcombe(5, 56, 0, 29)
        assert (found.low, found.high) == pytest.approx((-0.0381, 0.1926), abs=5e-5)

    def test_wilson_1998_table(self):
        # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3: 81/263 and 0/20.
        assert experiment.rate_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
        assert experiment.rate_interval(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)

    def test_nobody_means_nothing_known(self):
        assert experiment.rate_interval(0, 0) == (0, 1)
        assert experiment.newcombe(1, 2, 0, 0) == (None, None, None, None)

    def test_equal_arms_differ_by_nothing(self):
        assert experiment.newcombe(0, 5, 0, 5).p_value == 1
        assert experiment.newcombe(5, 5, 5, 5).difference == 0

    @given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
    def test_mirror_and_bounds(self, x1, n1, x0, n0):
        x1, x0 = min(x1, n1), min(x0, n0)
        there, back = experiment.newcombe(x1, n1, x0, n0), experiment.newcombe(x0, n0, x1, n1)
        assert -1 <= there.low <= there.difference <= there.high <= 1
        assert there.low == pytest.approx(-back.high)
        assert there.p_value == pytest.approx(back.p_value)

    def test_more_successes_than_people_is_refused(self):
        with pytest.raises(ValueError, match="6 of 5 is no share"):
            experiment.rate_interval(6, 5)


class TestPower:
    @pytest.mark.parametrize(
        ("base", "holdout", "needed"),
        [
            (0.05, 0.1, 10_740),
            (0.05, 0.2, 6_257),
            (0.05, 0.5, 4_419),
            (0.113, 0.1, 22_182),
            (0.113, 0.2, 12_662),
            (0.113, 0.5, 8_459),
        ],
    )
    def test_figures_of_economics(self, base, holdout, needed):
        assert experiment.needed_size(base, 0.02, holdout) == needed

    @given(st.floats(0.01, 0.5), st.floats(0.005, 0.3), st.floats(0.05, 0.95))
    def test_smallest_lift_turns_needed_size_round(self, base, lift, share):
        n = experiment.needed_size(base, lift, share)
        if n > 200:
            assert experiment.smallest_lift(n, base, share) == pytest.approx(lift, rel=0.01)

    @pytest.mark.parametrize(("n", "share"), [(0, 0.1), (1, 0.1), (1000, 0.0), (1000, 1.0), (4, 0.1)])
    def test_too_small_shows_nothing(self, n, share):
        assert experiment.smallest_lift(n, 0.05, share) is None

    def test_says_in_words_that_the_test_cannot_tell(self):
        assert experiment.cannot_tell(4000, 0.05, 0.1, 0.02) == (
            "this test cannot tell: the smallest lift that 4,000 people show is 3.3 points, "
            "2.0 are expected; 10,740 people are needed"
        )
        assert experiment.cannot_tell(20_000, 0.05, 0.1, 0.02) is None
        assert "no holdout" in experiment.cannot_tell(4000, 0.05, 0, 0.02)
        assert "too few for any lift" in experiment.cannot_tell(3, 0.05, 0.1, 0.02)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((0.05, 0.97, 0.1), "97 points over 5.0% cannot be"),
            ((0.05, 0.0, 0.1), "0 points over 5.0% cannot be"),
            ((1.2, 0.1, 0.1), "between 0% and 100%, got 120.0%"),
            ((0.1, 0.1, 0.0), "both excluded; got 0%"),
        ],
    )
    def test_refuses_in_words(self, arguments, words):
        with pytest.raises(ValueError, match=words):
            experiment.needed_size(*arguments)


class TestSampleRatio:
    def test_published_mismatch(self):
        # Kohavi, Tang, Xu 2020, ch. 3: 821,588 against 815,482 in a fair split has p = 1.8e-6.
        p = experiment.sample_ratio({"a": 821_588, "b": 815_482}, {"a": 0.5, "b": 0.5})
        assert p == pytest.approx(1.8e-6, rel=0.05)

    def test_good_split_and_scaled_shares(self):
        assert experiment.sample_ratio({"a": 900, "b": 100}, {"a": 90, "b": 10}) == 1

    def test_nobody_is_no_mismatch(self):
        assert experiment.sample_ratio({"a": 0, "b": 0}, {"a": 0.9, "b": 0.1}) == 1

    @pytest.mark.parametrize(
        ("counts", "shares", "words"),
        [
            ({"a": 1}, {"b": 1}, "only one of them has a, b"),
            ({"a": 1, "b": 1}, {"a": 1, "b": 0}, "arm 'b' should be empty and holds 1"),
            ({"a": 1, "b": 1}, {"a": 1, "b": -1}, "must not be negative"),
        ],
    )
    def test_refuses_in_words(self, counts, shares, words):
        with pytest.raises(ValueError, match=words):
            experiment.sample_ratio(counts, shares)
