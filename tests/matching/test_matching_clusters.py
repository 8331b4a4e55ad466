"""Where a component holds a contradiction, all pairs between two clusters are heard, and so is silence."""

import numpy as np

from reactivate.matching.clusters import Pairs, cluster


def grown(count, rows, **options):
    left, right, chance = (np.array(column) for column in zip(*rows, strict=True))
    pairs = Pairs(left, right, chance, np.arange(len(left)).astype(np.uint64))
    return cluster(count, pairs, chance >= 0.6, chance < 0.02, **options).label


def crowds(*between):
    """Two persons of six records each, every pair of one person sure; and the pairs between them given."""
    inside = [(a, b, 0.999) for start in (0, 6) for a in range(start, start + 6) for b in range(a + 1, start + 6)]
    return [*inside, *between]


BRIDGE, AGAINST = (5, 6, 0.97), (0, 7, 0.019)


def test_a_card_that_fits_both_does_not_bridge_two_crowds():
    apart = grown(12, crowds(BRIDGE, (4, 6, 0.9), AGAINST))
    assert len(set(apart[:6])) == 1
    assert len(set(apart[6:])) == 1
    assert apart[0] != apart[6]


def test_where_nobody_compared_silence_says_nothing():
    assert len(set(grown(12, crowds(BRIDGE, (4, 6, 0.9), AGAINST), silent=0))) == 1


def test_without_a_contradiction_one_sure_pair_is_enough():
    assert len(set(grown(12, crowds(BRIDGE)))) == 1


def test_a_reviewer_is_surer_than_everything_that_speaks_against():
    against = [(a, b, 0.001) for a in range(6) for b in range(6, 12) if (a, b) != (5, 6)]
    assert grown(12, crowds((5, 6, 1.0), *against))[5] == grown(12, crowds((5, 6, 1.0), *against))[6]
    assert grown(12, crowds((5, 6, 0.998), *against))[5] != grown(12, crowds((5, 6, 0.998), *against))[6]
