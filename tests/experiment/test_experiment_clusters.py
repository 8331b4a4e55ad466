"""Families that come together count for less than so many people."""

import numpy as np
import pyarrow as pa
import pytest

from reactivate.experiment import design_effect, newcombe


def homes(size, count):
    return pa.array([f"h{i // size}" for i in range(count)])


def test_people_drawn_by_themselves_change_nothing():
    draw = np.random.default_rng(1)
    outcome, arm = (draw.random(500) < 0.2).astype(float), (draw.random(500) < 0.3).astype(np.int64)
    assert design_effect(outcome, arm, homes(1, 500)) == 1.0
    assert design_effect(np.zeros(10), np.repeat([0, 1], 5), homes(1, 10)) == 1.0


def test_pairs_that_do_the_same_are_half_as_many_people():
    draw = np.random.default_rng(2)
    outcome = np.repeat((draw.random(400) < 0.2).astype(float), 2)
    arm = np.repeat((draw.random(400) < 0.3).astype(np.int64), 2)
    effect = design_effect(outcome, arm, homes(2, 800))
    assert effect == pytest.approx(2.0)
    singles = [outcome[arm == index][::2] for index in (1, 0)]
    expected = newcombe(singles[0].sum(), len(singles[0]), singles[1].sum(), len(singles[1]))
    counts = [value / effect for index in (1, 0) for value in (outcome[arm == index].sum(), (arm == index).sum())]
    assert newcombe(*counts) == pytest.approx(expected)


def test_intervals_with_it_cover_where_families_come_together():
    """400 tests without effect, households of four who mostly do the same."""
    covered = {"with": 0, "without": 0}
    for seed in range(400):
        draw = np.random.default_rng([3, seed])
        chance = np.repeat(draw.beta(0.2, 1.8, 300), 4)
        outcome, arm = (
            (draw.random(1200) < chance).astype(float),
            np.repeat((draw.random(300) < 0.3).astype(np.int64), 4),
        )
        told = [value for index in (1, 0) for value in (outcome[arm == index].sum(), (arm == index).sum())]
        effect = design_effect(outcome, arm, homes(4, 1200))
        for name, by in (("with", effect), ("without", 1.0)):
            found = newcombe(*(value / by for value in told))
            covered[name] += found.low <= 0 <= found.high
    assert covered["with"] / 400 > 0.92
    assert covered["without"] / 400 < 0.88
