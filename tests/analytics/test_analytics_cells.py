"""Columns of a plain file of orders that are not what they were said to be, and those that are in other kinds."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reactivate.cli.main import main

NAMES = ("--customer", "id", "--at", "date", "--amount", "sum")


@pytest.fixture
def profile(tmp_path, capsys):
    def run(columns):
        path, out = tmp_path / "orders.parquet", tmp_path / "out.parquet"
        plain = {"id": ["007", "8", "007"], "date": ["2026-01-01", "2026-01-02", "2026-01-05"], "sum": [1.0, 2.0, 3.0]}
        pq.write_table(pa.table({**plain, **columns}), path)
        with pytest.raises(SystemExit) as left:
            main(["profile", str(path), *NAMES, "--out", str(out)])
        told = capsys.readouterr()
        return left.value.code, told.err, pq.read_table(out).to_pylist() if out.exists() else []

    return run


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        (["red", "blue", "red"], "no cell of 'sum' is a sum, such as 'red'"),
        (pa.nulls(3), "no cell of 'sum' is a sum: it is empty"),
    ],
)
def test_a_column_without_a_single_sum_is_refused(profile, sums, words):
    code, err, rows = profile({"sum": sums})
    assert (code, rows) == (5, [])
    assert f"R656: {words}" in err
    assert "check --amount" in err


def test_a_sum_that_cannot_be_read_is_an_order_and_not_set_aside(profile):
    code, err, rows = profile({"sum": ["10", "red", "5"]})
    assert (code, [row["orders"] for row in rows]) == (0, [2, 1])
    assert "1 of 3 rows with an unreadable sum, such as 'red': counted as orders of unknown sum" in err
    assert "set aside" not in err


def test_categories_of_other_programs_are_what_they_stand_for(profile):
    found = {"id": ["007", "8", "007"], "date": ["2026-01-01", "2026-01-02", "2026-01-05"], "sum": ["1,50", "2", "3"]}
    coded = {name: pa.array(values).dictionary_encode() for name, values in found.items()}
    code, _, rows = profile(coded)
    assert (code, [str(row["revenue"]) for row in rows]) == (0, ["4.50", "2.00"])


@pytest.mark.parametrize("zone", ["Z", " UTC", "+00", "+03:00", ".123456+0300"])
def test_the_clock_on_which_a_time_was_written_counts(profile, zone):
    days = [f"2026-01-0{day} 23:30:00{zone}" for day in (1, 2, 5)]
    code, _, rows = profile({"date": days})
    assert (code, str(rows[0]["last_order_on"]), rows[0]["favourite_hour"]) == (0, "2026-01-05", 23)
