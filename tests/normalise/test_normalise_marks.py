"""Answers from 0 to 10 as numbers."""

import pyarrow as pa

from reactivate.normalise.marks import as_marks


def test_only_whole_numbers_from_0_to_10_are_marks():
    said = ["0", "9", "10", "11", "-1", "9.5", "09", " 9", "answered", "", None]
    assert as_marks(pa.array(said)).to_pylist() == [0, 9, 10, *[None] * 8]


def test_no_answers_are_still_numbers():
    for size in (0, 3):
        assert as_marks(pa.nulls(size, pa.string())).equals(pa.nulls(size, pa.int64()))
