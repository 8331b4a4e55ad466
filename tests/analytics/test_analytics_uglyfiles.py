"""Files as they come: what is set aside is counted and shown, and nothing that should not matter does."""

import json
import random
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.analytics.describe import describe
from reactivate.analytics.orderfile import Mapping, collapse, read_orders
from reactivate.analytics.textcodes import codes, group_codes
from reactivate.cli import clock
from reactivate.cli.profile import command
from reactivate.errors import DataError

PLAIN = Mapping("id", "date", "sum")
OPTIONS = ["--customer", "id", "--at", "date", "--amount", "sum"]


def table(*rows, names=("id", "date", "sum")):
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def sums_of(found):
    pairs = zip(found.orders["person_id"].to_pylist(), found.orders["amount"].to_pylist(), strict=True)
    return [(who, None if amount is None else float(amount)) for who, amount in pairs]


def run(path, *arguments, code=0):
    found = CliRunner().invoke(command, [str(path), *OPTIONS, *map(str, arguments)])
    assert found.exit_code == code, found.output + repr(found.exception)
    return found


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("−5", -5),
        ("(50,00)", -50),
        ("50-", -50),
        ("-$5", -5),
        ("1.234.567", 1234567),
        ("1e3", 1000),
        ("5 000,5 р.", 5000.5),
    ],
)
def test_signs_and_separators_of_sums(cell, amount):
    assert sums_of(collapse(table(("a", "2026-03-04", cell), ("b", "2026-03-04", "x")), PLAIN))[0] == ("a", amount)


def test_one_cell_with_a_currency_sign_does_not_make_thousands_of_thousandths():
    found = collapse(
        table(("a", "2026-03-04", "12.50"), ("b", "2026-03-04", "10.125"), ("c", "2026-03-04", "5 ₽")), PLAIN
    )
    assert sums_of(found) == [("a", 12.5), ("b", 10.13), ("c", 5)]


def test_other_currencies_are_set_aside_by_the_sign_beside_the_sum():
    rows = [
        ("a", "2026-03-04", "10 ₽"),
        ("a", "2026-03-05", "20 руб."),
        ("b", "2026-03-04", "$7"),
        ("c", "2026-03-04", "3"),
    ]
    found = collapse(table(*rows), PLAIN)
    assert found.currency == "RUB"
    assert found.set_aside == {"other currency": 1}
    assert sums_of(found) == [("a", 10), ("a", 20), ("c", 3)]
    assert found.people.to_pylist() == ["a", "b", "c"]


def test_a_column_of_currencies_and_the_one_to_count_in():
    rows = table(("a", "2026-03-04", "10", "UAH"), ("a", "2026-03-05", "20", "₴"), ("b", "2026-03-04", "7", "eur"),
                 ("c", "2026-03-04", "3", None), names=("id", "date", "sum", "cur"))  # fmt: skip
    most = collapse(rows, Mapping("id", "date", "sum", currency="cur"))
    assert (most.currency, most.set_aside, most.examples["other currency"]) == ("UAH", {"other currency": 1}, "eur")
    euro = collapse(rows, Mapping("id", "date", "sum", currency="cur", count_in="eur"))
    assert sums_of(euro) == [("b", 7), ("c", 3)]
    with pytest.raises(DataError, match="R657"):
        collapse(rows, Mapping("id", "date", "sum", currency="cur", count_in="USD"))


def test_placeholders_before_the_birth_of_the_shop():
    rows = [
        ("a", "1900-01-01", "1"),
        ("a", "0001-01-01", "1"),
        ("a", "1999-05-05", "2"),
        ("b", "1970-01-01 00:00", "3"),
    ]
    found = collapse(table(*rows), PLAIN)
    assert found.set_aside == {"date before 1990-01-01": 3}
    assert sums_of(found) == [("a", 2)]
    young = collapse(table(*rows), Mapping("id", "date", "sum", since=date(2000, 1, 1)))
    assert young.orders.num_rows == 0
    assert young.people.to_pylist() == ["a", "b"]


def test_orders_in_the_future_do_not_move_the_day(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 30, 12))
    path = tmp_path / "o.csv"
    path.write_text("id,date,sum\na,2026-03-04,5\nb,2099-01-01,7\nc,2026-05-05,7\n")
    found = run(path, "--format", "json")
    made = json.loads(found.stdout)
    assert (made["as_of"], made["orders"], made["orders_after_as_of"], made["customers"]) == ("2026-05-05", 2, 1, 3)
    assert "1 order after 2026-05-05 not looked at" in found.stderr


