"""What rules mean, said once in plain cases."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from rules.rules_kit import OWN

from reactivate.errors import DataError, SpecError
from reactivate.rules.compile import all_of, compile_rule
from reactivate.rules.explain import why
from reactivate.rules.parse import parse
from reactivate.rules.types import Kind, Name, Vocabulary, window_column
from reactivate.rules.write import write


def rule(text, want=Kind.YESNO):
    return compile_rule(text, OWN, currency="RUB", want=want)


def ask(text, **columns):
    return rule(text).mask(pa.table(columns)).to_pylist()


class TestMissing:
    def test_three_values(self):
        can = {"can_sms": [True, False, None] * 3, "can_email": [True] * 3 + [False] * 3 + [None] * 3}
        can = {name: pa.array(values, pa.bool_()) for name, values in can.items()}
        assert ask("can_sms and can_email", **can) == [True, False, None, False, False, False, None, False, None]
        assert ask("can_sms or can_email", **can) == [True, True, True, True, False, None, True, None, None]
        assert ask("not can_sms", **can)[:3] == [False, True, None]

    def test_not_equal_and_not_in_are_missing_when_the_left_is(self):
        assert ask("rfm != lost", rfm=["lost", "new", None]) == [False, True, None]
        assert ask("rfm not in (lost, new)", rfm=["lost", "champions", None]) == [False, True, None]

    def test_only_is_missing_sees_it(self):
        assert ask("rhythm is missing", rhythm=[1.5, None, float("nan")]) == [False, True, True]
        assert ask("rhythm > 1d or rhythm is missing", rhythm=[1.5, 0.5, None]) == [True, False, True]

    def test_dividing_by_zero_is_missing(self):
        columns = {"orders": [0, 2], "revenue": pa.array([Decimal(9), Decimal(9)], pa.decimal128(18, 2))}
        assert ask("revenue / orders > 4 RUB", **columns) == [None, True]

    def test_true_counts_undecided_as_no(self):
        assert rule("can_sms").true(pa.table({"can_sms": [True, None]})).to_pylist() == [True, False]

    def test_undecided_is_laid_on_the_column(self):
        people = pa.table({
            "overdue": pa.array([None, None, 9.0, None]),
            "rhythm": pa.array([None, 3.0, 3.0, None]),
            "orders": [5, 5, 0, 0],
        })  # fmt: skip
        # the second: rhythm is there, overdue is not; the fourth is decided by `orders`
        assert rule("orders > 1 and (overdue > 7d or rhythm is missing)").undecided(people) == {"overdue": 1}
        assert rule("overdue > 7d").undecided(people) == {"overdue": 3}
        assert rule("rhythm / orders > 1d").undecided(people) == {"rhythm": 2, "orders": 1}


class TestWords:
    def test_letter_case_does_not_matter(self):
        assert ask("city = омск", city=["ОМСК", "Омск", "Томск"]) == [True, True, False]
        assert ask("rfm = CHAMPIONS", rfm=["champions", "lost"]) == [True, False]

    def test_composed_and_decomposed_letters_are_one(self):
        assert ask("city = Київ", city=["Киі\u0308в", "Киïв", "Київ"]) == [True, False, True]

    def test_quotes_hold_anything(self):
        assert ask("city = \"Rock 'n' Roll\"", city=["rock 'n' roll", "rock"]) == [True, False]
        assert ask("city in ('and', 'Нижний Новгород')", city=["And", "нижний новгород", "x"]) == [True, True, False]

    def test_digits_stay_a_word(self):
        assert ask("city = 007", city=["007", "7"]) == [True, False]
        assert ask("city = 14d", city=["14D", "14"]) == [True, False]

    def test_a_name_to_the_right_of_a_text_is_a_word(self):
        assert ask("city = orders", city=["orders", "x"]) == [True, False]

    @pytest.mark.parametrize("type_", [pa.large_string(), pa.dictionary(pa.int8(), pa.string()), pa.string_view()])
    def test_any_text_column(self, type_):
        assert ask("city = омск", city=pa.array(["Омск", None, "x"]).cast(type_)) == [True, None, False]


class TestLists:
    def test_has(self):
        tags = [["премиум", "b"], ["a"], None, [], [None], ["ПРЕМИУМ"]]
        assert ask("tags has Премиум", tags=tags) == [True, False, None, False, False, True]
        assert ask("not tags has премиум", tags=tags) == [False, True, None, True, True, False]

    @pytest.mark.parametrize("type_", [pa.large_list(pa.string()), pa.list_(pa.dictionary(pa.int32(), pa.string()))])
    def test_any_list_of_texts(self, type_):
        assert ask("tags has a", tags=pa.array([["x", "a"], ["x"], None], type_)) == [True, False, None]

    def test_slices_look_at_their_own_rows(self):
        table = pa.table({"tags": [["a"], None, ["b"], ["a", "b"], []]})
        for start in range(5):
            cut = table.slice(start, 3)
            expected = [None if held is None else "a" in held for held in cut["tags"].to_pylist()]
            assert rule("tags has a").mask(cut).to_pylist() == expected


class TestNumbers:
    def test_durations_compare_across_units(self):
        assert ask("since_last_order > 48h", since_last_order=[2, 3]) == [False, True]
        assert ask("rhythm = 36h", rhythm=[1.5, 1.0]) == [True, False]

    def test_small_integers_are_widened(self):
        orders = pa.array([2**31 - 1], pa.int32())
        assert ask("orders + orders > 4000000000", orders=orders) == [True]
        assert ask("orders < 3000000000", orders=orders) == [True]

    def test_money_is_exact(self):
        sums = pa.array([Decimal("9999999999999999.98"), Decimal("9999999999999999.99")], pa.decimal128(18, 2))
        assert ask("revenue >= 9999999999999999.99 RUB", revenue=sums) == [False, True]
        assert ask("revenue + 0.01 RUB > 0 RUB", revenue=sums) == [True, None]

    def test_money_times_share_is_rounded_to_hundredths(self):
        sums = pa.array([Decimal("10.05"), Decimal("10.15")], pa.decimal128(18, 2))
        found = rule("revenue * 50%", Kind.MONEY).value(pa.table({"revenue": sums}))
        assert found.type == pa.decimal128(18, 2)
        assert found.to_pylist() == [Decimal("5.02"), Decimal("5.08")]

    @pytest.mark.parametrize("type_", [pa.float64(), pa.int64(), pa.decimal128(18, 6)])
    def test_money_of_other_make_is_read_as_hundredths(self, type_):
        assert ask("revenue = 500 RUB", revenue=pa.array([500, 501, None], pa.int16()).cast(type_)) == [
            True,
            False,
            None,
        ]

    def test_dates(self):
        on = {"last_order_on": [date(2026, 1, 31), None], "first_order_on": [date(2026, 1, 1), date(2026, 1, 2)]}
        assert ask("last_order_on - first_order_on = 30d", **on) == [True, None]
        found = rule("last_order_on + 36h", Kind.DATE).value(pa.table(on))
        assert found.to_pylist() == [date(2026, 2, 1), None]
        assert ask("last_order_on > 2026-01-30", **on) == [True, None]

    def test_ratios_speak_as_counts_and_as_shares(self):
        columns = {"orders": [4, 4], "orders(90d)": [1, 3]}
        assert ask("orders(90d) / orders > 50%", **columns) == [False, True]
        assert ask("orders(90d) / orders > 0.5", **columns) == [False, True]

    def test_counts_in_a_list(self):
        assert ask("r in (4, 5)", r=[3, 4, 5, None]) == [False, True, True, None]


class TestTop:
    def test_ties_at_the_edge_are_in(self):
        values = pa.array([50, 40, 40, 10, None], pa.int64())
        assert ask("orders in top 50%", orders=values) == [True, True, True, False, None]

    def test_at_least_one_is_in(self):
        assert ask("orders in top 1%", orders=[1, 2, 3]) == [False, False, True]
        assert ask("orders in top 100%", orders=[1, 2, 3]) == [True, True, True]

    def test_share_is_exact(self):
        # 7% of 100 in floats is a little more than seven
        assert ask("orders in top 7%", orders=list(range(100))).count(True) == 7

    def test_base_is_everyone(self):
        base = pa.table({"orders": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]})
        some = pa.table({"orders": [5, 6, 11]})
        assert rule("orders in top 50%").mask(some, base=base).to_pylist() == [False, True, True]

    def test_nobody_has_a_value(self):
        assert ask("rhythm in top 10%", rhythm=pa.array([None, None], pa.float64())) == [None, None]


class TestTables:
    def test_windows_are_columns(self):
        compiled = rule("orders(48h) > 1 and orders( 365d ) > 1 and expected_orders(90d) < 2")
        assert compiled.names == {"orders(2d)", "orders(365d)", "expected_orders(90d)"}
        assert compiled.windows == {("orders", 2.0), ("orders", 365.0), ("expected_orders", 90.0)}
        assert {window_column(*window) for window in compiled.windows} == compiled.names
        assert window_column("orders", 1.5) == "orders(36h)"

    def test_a_name_may_live_in_another_column(self):
        scope = Vocabulary([Name("why", Kind.TEXT, column="answer.why")])
        compiled = compile_rule("why = price", scope, currency="RUB")
        assert compiled.names == {"answer.why"}
        assert compiled.mask(pa.table({"answer.why": ["price", None]})).to_pylist() == [True, None]

    def test_lacking_column_and_wrong_type_are_data_errors(self):
        with pytest.raises(DataError, match="R601: a rule reads 'orders'"):
            rule("orders > 1").mask(pa.table({"x": [1]}))
        with pytest.raises(DataError, match="R602: a rule reads 'orders' as a count, the column is string"):
            rule("orders > 1").mask(pa.table({"orders": ["1"]}))
        with pytest.raises(DataError, match="R602"):
            rule("tags has a").mask(pa.table({"tags": pa.array([], pa.list_(pa.int64()))}))

    def test_empty_table_and_all_null_columns(self):
        schema = pa.schema([("orders", pa.int32()), ("tags", pa.list_(pa.string())), ("city", pa.string())])
        compiled = rule("orders > 1 and tags has a and city = x")
        assert compiled.mask(schema.empty_table()).to_pylist() == []
        assert compiled.undecided(schema.empty_table()) == {}
        nulls = pa.table({name: pa.nulls(2) for name in schema.names})
        assert compiled.mask(nulls).to_pylist() == [None, None]
        assert compiled.undecided(nulls) == {"city": 2, "orders": 2, "tags": 2}

    def test_a_constant_answers_for_every_row(self):
        assert ask("1 < 2", orders=[1, 2]) == [True, True]
        assert ask("1 / 0 > 2 or 2 > 1", orders=[1, 2]) == [True, True]
        assert ask("1 / 0 > 2", orders=[1]) == [None]

    def test_record_batches_and_crumbs(self):
        batch = pa.record_batch({"orders": list(range(300))})
        crumbs = pa.Table.from_batches([batch.slice(i, 1) for i in range(300)])
        assert rule("orders >= 100").mask(crumbs).true_count == 200
        assert rule("orders >= 100").mask(batch).true_count == 200

    def test_lists_of_rules_mean_all(self):
        both = all_of([rule("orders > 1"), rule("can_sms or rhythm is missing")])
        table = pa.table({"orders": [2, 2, 0], "can_sms": [True, None, True], "rhythm": [1.0, 1.0, 1.0]})
        assert both.mask(table).to_pylist() == [True, None, False]
        assert both.names == {"orders", "can_sms", "rhythm"}
        assert parse(both.text)[0] is not None
        assert all_of([]).mask(table).to_pylist() == [True, True, True]

    def test_all_faults_in_one_exception(self):
        with pytest.raises(SpecError) as raised:
            rule("orderz > 1 and overdue > 3")
        assert [item.code for item in raised.value.diagnostics] == ["R401", "R421"]


class TestExplain:
    def test_every_claim_with_what_it_found(self):
        row = {"since_last_order": 243, "topics": None, "orders": 3}
        text = "since_last_order > 180d and topics is missing and not orders > 5"
        assert why(rule(text), row) == (
            "since_last_order 243d > 180d: true; topics is missing: true; not orders 3 > 5: true"
        )

    def test_a_name_inside_another_is_not_taken_for_it(self):
        assert why(rule("orders > r"), {"orders": 3, "r": 5}) == "orders 3 > r 5: false"

    def test_each_kind_is_shown_as_one_writes_it(self):
        row = {
            "revenue": Decimal("1234.5"), "chance_alive": 0.123, "rfm": "lost", "tags": ["a", "b"], "rhythm": 40.25,
            "last_order_on": date(2026, 1, 2), "can_sms": None, "orders(90d)": 2,
        }  # fmt: skip
        told = why(
            rule(
                "revenue > 500 RUB or chance_alive > 3% or rfm = new or tags has b or rhythm < 5d or "
                "last_order_on > 2026-01-01 or can_sms or orders(90d) = 2 or overdue > 1d"
            ),
            row,
        )
        assert told.split("; ") == [
            "revenue 1,234.50 > 500 RUB: true",
            "chance_alive 12.3% > 3%: true",
            "rfm 'lost' = new: false",
            "tags [a, b] has b: true",
            "rhythm 40.2d < 5d: false",
            "last_order_on 2026-01-02 > 2026-01-01: true",
            "can_sms (missing): undecided",
            "orders(90d) 2 = 2: true",
            "overdue missing > 1d: undecided",
        ]


class TestNormalForm:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [
            ("orders>=1", "orders >= 1"),
            ("(  (can_sms)  )", "can_sms"),
            ("can_sms or orders > 1 and ordered", "can_sms or (orders > 1 and ordered)"),
            ("not (rfm = lost)", "not rfm = lost"),
            ("not (can_sms or ordered)", "not (can_sms or ordered)"),
            ("(r - 1) - (r - 1) > -(-r)", "r - 1 - (r - 1) > -(-r)"),
            ("revenue>500   RUB", "revenue > 500 RUB"),
            ("orders( 48h )>1", "orders(2d) > 1"),
            ("city in('x y',z)", "city in ('x y', z)"),
        ],
    )
    def test_says_the_same(self, written, normal):
        assert write(parse(written)[0]) == normal
        assert write(parse(normal)[0]) == normal


def test_checking_a_rule_does_not_load_arrow():
    program = (
        "import sys; from reactivate.rules.check import read; from reactivate.rules.types import *; "
        "read('orders > 1', Vocabulary([Name('orders', Kind.COUNT)]), currency='RUB'); "
        "import reactivate.rules.explain; "
        "print([name for name in ('pyarrow', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
