from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate import analytics
from reactivate.analytics.celltext import moments, sums
from reactivate.analytics.orderfile import Mapping, collapse, read_orders
from reactivate.errors import DataError, EnvironmentFault

PLAIN = Mapping("id", "date", "sum")


def read(tmp_path, text, mapping=PLAIN, **more):
    path = tmp_path / "orders.csv"
    path.write_bytes(text.encode(more.get("encoding", "utf-8")))
    return read_orders(str(path), mapping, **more)


def read_dates(*cells, written=None):
    found, known = moments(pa.array(cells, pa.string()), written)
    return [
        datetime.fromtimestamp(us / 1e6, UTC).replace(tzinfo=None) if ok else None
        for us, ok in zip(found.tolist(), known.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    "cell",
    ["2026-03-04", "04.03.2026", "20260304", "2026/03/04", " 2026-03-04 ", "2026-03-04 00:00", "2026-03-04T00:00:00Z"],
)
def test_days_as_people_write_them(cell):
    assert read_dates(cell) == [datetime(2026, 3, 4)]


def test_times_are_kept_to_the_second():
    assert read_dates("04.03.2026 15:07", "2026-03-04T15:07:09.250+03:00") == [
        datetime(2026, 3, 4, 15, 7),
        datetime(2026, 3, 4, 15, 7, 9),
    ]


def test_slashes_are_read_when_the_file_settles_them():
    assert read_dates("3/4/2026", "25/4/2026")[0] == datetime(2026, 4, 3)
    assert read_dates("3/4/2026", "4/25/2026")[0] == datetime(2026, 3, 4)
    assert read_dates("3/4/2026", written="MM/DD/YYYY")[0] == datetime(2026, 3, 4)


@pytest.mark.parametrize("cells", [("3/4/2026",), ("13/4/2026", "4/13/2026")], ids=["either", "both"])
def test_slashes_that_nothing_settles_are_refused(cells):
    with pytest.raises(DataError, match="R654"):
        read_dates(*cells)


def test_rubbish_is_no_date():
    assert read_dates("soon", "31.02.2026", "", None, "0000-00-00") == [None] * 5


def read_sums(*cells):
    found = sums(pa.array(cells))
    return [us / 1e6 if ok else None for us, ok in zip(found.micros.tolist(), found.known.tolist(), strict=True)]


def test_sums_as_people_write_them():
    found = read_sums("12.50", "1 234,50", "1,234.50", "1\u00a0000 ₽", "-7", "12,345", "1.234.567,89", "1234,5")
    assert found == [12.5, 1234.5, 1234.5, 1000, -7, 12345, 1234567.89, 1234.5]


def test_rubbish_is_no_sum():
    assert read_sums("n/a", "", None, "1e400", "12.3.4", "nan", "99999999999999") == [None] * 7
    assert read_sums(1.5, None, float("nan"), float("inf")) == [1.5, None, None, None]


def test_a_customers_day_is_one_order(tmp_path):
    found = read(tmp_path, "id;date;sum\n1;2026-03-04 10:00;10\n1;2026-03-04 18:00;5\n1;2026-03-05;1\n2;2026-03-04;0\n")
    assert found.people.to_pylist() == ["1", "2"]
    assert found.orders["amount"].to_pylist() == [15, 1, 0]
    assert found.orders["ordered_on"].to_pylist() == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 4)]
    assert found.orders["ordered_at"].to_pylist()[0].hour == 10


def test_lines_with_one_order_value_are_one_order(tmp_path):
    text = "id,no,date,sum,cat\n7,A,2026-03-04,10,x\n7,A,2026-03-05,30,y\n7,B,2026-03-04,5,\n8,A,2026-03-04,1,x\n"
    found = read(tmp_path, text, Mapping("id", "date", "sum", "no", "cat"))
    assert sorted(zip(*(found.orders[name].to_pylist() for name in ("person_id", "amount", "category")), strict=True),
                  key=str) == [("7", Decimal(40), "y"), ("7", Decimal(5), None), ("8", Decimal(1), "x")]  # fmt: skip


