"""Extraction: declared mapping in, contract tables out, every row accounted for."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.contracts.schemas import CONSENTS, EVENTS, FINDINGS, LINES, ORDERS, RECORDS, SUPPRESSIONS
from reactivate.errors import DataError
from reactivate.host.protocols import BadRow, Batch
from reactivate.stages import identity
from reactivate.stages.extract import extract, together
from reactivate.stages.mapping import SourceMapping

KYIV = ZoneInfo("Europe/Kyiv")


class Given:
    """A source that gives what it was told."""

    def __init__(self, rows, columns, bad=()):
        self.items = [*bad, Batch(rows, pa.RecordBatch.from_pydict(columns), 2)]

    def read(self):
        yield from self.items


def mapping(**settings):
    return SourceMapping(**{"name": "shop", "timezone": KYIV, "currency": "UAH", "bad_rows": 1.0, **settings})


def codes(found):
    return [(row["row"], row["code"]) for row in found.findings.to_pylist()]


BOOKS = {"ordered_on": "Дата", "items": "Книги", "amount": "Сумма", "status": "Статус", "name": "ФИО", "phone": "Тел"}


def orders(**columns):
    length = len(next(iter(columns.values())))
    base = {"Дата": ["01.02.2025"] * length, "Книги": ["А"] * length, "Сумма": ["100"] * length}
    base |= {"Статус": ["Выдан"] * length, "ФИО": ["Анна"] * length, "Тел": ["067"] * length}
    return extract(Given("orders", base | columns), mapping(map=BOOKS, paid=("Выдан", "Доставлен"), dates="DD.MM.YYYY"))


def test_every_table_keeps_its_contract():
    found = orders(ФИО=["Анна", "Ольга"])
    contracts = {
        "records": RECORDS, "orders": ORDERS, "lines": LINES, "events": EVENTS, "consents": CONSENTS,
        "suppressions": SUPPRESSIONS, "findings": FINDINGS,
    }  # fmt: skip
    for name, contract in contracts.items():
        table = getattr(found, name)
        assert contract.conform(table).num_rows == table.num_rows
    assert found.rows == 2


def test_same_contact_fields_are_one_card_whatever_the_order():
    found = orders(ФИО=[" Анна ", "Анна", "Ганна"], Дата=["01.02.2025", "03.02.2024", "05.05.2025"])
    cards = {row["name"]: row for row in found.records.to_pylist()}
    assert set(cards) == {"Анна", "Ганна"}
    assert (cards["Анна"]["first_seen_on"], cards["Анна"]["last_seen_on"]) == (date(2024, 2, 3), date(2025, 2, 1))
    again = orders(ФИО=["Ганна", "Анна"])
    assert {row["record_id"] for row in again.records.to_pylist()} == {row["record_id"] for row in cards.values()}


def test_record_id_does_not_hang_on_columns_that_are_empty():
    plain = extract(Given("people", {"n": ["Анна"]}), mapping(map={"name": "n"}))
    more = extract(Given("people", {"n": ["Анна"], "e": [""]}), mapping(map={"name": "n", "email": "e"}))
    assert plain.records["record_id"].to_pylist() == more.records["record_id"].to_pylist()


def test_rows_of_one_id_keep_every_phone_and_the_latest_name():
    found = extract(
        Given(
            "orders",
            {
                "k": ["7", "7", "8"],
                "d": ["2025-01-01", "2025-03-01", "2025-01-01"],
                "n": ["Анна", "Ганна", None],
                "p": ["067", "050", "1"],
                "a": ["Київ", "Львів", ""],
            },
        ),
        mapping(map={"id": "k", "ordered_on": "d", "name": "n", "phone": "p", "address": "a"}),
    )
    seven, eight = found.records.sort_by("record_id").to_pylist()
    assert (seven["name"], seven["phone"], seven["address"]) == ("Ганна", "050; 067", "Львів\nКиїв")
    assert (eight["name"], eight["address"]) == (None, None)


def test_status_decides_what_is_paid_and_which_events_there_are():
    found = extract(
        Given(
            "orders",
            {"d": ["2025-01-01"] * 3, "s": ["ВЫДАН", "отменен", None], "n": ["a", "b", "c"], "o": ["1", "2", "3"]},
        ),
        mapping(
            map={"ordered_on": "d", "status": "s", "name": "n", "order_id": "o"},
            paid=("Выдан",),
            events={"cancelled": "Отменен"},
        ),
    )
    assert dict(zip(found.orders["order_id"].to_pylist(), found.orders["paid"].to_pylist(), strict=True)) == {
        "1": True,
        "2": False,
        "3": False,
    }
    (event,) = found.events.to_pylist()
    assert (event["event"], event["value"], event["event_id"]) == ("cancelled", "2", "cancelled:2")


def test_status_without_paid_is_an_error():
    with pytest.raises(DataError, match="R622"):
        extract(
            Given("orders", {"d": ["2025-01-01"], "s": ["x"], "n": ["a"]}),
            mapping(map={"ordered_on": "d", "status": "s", "name": "n"}),
        )


def test_two_equal_rows_are_two_orders_with_stable_ids():
    once, twice = orders(ФИО=["Анна"]), orders(ФИО=["Анна", "Анна"])
    assert twice.orders.num_rows == 2
    assert set(once.orders["order_id"].to_pylist()) < set(twice.orders["order_id"].to_pylist())


def test_sums_titles_and_days():
    found = orders(
        Сумма=["1 234,56 ₴", "1\u00a0000", "(50)"],
        Книги=["Тигролови; Місто, роман", "Кобзар", "  "],
        Дата=["31.12.2024 23:30", "1.2.2025", "01.02.2025"],
    )
    rows = found.orders.sort_by("amount").to_pylist()
    assert [row["amount"] for row in rows] == [Decimal("-50.00"), Decimal("1000.00"), Decimal("1234.56")]
    assert rows[2]["items"] == ["Тигролови", "Місто, роман"]
    assert rows[0]["items"] is None
    assert rows[2]["ordered_at"] == datetime(2024, 12, 31, 21, 30, tzinfo=UTC)
    assert rows[2]["ordered_on"] == date(2024, 12, 31)


def test_what_cannot_be_read_is_counted_with_its_row():
    found = orders(
        Дата=["2025-02-01", "", "01.02.2025", "01.02.2025", "01.02.2025", "31.02.2025"],
        Сумма=["1", "1", "сто", "10 USD", "", "1"],
        ФИО=["a", "b", "c", "d", "e", "f"],
    )
    assert codes(found) == [
        (2, "bad_date"), (7, "bad_date"), (3, "no_date"), (4, "bad_amount"), (5, "other_currency"),
    ]  # fmt: skip
    assert sorted(found.orders["amount"].to_pylist(), key=str) == [None, None]
    assert found.records.num_rows == 3


def test_more_bad_rows_than_allowed_stop_it():
    given = Given("people", {"n": ["Анна"] * 3}, bad=[BadRow(5, "has 2 cells, the header has 3")])
    with pytest.raises(DataError, match=r"R621: .*1 row of 4 cannot be used \(25.0%.*first at row 5"):
        extract(given, mapping(map={"name": "n"}, bad_rows=0.2))
    allowed = extract(given, mapping(map={"name": "n"}, bad_rows=0.25))
    assert codes(allowed) == [(5, "bad_row")]


def test_rows_without_customer_are_no_bad_rows():
    found = extract(
        Given("orders", {"k": [None, "1"], "d": ["2025-01-01"] * 2}),
        mapping(map={"id": "k", "ordered_on": "d"}, bad_rows=0.0),
    )
    assert codes(found) == [(2, "no_customer")]
    assert found.orders.num_rows == 1


class TestLines:
    def lines(self, *rows, **settings):
        names = ("id", "order_id", "ordered_on", "item", "quantity", "unit_price")
        columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        given = {name: name for name in names}
        return extract(Given("orders", columns), mapping(map=given, **settings))

    def test_lines_of_one_id_are_one_order(self):
        found = self.lines(
            ("1", "A", "2025-01-02T10:00", "Кобзар", "2", "10,50"), ("1", "A", "2025-01-02T10:01", "Post", "1", "3"),
            not_products=("post",),
        )  # fmt: skip
        (order,) = found.orders.to_pylist()
        assert (order["amount"], order["items"]) == (Decimal("24.00"), ["Кобзар"])
        assert order["ordered_at"] == datetime(2025, 1, 2, 8, tzinfo=UTC)
        assert found.lines["is_product"].to_pylist() == [True, False]

    def test_negative_lines_are_returns_also_without_order_id(self):
        found = self.lines(
            ("1", "A", "2025-01-02", "Кобзар", "2", "10"), ("1", "A", "2025-01-02", "Кобзар", "-1", "10"),
            ("1", None, "2025-01-05", "Кобзар", "-1", "10"),
        )  # fmt: skip
        assert sorted(found.orders["amount"].to_pylist()) == [-10, -10, 20]
        assert [code for _, code in codes(found)] == ["no_order_id"]

    def test_free_lines_are_orders_but_free_returns_are_not(self):
        found = self.lines(
            ("1", "A", "2025-01-02", "gift", "1", "0"), ("1", "B", "2025-01-03", "gift", "-1", "0"),
        )  # fmt: skip
        assert found.orders.select(["order_id", "amount"]).to_pylist() == [{"order_id": "A", "amount": Decimal("0.00")}]

    def test_one_order_id_of_two_customers_stays_two_orders(self):
        found = self.lines(("1", "A", "2025-01-02", "x", "1", "1"), ("2", "A", "2025-01-02", "x", "1", "2"))
        assert found.orders.num_rows == 2
        assert {code for _, code in codes(found)} == {"shared_order_id"}

    def test_revenue_is_the_sum_of_all_lines(self):
        rows = [(str(i % 3), str(i % 7) if i % 5 else None, f"2025-01-{1 + i % 20:02}", "x", str(i % 9 - 3), "1.25")
                for i in range(200)]  # fmt: skip
        found = self.lines(*rows)
        total = sum(int(row[4]) * Decimal("1.25") for row in rows)
        assert sum(found.orders["amount"].to_pylist()) == total == sum(found.lines["amount"].to_pylist())


def test_events_consents_refusals():
    events = extract(
        Given("events", {"email": ["a@b.c"] * 3, "event": ["Answered_topics"] * 3, "at": ["2025-01-01 10:00"] * 3,
                         "value": ["x", "x", ""], "event_id": ["1", "1", None]}),
        mapping(),
    )  # fmt: skip
    assert events.events.num_rows == 2
    assert events.events["event"].to_pylist() == ["answered_topics"] * 2
    consents = extract(
        Given("consents", {"phone": ["067", "068", ""], "channel": ["SMS", "pigeon", "sms"],
                           "purpose": ["marketing"] * 3, "given_on": ["2025-01-01", "", ""]}),
        mapping(),
    )  # fmt: skip
    assert consents.consents.select(["phone", "channel", "given_on"]).to_pylist() == [
        {"phone": "067", "channel": "sms", "given_on": date(2025, 1, 1)}
    ]
    assert codes(consents) == [(4, "no_customer"), (3, "bad_channel")]
    refusals = extract(Given("refusals", {"email": ["a@b.c", "d@e.f"], "channel": ["pigeon", None]}), mapping())
    assert refusals.suppressions["channel"].to_pylist() == ["all", "all"]


def test_own_columns_by_declared_type():
    given = {"k": ["1", "2", "3"], "d": ["2025-01-01"] * 3, "b": ["12", "x", "1,5"], "g": ["a; b", "", "c"],
             "s": ["15%", "0.2", None], "t": ["14d", "48h", "3"]}  # fmt: skip
    own = {"bonus": "b", "gifts": "g", "part": "s", "pause": "t"}
    types = {"bonus": "count", "gifts": "list", "part": "share", "pause": "duration"}
    found = extract(Given("orders", given), mapping(map={"id": "k", "ordered_on": "d", **own}, types=types))
    cards = found.records.sort_by("record_id")
    assert cards["x_bonus"].to_pylist() == [12, None, None]
    assert cards["x_gifts"].to_pylist() == [["a", "b"], None, ["c"]]
    assert cards["x_part"].to_pylist() == pytest.approx([0.15, 0.2, None])
    assert cards["x_pause"].to_pylist() == [14.0, 2.0, 3.0]
    assert codes(found) == [(3, "bad_count"), (4, "bad_count")]


def test_missing_columns_are_all_named_with_a_suggestion():
    with pytest.raises(DataError) as caught:
        extract(
            Given("orders", {"Дата заказа": ["x"], "ФИО": ["y"]}),
            mapping(map={"ordered_on": "Дата закза", "name": "ФИО", "amount": "Сумма"}),
        )
    first, second = caught.value.diagnostics
    assert (first.code, first.hint) == ("R620", "did you mean 'Дата заказа'?")
    assert "no column 'Сумма' (wanted for `amount`)" in second.message


def test_unreadable_layout():
    with pytest.raises(DataError, match=r"R623: source 'shop': `dates` 'DD\.MM' must name day, month and year"):
        extract(Given("people", {"n": ["a"]}), mapping(map={"name": "n"}, dates="DD.MM"))


@pytest.mark.parametrize("rows", ["orders", "people", "events", "consents", "refusals"])
def test_no_rows(rows):
    columns = ["ordered_on", "name", "email", "event", "at", "channel", "purpose"]
    empty = {name: pa.array([], pa.string()) for name in columns}
    given = {name: name for name in ("ordered_on", "name", "email")} if rows in {"orders", "people"} else {}
    found = extract(Given(rows, empty), mapping(map=given))
    assert found.rows == found.records.num_rows == found.orders.num_rows == 0
    assert together([found, found]).records.num_rows == 0


@pytest.mark.parametrize("rows", ["orders", "people", "consents", "refusals", "events"])
def test_all_nulls(rows):
    columns = ["ordered_on", "name", "email", "event", "at", "channel", "purpose", "status", "amount", "items"]
    nulls = {name: pa.nulls(3, pa.string()) for name in columns}
    given = {name: name for name in columns if name not in {"event", "at", "channel", "purpose"}}
    found = extract(Given(rows, nulls), mapping(map=given if rows in {"orders", "people"} else {}, paid=("x",)))
    assert codes(found) == [(2, "no_customer"), (3, "no_customer"), (4, "no_customer")]
    assert found.records.num_rows == 0


def test_typed_files_may_have_gaps_lists_and_nothing_at_all():
    given = Given(
        "orders",
        {
            "k": pa.array([1, 2], pa.int64()),
            "d": pa.array([date(2025, 1, 2)] * 2),
            "a": pa.array([12.5, None]),
            "p": pa.array([["067", "050"], None]),
            "t": pa.array([["a"], []], pa.list_(pa.large_string())),
            "e": pa.nulls(2),
            "i": pa.array([["Кобзар", "Місто", "доставка"], None]),
        },
    )
    names = {"id": "k", "ordered_on": "d", "amount": "a", "phone": "p", "tags": "t", "email": "e", "items": "i"}
    found = extract(given, mapping(map=names, not_products=("Доставка",)))
    assert codes(found) == []
    assert found.orders.sort_by("order_id")["amount"].null_count == 1
    assert found.records.select(["record_id", "phone", "email", "tags"]).to_pylist() == [
        {"record_id": "1", "phone": "067; 050", "email": None, "tags": ["a"]},
        {"record_id": "2", "phone": None, "email": None, "tags": None},
    ]
    assert sorted(map(str, found.orders["items"].to_pylist())) == ["None", "['Кобзар', 'Місто']"]


def test_nested_values_are_an_error_not_a_crash():
    given = Given("people", {"n": pa.array([{"a": 1}])})
    with pytest.raises(DataError, match="R620: source 'shop': the column for `name` holds struct"):
        extract(given, mapping(map={"name": "n"}))


CELL = st.sampled_from(["", " ", "1", "Анна", "01.02.2025", "31.02.2025", "12 USD", "сто", "-5", "7,50", "\u00a0x"])


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=20))
def test_every_row_is_an_order_or_a_finding(rows):
    names = ("ordered_on", "amount", "name", "order_id")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    empty = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    found = extract(Given("orders", empty), mapping(map={name: name for name in names}, dates="DD.MM.YYYY"))
    dropped = {row["row"] for row in found.findings.to_pylist() if row["dropped"]}
    assert found.orders.num_rows + len(dropped) == len(rows) == found.rows
    assert set(found.orders["record_id"].to_pylist()) <= set(found.records["record_id"].to_pylist())


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, st.sampled_from(["1", "-1", "2,5", "", "x"])), max_size=20))
def test_every_line_is_a_line_or_a_finding_and_no_sum_is_lost(rows):
    names = ("ordered_on", "id", "order_id", "quantity")
    columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
    columns["unit_price"] = pa.array(["2"] * len(rows), pa.string())
    found = extract(Given("orders", columns), mapping(map={name: name for name in columns}, dates="DD.MM.YYYY"))
    dropped = {row["row"] for row in found.findings.to_pylist() if row["dropped"]}
    assert found.lines.num_rows + len(dropped) == len(rows)
    sums = [sum(filter(None, table["amount"].to_pylist())) for table in (found.lines, found.orders)]
    assert sums[0] == sums[1]


def test_typed_ids_never_end_in_point_zero():
    found = extract(
        Given("people", {"k": pa.array([17850.0, None, 3.0]), "n": ["a", "b", "c"]}),
        mapping(map={"id": "k", "name": "n"}),
    )
    assert {"17850", "3"} < set(found.records["record_id"].to_pylist())


def test_few_and_many_rows_have_the_same_ids(monkeypatch):
    table = pa.table({"name": ["Анна", "O'Brien", "", None, "名"], "phone": ["1", None, "", None, "2"]})
    few = identity.hashed(table, ["name", "phone"])
    monkeypatch.setattr(identity, "_FEW", 0)
    assert few.equals(identity.hashed(table, ["name", "phone"]))
    assert few.null_count == 1
