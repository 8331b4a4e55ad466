import random
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
from analytics.order_builders import TODAY, day, lines, order, orders, people, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reactivate import analytics
from reactivate.contracts.schemas import PROFILES
from reactivate.errors import DataError


def profile_of(*rows, who="anna", **more):
    return row(analytics.profile(people(who), orders(*rows), as_of=TODAY, **more), who)


def test_everybody_has_one_row_in_input_order_even_without_orders():
    found = analytics.profile(people("Яна", "anna", "bob"), orders(order("anna", 3), order("stranger", 1)), as_of=TODAY)
    assert found["person_id"].to_pylist() == ["Яна", "anna", "bob"]
    assert found["orders"].to_pylist() == [0, 1, 0]
    assert row(found, "bob")["since_last_order"] is None
    assert row(found, "bob")["revenue"] == 0
    assert row(found, "bob")["categories"] == []


def test_takes_a_table_of_people_and_gives_the_contract():
    found = analytics.profile(pa.table({"person_id": ["anna"], "city": ["Омск"]}), orders(), as_of=TODAY)
    assert found.schema.metadata == PROFILES.schema.metadata
    assert found.column_names[: len(PROFILES.columns)] == [column.name for column in PROFILES.columns]


def test_nobody_and_nothing_is_an_empty_table():
    assert analytics.profile(people(), orders(), as_of=TODAY).num_rows == 0
    assert analytics.profile(people(), orders(order("anna", 1)), as_of=TODAY).num_rows == 0


def test_a_return_lowers_revenue_and_is_no_order():
    found = profile_of(order("anna", 30, 100), order("anna", 10, -40))
    assert (found["orders"], found["revenue"], found["avg_order"]) == (1, Decimal("60.00"), Decimal("100.00"))
    assert (found["returns"], found["returns_share"]) == (1, pytest.approx(0.4))
    assert found["since_last_order"] == 30


def test_zero_and_unknown_sums_are_orders():
    found = profile_of(order("anna", 9, 0), order("anna", 5, None), order("anna", 2, 30))
    assert (found["orders"], found["revenue"], found["avg_order"]) == (3, Decimal("30.00"), Decimal("15.00"))
    alone = profile_of(order("anna", 9, None))
    assert (alone["orders"], alone["avg_order"], alone["largest_order"]) == (1, None, None)


def test_unpaid_orders_and_orders_after_until_do_not_count():
    found = profile_of(
        order("anna", 20), order("anna", 5), order("anna", 3, paid=False), until=day(6), windows=[("orders", 30.0)]
    )
    assert (found["orders"], found["since_last_order"], found["orders(30d)"]) == (1, 20, 1)


def test_future_orders_are_ignored_even_when_until_is_later():
    assert profile_of(order("anna", -3), until=day(-10))["orders"] == 0


def test_several_orders_on_one_day_are_several_orders_but_one_beat():
    found = profile_of(order("anna", 60), order("anna", 60), order("anna", 40), order("anna", 20))
    assert (found["orders"], found["order_days"], found["rhythm"]) == (4, 3, pytest.approx(20.0))
    assert found["expected_order_on"] == TODAY
    assert found["overdue"] == pytest.approx(0.0)


def test_one_order_day_has_no_rhythm():
    found = profile_of(order("anna", 60), order("anna", 60))
    assert [found[name] for name in ("rhythm", "rhythm_limit", "expected_order_on", "overdue")] == [None] * 4


def test_few_gaps_lean_on_the_base_and_many_do_not():
    base = [order(f"p{i}", 30 * k) for i in range(40) for k in range(1, 8)]
    base += [order(f"q{i}", 90 * k) for i in range(10) for k in range(1, 4)]
    short = [order("few", 100), order("few", 95)]
    long = [order("many", 5 * k) for k in range(1, 40)]
    found = analytics.profile(people("few", "many", *(f"p{i}" for i in range(40)), *(f"q{i}" for i in range(10))),
                              orders(*base, *short, *long), as_of=TODAY)  # fmt: skip
    few, many = row(found, "few")["rhythm"], row(found, "many")["rhythm"]
    assert 5 < many < few < 30
    assert many == pytest.approx(5, rel=0.1)


