"""Decided pairs calibrate the model: what was not decided moves too, as far as the number of decisions allows."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate import matching
from reactivate.matching.calibration import FEWEST, Calibration, calibration
from reactivate.matching.incremental_state import _model, model_json

COUPLES = 200


def base():
    """COUPLES pairs of records that share a phone and a flat and bear two first names, among others alone."""
    firsts, lasts, phones, streets, births = [], [], [], [], []
    for number in range(COUPLES):
        for first in ("anton", "boris"):
            firsts.append(first)
            lasts.append(f"family{number}")
            phones.append([f"+38067{number:07d}"])
            streets.append(f"street{number}")
            births.append(date(1960, 1, 1) + timedelta(days=number))
    return pa.table({
        "n_first": firsts, "n_last": lasts, "n_phones": phones, "n_street": streets,
        "n_house": ["1"] * len(firsts), "n_birth": pa.array(births, pa.date32()),
    })  # fmt: skip


def chances(said):
    must = [pair for pair, same in said.items() if same]
    cannot = [pair for pair, same in said.items() if not same]
    scored = matching.score(base(), by=["phone", "name", "address"], must_link=must, cannot_link=cannot)
    return {(int(a), int(b)): chance for a, b, chance in zip(
        scored.candidates.left, scored.candidates.right, scored.match, strict=True)}, scored  # fmt: skip


def answers(count, same):
    """Decisions about `count` couples, and as many about records that have nothing in common."""
    couples = {(2 * number, 2 * number + 1): same for number in range(count)}
    return {**couples, **{(2 * number, 2 * number + 101): not same for number in range(count)}}


def test_pairs_that_nobody_decided_follow_those_of_their_kind():
    undecided = (2 * COUPLES - 2, 2 * COUPLES - 1)
    # Couples are one person (a name before and after a change), or they are two: both can be learned.
    assert chances(answers(80, True))[0][undecided] > 0.9
    assert chances(answers(80, False))[0][undecided] < 0.1


def test_more_decisions_move_more():
    undecided = (2 * COUPLES - 2, 2 * COUPLES - 1)
    found = [chances(answers(count, False))[0][undecided] for count in (0, 30, 90)]
    assert found[0] > found[1] > found[2]


@pytest.mark.parametrize("said", [answers(FEWEST // 2 - 1, True), dict.fromkeys([(0, n) for n in range(1, 90)], False)])
def test_few_decisions_or_one_answer_teach_nothing(said):
    scored = chances(said)[1]
    assert scored.model.calibration is None
    assert matching.decide(scored).stats["model"]["calibrated_by_labels"] == 0


def test_the_number_of_labels_is_told():
    assert matching.decide(chances(answers(40, True))[1]).stats["model"]["calibrated_by_labels"] == 80


def test_the_bits_of_a_calibrated_model_add_up():
    scored = chances(answers(80, False))[1]
    told = matching.explain_pair(scored, 300, 301)
    assert told.prior_bits + sum(item.bits for item in told.evidence) == pytest.approx(told.total_bits, abs=0.1)
    assert told.probability == pytest.approx(1 / (1 + 2**-told.total_bits), abs=0.01)


def test_a_calibrated_model_survives_being_stored():
    scored = chances(answers(80, False))[1]
    read = _model(model_json(scored.model))
    assert np.array_equal(
        read.probabilities(scored.patterns.levels), scored.model.probabilities(scored.patterns.levels)
    )


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(60, 300))
def test_the_order_of_labels_does_not_matter_and_a_model_that_is_right_stays(seed, count):
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 4, (count, 2)).astype(np.uint8)
    odds = rng.normal(0, 2, count)
    same = rng.random(count) < 1 / (1 + np.exp(-odds))
    fields, sizes, order = ("a", "b"), {"a": 3, "b": 3}, rng.permutation(count)
    one = calibration(fields, sizes, levels, odds, same)
    two = calibration(fields, sizes, levels[order], odds[order], same[order])
    assert one.told() == two.told()
    assert isinstance(one, Calibration)
    # Labels drawn from the model itself: the correction stays within what chance can do.
    assert abs(one.slope - 1) < 0.8
    assert np.abs(one.log_odds(fields, levels, odds) - odds).mean() < 1.5
