"""Arrow and the row-by-row interpreter agree; texts survive the way to a tree and back."""

import pyarrow as pa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rules.random_rules import count, day, duration, money, rows, rules, share, table
from rules.rules_kit import OWN

from reactivate.rules.check import read
from reactivate.rules.compile import compile_typed
from reactivate.rules.interpret import value
from reactivate.rules.parse import parse
from reactivate.rules.typed import Claim, columns_in, walk
from reactivate.rules.types import Kind
from reactivate.rules.write import write

_SLOW_TO_DRAW = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def typed(text, want=Kind.YESNO):
    rule, found = read(text, OWN, currency="RUB", want=want)
    assume(not any(item.code == "R414" for item in found))
    assert rule is not None, (text, found)
    return rule


@_SLOW_TO_DRAW
@given(text=rules, people=rows, cuts=st.lists(st.integers(0, 12), max_size=4))
def test_arrow_and_interpreter_agree(text, people, cuts):
    rule = typed(text)
    mask = compile_typed(rule).mask(table(people, cuts))
    assert mask.type == pa.bool_()
    assert mask.to_pylist() == [value(rule.root, row, people) for row in people]


@_SLOW_TO_DRAW
@given(text=st.one_of(count, share, money, duration, day), people=rows)
def test_values_agree_to_the_last_bit(text, people):
    rule = typed(text, want=None)
    found = compile_typed(rule).value(table(people, [])).to_pylist()
    assert found == [value(rule.root, row, people) for row in people]


@_SLOW_TO_DRAW
@given(text=rules, people=rows, others=rows)
def test_the_base_decides_who_is_at_the_top(text, people, others):
    rule = typed(text)
    mask = compile_typed(rule).mask(table(people, []), base=table(others, [3]))
    assert mask.to_pylist() == [value(rule.root, row, others) for row in people]


@_SLOW_TO_DRAW
@given(text=rules, people=rows)
def test_undecided_names_a_column_for_every_undecided_row(text, people):
    rule = compile_typed(typed(text))
    data = table(people, [])
    undecided, blame = rule.mask(data).null_count, rule.undecided(data)
    assert set(blame) <= rule.names
    assert all(0 < n <= undecided for n in blame.values())
    if all(columns_in(claim) for claim in walk(rule.root) if isinstance(claim, Claim)):  # constants blame nobody
        assert sum(blame.values()) >= undecided


@_SLOW_TO_DRAW
@given(text=rules)
def test_text_to_tree_to_text(text):
    ast, _ = parse(text)
    assume(ast is not None)
    again, found = parse(write(ast))
    assert again.root == ast.root
    assert found == []
    assert write(again) == write(ast)


_pieces = st.sampled_from(
    [
        "orders",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "and",
        "or",
        "not",
        "in",
        "top",
        "has",
        "is",
        "missing",
        "'x'",
        "15%",
        "3pp",
        "5",
        "180d",
        "500",
        "RUB",
        "2026-01-01",
        "orders(90d)",
        "thanks.sent",
        "rfm",
        "lost",
        "city",
        "Омск",
        "14",
        "days",
        ".",
        "==",
        "и",
        "'",
        '"',
        "«",
        "%",
        "́",
        "\u200b",
        "\x00",
        "\n",
        "𝟙",
        "٣",
        "½",
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(_pieces, max_size=30).map(" ".join) | st.lists(_pieces, max_size=12).map("".join) | st.text(max_size=80)
)
def test_no_text_crashes_the_reader(text):
    rule, found = read(text, OWN, currency="RUB")
    assert (rule is None) == any(item.is_error for item in found)
    for item in found:
        assert item.code.startswith("R4")
        assert item.message
        assert item.span.column <= len(text) + 1