def test_window_of_n_days_holds_the_last_n_calendar_days():
    rows = [order("anna", ago, 10) for ago in (0, 29, 30)]
    found = profile_of(*rows, windows=[("orders", 30.0), ("revenue", 1.0), ("avg_order", 31.0), ("returns", 5.0)])
    assert (found["orders(30d)"], found["revenue(1d)"]) == (2, Decimal("10.00"))
    assert (found["avg_order(31d)"], found["returns(5d)"]) == (Decimal("10.00"), 0)


def test_window_names_speak_the_language_and_come_back():
    assert analytics.window_name("orders", 365.0) == "orders(365d)"
    assert analytics.window_name("orders", 2.0) == "orders(2d)"
    assert analytics.window_name("orders", 0.5) == "orders(12h)"
    assert analytics.window_of("orders(12h)") == ("orders", 0.5)
    assert analytics.window_of("orders") is None


def test_a_column_without_windows_is_refused_by_name():
    with pytest.raises(ValueError, match="last_staff has no window"):
        profile_of(order("anna", 1), windows=[("last_staff", 3.0)])


def test_categories_staff_and_titles_most_recent_first():
    found = profile_of(
        order("anna", 50, category="чай", items=["улун", "пуэр"], staff="Оля"),
        order("anna", 40, category="кофе", items=["арабика", "улун"]),
        order("anna", 30, category="чай", items=["сенча", None, " "], staff="Ира"),
        order("anna", 20, -5, category="чай", items=["пуэр"]),
    )
    assert found["last_category"] == "чай"
    assert found["categories"] == ["чай", "кофе"]
    assert found["last_items"] == ["сенча", "арабика", "улун"]  # пуэр was returned
    assert found["last_staff"] == "Ира"


def test_at_most_ten_titles():
    found = profile_of(*(order("anna", ago, items=[f"a{ago}", f"b{ago}"]) for ago in range(1, 9)))
    assert found["last_items"] == ["a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4", "a5", "b5"]


def test_favourites():
    monday = date(2026, 6, 29)
    at = [datetime(2026, 6, 29, 15, 30, tzinfo=UTC), datetime(2026, 6, 22, 15, 5, tzinfo=UTC)]
    rows = [
        order("anna", 1, ordered_at=at[0]),
        order("anna", 8, ordered_at=at[1]),
        order(
            "anna", 5, ordered_at=datetime(2026, 6, 24, 22, tzinfo=UTC)
        ),  # midnight in Kyiv in winter, 01:00 in summer
    ]
    assert monday.isoweekday() == 1
    found = profile_of(*rows, timezone="Europe/Kyiv")
    assert (found["favourite_weekday"], found["favourite_hour"]) == ("monday", 18)


def test_dates_without_time_give_no_hour():
    midnight = datetime(2026, 6, 28, 21, tzinfo=UTC)
    assert profile_of(order("anna", 1, ordered_at=midnight), timezone="Europe/Kyiv")["favourite_hour"] is None
    assert profile_of(order("anna", 1))["favourite_hour"] is None


def test_margin_by_category_and_by_line():
    rows = [order("anna", 9, 100, category="Kitchen"), order("anna", 5, 50), order("anna", 3, -20, category="kitchen")]
    share = {"default": 0.2, "kitchen": 0.5}
    assert profile_of(*rows, margin=share)["margin"] == Decimal("50.00")  # 50 + 10 - 10
    assert profile_of(*rows)["margin"] is None
    mixed = lines(
        {"record_id": "anna", "order_id": "0000", "category": "kitchen", "amount": Decimal(25)},
        {"record_id": "anna", "order_id": "0000", "category": None, "amount": Decimal(75)},
    )
    assert profile_of(*rows[:1], margin=share, lines=mixed)["margin"] == Decimal("27.50")


def test_margin_without_default_leaves_other_categories_nothing():
    assert profile_of(order("anna", 9, 100, category="x"), margin={"kitchen": 0.5})["margin"] == 0


def test_average_rounds_half_up():
    assert profile_of(order("anna", 9, "0.01"), order("anna", 8, "0.02"))["avg_order"] == Decimal("0.02")


def test_sums_that_cannot_be_booked_are_refused():
    with pytest.raises(DataError, match="R650"):
        profile_of(*(order("anna", ago, "9999999999999999.99") for ago in range(1, 20)))


def test_ancient_days_sort_as_well():
    found = profile_of(order("anna", 3), order("anna", 2, ordered_on=date(1, 1, 1)))
    assert (found["first_order_on"], found["last_order_on"]) == (date(1, 1, 1), day(3))