def test_rows_without_an_order_value_are_the_orders_of_their_day(tmp_path):
    found = read(
        tmp_path,
        "id,no,date,sum\n7,A,2026-03-04,10\n7,,2026-03-04,-4\n7,,2026-03-04,-1\n",
        Mapping("id", "date", "sum", "no"),
    )
    assert sorted(found.orders["amount"].to_pylist()) == [-5, 10]


def test_every_customer_has_a_row_and_rows_set_aside_are_counted(tmp_path):
    found = read(tmp_path, "id,date,sum\n1,never,5\n2,2026-03-04,five\n ,2026-03-04,1\n007,2026-03-04,1\n")
    assert found.people.to_pylist() == ["007", "1", "2"]
    assert found.set_aside == {"no customer": 1, "unreadable date": 1, "unreadable sum": 1}
    assert found.orders["amount"].to_pylist() == [1, None]


def test_an_old_encoding_and_a_byte_order_mark(tmp_path):
    text = "клиент;дата;сумма\nЯна;04.03.2026;1 000,50\n"
    mapping = Mapping("клиент", "дата", "сумма")
    assert read(tmp_path, text, mapping, encoding="cp1251").orders["amount"].to_pylist() == [Decimal("1000.50")]
    assert read(tmp_path, "\ufeff" + text, mapping).people.to_pylist() == ["Яна"]


def test_the_wrong_encoding_says_what_to_try(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes("id;date;sum\nЯна;04.03.2026;1\n".encode("cp1251"))
    with pytest.raises(DataError, match="R655"):
        read_orders(str(path), PLAIN)


def test_a_missing_column_is_named_with_the_one_meant(tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, "id,date,summ\n1,2026-03-04,1\n")
    assert [item.code for item in caught.value.diagnostics] == ["R653"]
    assert caught.value.diagnostics[0].hint == "did you mean 'summ'?"


def test_no_file_and_empty_files(tmp_path):
    with pytest.raises(EnvironmentFault, match="R903"):
        read_orders(str(tmp_path / "none.csv"), PLAIN)
    with pytest.raises(DataError, match=r"R656: .*orders.csv is empty"):
        read(tmp_path, "")
    assert read(tmp_path, "id,date,sum\n").people.to_pylist() == []


def test_parquet_with_types(tmp_path):
    at = pa.array([datetime(2026, 3, 4, 9), None, datetime(2026, 3, 5)], pa.timestamp("ns"))
    table = pa.table({"id": pa.array([5, 5, None]), "date": at, "sum": [1.5, 2.5, 3.5]})
    pq.write_table(table, tmp_path / "o.parquet")
    found = read_orders(str(tmp_path / "o.parquet"), PLAIN)
    assert found.people.to_pylist() == ["5"]
    assert found.orders["amount"].to_pylist() == [Decimal("1.50")]
    days = pa.table({"id": ["a"], "date": pa.array([date(2026, 3, 4)]), "sum": pa.array([Decimal("2.005")])})
    assert collapse(days, PLAIN).orders["amount"].to_pylist() == [Decimal("2.01")]


LINE = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["o1", "o2", "o3"]), st.integers(-5000, 5000), st.sampled_from("xy")
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_splitting_orders_into_lines_and_shuffling_them_changes_nothing(rows, dice):
    """A row of 9 cents is a row of 4 and one of 5: neither orders nor profiles may differ."""
    mapping = Mapping("id", "date", "sum", "no")
    split = [(who, no, part, cat) for who, no, cents, cat in rows for part in (cents // 2, cents - cents // 2)]
    dice.shuffle(split)

    def profiles(lines):
        table = pa.table(
            {
                "id": [who for who, *_ in lines],
                "no": [no for _, no, *_ in lines],
                "date": [f"2026-03-{4 + ['o1', 'o2', 'o3'].index(no):02}" for _, no, *_ in lines],
                "sum": [f"{cents / 100:.2f}" for _, _, cents, _ in lines],
            }
        )
        found = collapse(table, mapping)
        return analytics.profile(found.people, found.orders, as_of=date(2026, 3, 20))

    assert profiles(rows).equals(profiles(split))