def test_a_few_broken_rows_are_left_out_many_are_refused(tmp_path):
    good = [f"c{i},2026-03-04,5" for i in range(300)]
    path = tmp_path / "o.csv"
    path.write_text("\n".join(["id,date,sum", *good, "c1,2026-03-04", "c2,2026-03-04,5,extra"]) + "\n")
    found = read_orders(str(path), PLAIN)
    assert (found.set_aside, found.rows, len(found.people)) == ({"wrong number of cells": 2}, 302, 300)
    path.write_text("id,date,sum\nc1,2026-03-04\nc2,2026-03-04,5\n")
    with pytest.raises(
        DataError, match=r"R655: .*1 row cannot be cut into cells: line 2 has 2 cells, the header has 3"
    ):
        read_orders(str(path), PLAIN)


def test_breaks_of_line_inside_quotes(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text('id,date,sum,note\na,2026-03-04,"1,234.50","two\nlines"\nb,2026-03-04,2,\n')
    assert sums_of(read_orders(str(path), PLAIN)) == [("a", 1234.5), ("b", 2)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_at_the_start_of_a_file(tmp_path, encoding):
    path = tmp_path / "o.csv"
    path.write_bytes("id;date;sum\nЯна;04.03.26;1 000,50\n".encode(encoding))
    assert sums_of(read_orders(str(path), PLAIN)) == [("Яна", 1000.5)]


def test_a_column_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("id,date,sum,sum\n1,2026-03-04,1,2\n")
    with pytest.raises(DataError, match=r"R653: .*has 2 columns 'sum'"):
        read_orders(str(path), PLAIN)


def test_parquet_of_odd_kinds_is_refused_with_a_word(tmp_path):
    pq.write_table(pa.table({"id": ["a"], "date": [[1]], "sum": [1.0]}), tmp_path / "o.parquet")
    with pytest.raises(DataError, match=r"R655: .*date: list"):
        read_orders(str(tmp_path / "o.parquet"), PLAIN)


@pytest.mark.parametrize(
    "ids",
    [pa.array([7, 7, 12]), pa.array([7.0, 7.0, 12.0]), pa.array(["7", " 7 ", "12"]),
     pa.array(["7", "7", "12"]).dictionary_encode()],
    ids=["int", "float", "text", "dictionary"],
)  # fmt: skip
def test_ids_of_every_kind_are_text(ids):
    found = collapse(pa.table({"id": ids, "date": ["2026-03-04"] * 3, "sum": [1.0, 2.0, 3.0]}), PLAIN)
    assert found.people.to_pylist() == ["12", "7"]
    assert sums_of(found) == [("12", 3), ("7", 3)]


def test_leading_zeros_are_another_id():
    column = pa.array(["7", "007", "7", " ", None, "0"])
    found = group_codes(column)
    assert found[0] == found[2] != found[1]
    assert found[3:5].tolist() == [-1, -1]
    assert codes(column)[1].to_pylist() == ["0", "007", "7"]
    whole = group_codes(pa.array(["7", "8", "7", "0"]))
    assert (whole[0] == whole[2], len(set(whole.tolist()))) == (True, 3)


def test_fifty_thousand_orders_of_one_customer_and_the_same_second_twice(tmp_path):
    dice = random.Random(2)
    start = datetime(2020, 1, 1)
    rows = [
        ("big", (start + timedelta(minutes=dice.randrange(3_000_000))).isoformat(" "), "1", str(n))
        for n in range(50_000)
    ]
    rows += [("twice", "2024-03-05 10:00:00", "5", "x"), ("twice", "2024-03-05 10:00:00", "5", "y")]
    found = collapse(table(*rows, names=("id", "date", "sum", "no")), Mapping("id", "date", "sum", "no"))
    made = describe(found.people, found.orders, as_of=date(2026, 6, 30)).table.to_pylist()
    assert [row["orders"] for row in made] == [50_000, 2]
    assert made[0]["revenue"] == 50_000
    assert (made[1]["order_days"], made[1]["rhythm_days"]) == (1, None)


def test_the_warning_shows_a_cell_that_could_not_be_read(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("id,date,sum\na,5 марта 2026,5\nb,2026-03-04,many\n")
    told = run(path).stderr
    assert "1 of 2 rows set aside: unreadable date, such as '5 марта 2026'" in told
    assert "unreadable sum, such as 'many'" in told


@pytest.mark.parametrize(
    ("option", "value"), [("--since", "then"), ("--as-of", "soon"), ("--dates", "month first"), ("--delimiter", ";;")]
)
def test_options_that_say_nothing_are_refused(tmp_path, option, value):
    path = tmp_path / "o.csv"
    path.write_text("id,date,sum\na,2026-03-04,5\n")
    assert option in run(path, option, value, code=2).output


def test_csv_and_parquet_hold_the_same(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("id,date,sum,c\n007,2026-03-04,5.5,tea\n007,2026-05-01,6,ice; cream\n8,2026-03-04,-2,\n")
    for kind in ("csv", "parquet"):
        run(path, "--category", "c", "--out", tmp_path / f"p.{kind}")
    typed, plain = pq.read_table(tmp_path / "p.parquet"), pacsv.read_csv(tmp_path / "p.csv")
    assert typed.column_names == plain.column_names
    assert typed["customer_id"].to_pylist() == ["007", "8"]
    assert (tmp_path / "p.csv").read_text().splitlines()[1].startswith('"007",2,2,2026-03-04,2026-05-01,')
    assert typed["revenue"].to_pylist()[1] == -2
    assert {"margin", "last_items", "last_staff"} & set(typed.column_names) == set()


ORDER = st.tuples(st.integers(0, 30), st.integers(0, 500), st.integers(-200, 5000))


@settings(max_examples=15, deadline=None)
@given(st.lists(ORDER, min_size=1, max_size=120), st.integers(-60, 60), st.randoms(use_true_random=False))
def test_shifting_time_by_weeks_and_permuting_rows_changes_only_the_dates(rows, weeks, dice):
    """Weeks, so that weekdays stay. Dates move by as much, everything else stays as it is."""
    start, move = date(2020, 1, 6), timedelta(weeks=weeks)

    def made(shift, lines):
        found = collapse(
            table(
                *((f"c{who}", str(start + timedelta(days=day) + shift), f"{cents / 100}") for who, day, cents in lines)
            ),
            PLAIN,
        )
        return describe(found.people, found.orders, as_of=start + timedelta(days=520) + shift)

    shuffled = list(rows)
    dice.shuffle(shuffled)
    here, there = made(timedelta(0), rows), made(move, shuffled)
    dates = [name for name in here.table.column_names if name.endswith("_on")]
    assert here.table.drop_columns(dates).equals(there.table.drop_columns(dates))
    for name in dates:
        assert [on and on + move for on in here.table[name].to_pylist()] == there.table[name].to_pylist()
    assert here.stats["forecast"] == there.stats["forecast"]
    assert here.stats["models"] == there.stats["models"]


@pytest.mark.parametrize("option", ["--out", "--stats", "--report"])
def test_the_file_that_is_read_is_not_written_over(tmp_path, option):
    path = tmp_path / "orders.csv"
    path.write_text("id,date,sum\n1,2026-03-04,5\n")
    told = CliRunner().invoke(command, [str(path), *OPTIONS, option, str(tmp_path / "." / "orders.csv")])
    assert told.exit_code == 2
    assert "is the file that is read" in told.output
    assert path.read_text().startswith("id,date,sum")


def test_two_results_do_not_share_a_file(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("id,date,sum\n1,2026-03-04,5\n")
    same = str(tmp_path / "made.json")
    told = CliRunner().invoke(command, [str(path), *OPTIONS, "--out", same, "--stats", same])
    assert told.exit_code == 2
    assert "is where --out is written" in told.output


def test_a_name_that_says_no_kind_is_refused_before_the_work(tmp_path):
    told = CliRunner().invoke(command, [str(tmp_path / "none.csv"), *OPTIONS, "--out", "profiles.xls"])
    assert told.exit_code == 2
    assert ".csv" in told.output


def parquet(tmp_path, **columns):
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"date": pa.array([date(2026, 3, 4)] * 3), "sum": pa.array([1, 2, 3])} | columns), path)
    return path


def test_a_customer_who_is_nan_or_null_is_nobody(tmp_path):
    found = read_orders(str(parquet(tmp_path, id=pa.array([17.0, float("nan"), None]))), PLAIN)
    assert found.people.to_pylist() == ["17"]
    assert found.set_aside == {"no customer": 2}
    nobody = read_orders(str(parquet(tmp_path, id=pa.nulls(3))), PLAIN)
    assert (nobody.people.to_pylist(), nobody.set_aside) == ([], {"no customer": 3})


@pytest.mark.parametrize("ids", [pa.array([["a"], ["b"], []]), pa.array([b"\xff", b"a", b"b"])], ids=["lists", "bytes"])
def test_columns_of_no_use_are_named_with_their_kinds(tmp_path, ids):
    with pytest.raises(DataError) as fault:
        read_orders(str(parquet(tmp_path, id=ids)), PLAIN)
    (item,) = fault.value.diagnostics
    assert (item.code, "sums are numbers or text" in item.hint) == ("R655", True)
    assert "id: " in item.message


def test_a_text_that_is_called_parquet_is_told(tmp_path):
    path = tmp_path / "orders.parquet"
    path.write_text("id,date,sum\n1,2026-03-04,5\n")
    with pytest.raises(DataError, match="cannot be read") as fault:
        read_orders(str(path), PLAIN)
    assert "is it a Parquet file?" in fault.value.diagnostics[0].hint