def test_the_same_second_twice_is_settled_by_the_order_id():
    one, two = order("anna", 3, category="a", order_id="1"), order("anna", 3, category="b", order_id="2")
    assert profile_of(one, two)["last_category"] == profile_of(two, one)["last_category"] == "b"


def test_a_customer_with_fifty_thousand_orders():
    table = orders(order("anna", 0), order("bob", 4))
    many = pa.concat_tables([table.slice(0, 1)] * 50_000 + [table.slice(1, 1)])
    found = analytics.profile(people("anna", "bob"), many, as_of=TODAY)
    assert found["orders"].to_pylist() == [50_000, 1]
    assert found["revenue"].to_pylist() == [5_000_000, 100]


AMOUNTS = st.one_of(st.none(), st.decimals(-500, 500, places=2))
ROW = st.builds(
    lambda who, ago, amount, paid, category, items, second: order(
        who,
        ago,
        amount,
        paid=paid,
        category=category,
        items=items,
        ordered_at=datetime.combine(day(ago), datetime.min.time(), UTC) + timedelta(seconds=second),
    ),
    st.sampled_from("abcd"),
    st.integers(-3, 400),
    AMOUNTS,
    st.booleans() | st.just(True),
    st.sampled_from([None, "чай", "кофе", "mugs"]),
    st.none() | st.lists(st.sampled_from(["t1", "t2", "t3"]), max_size=3),
    st.integers(0, 86_399),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=25))
def test_agrees_with_counting_by_hand(rows):
    found = analytics.profile(people("d", "a", "b"), orders(*rows), as_of=TODAY, windows=[("orders", 90.0)])
    for who in "abd":
        mine = [r for r in rows if r["person_id"] == who and r["paid"] and r["ordered_on"] <= TODAY]
        bought = [r for r in mine if r["amount"] is None or r["amount"] >= 0]
        sums = [r["amount"] for r in bought if r["amount"] is not None]
        got = row(found, who)
        assert got["orders"] == len(bought)
        assert got["order_days"] == len({r["ordered_on"] for r in bought})
        assert got["first_order_on"] == min((r["ordered_on"] for r in bought), default=None)
        assert got["last_order_on"] == max((r["ordered_on"] for r in bought), default=None)
        assert got["revenue"] == sum((r["amount"] for r in mine if r["amount"] is not None), Decimal(0))
        mean = (sum(sums) / len(sums)).quantize(Decimal("0.01"), ROUND_HALF_UP) if sums else None
        assert got["avg_order"] == mean
        assert got["orders(90d)"] == sum((TODAY - r["ordered_on"]).days < 90 for r in bought)
        assert set(got["categories"]) == {r["category"] for r in bought if r["category"]}


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, dice):
    numbered = [{**r, "order_id": str(i)} for i, r in enumerate(rows)]
    shuffled = numbered.copy()
    dice.shuffle(shuffled)
    one, two = (
        analytics.profile(people(*"abcd"), orders(*given_rows), as_of=TODAY) for given_rows in (numbered, shuffled)
    )
    assert one.equals(two)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, max_size=25), st.integers(1, 800))
def test_shifting_all_time_shifts_only_the_dates(rows, days):
    later = [
        {**r, "ordered_on": r["ordered_on"] + timedelta(7 * days), "ordered_at": r["ordered_at"] + timedelta(7 * days)}
        for r in rows
    ]
    one = analytics.profile(people(*"abcd"), orders(*rows), as_of=TODAY)
    two = analytics.profile(people(*"abcd"), orders(*later), as_of=TODAY + timedelta(7 * days))
    dates = ["first_order_on", "last_order_on", "expected_order_on"]
    assert one.drop_columns(dates).equals(two.drop_columns(dates))


def test_one_batch_and_many_are_the_same():
    random.seed(3)
    table = orders(*(order(random.choice("abc"), random.randrange(300), random.randrange(90)) for _ in range(60)))
    chunks = pa.concat_tables([table.slice(i, 7) for i in range(0, 60, 7)])
    whole = analytics.profile(people(*"abc"), table, as_of=TODAY)
    assert whole.equals(analytics.profile(people(*"abc"), chunks, as_of=TODAY))


def test_returned_counts_both_ends_and_no_returns():
    table = orders(
        order("a", 10), order("b", 5), order("c", 4), order("d", 6, -1), order("e", 5, None), order("f", 6, paid=False)
    )
    came = analytics.returned(table, people(*"fedcba"), day(10), day(5))
    assert came.to_pylist() == [False, True, False, False, True, True]
