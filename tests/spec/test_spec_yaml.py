"""YAML text to a positioned tree: places, guards, and what is refused."""

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reactivate.diagnostics import Collector, Span
from reactivate.spec.tree import Mapping, Scalar, Sequence
from reactivate.spec.yaml import parse, read


def tree(text: str) -> Mapping:
    found = Collector()
    node = parse(text, "x.yml", found)
    assert not found.items
    assert node is not None
    return node


def faults(data: str | bytes) -> list[str]:
    found = Collector()
    read(data if isinstance(data, bytes) else data.encode(), "x.yml", found)
    return [f"{item.code}@{item.span.line}:{item.span.column}" for item in found if item.span]


def test_scalars_keep_their_text_and_quotes() -> None:
    node = tree('a: no\nb: 11:00\nc: 007\nd: "no"\n')
    values = [entry.value for entry in node.entries]
    assert [(value.text, value.quoted) for value in values if isinstance(value, Scalar)] == [
        ("no", False), ("11:00", False), ("007", False), ("no", True),
    ]  # fmt: skip


def test_columns_count_characters_behind_cyrillic() -> None:
    node = tree("карта: {почта: Эл.почта, телефон: Телефон}\n")
    inside = node.entries[0].value
    assert isinstance(inside, Mapping)
    assert inside.entries[1].key.span == Span("x.yml", 1, 26, 33)
    assert inside.entries[1].value.span == Span("x.yml", 1, 35, 42)


def test_columns_are_the_same_whatever_ends_a_line_and_behind_a_byte_order_mark() -> None:
    found = Collector()
    node, text = read(b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n", "x.yml", found)
    assert node is not None
    assert [entry.key.span.line for entry in node.entries] == [1, 2, 3]
    assert node.entries[0].key.span.column == 1
    assert text == "a: 1\nb: 2\nc: 3\n"


def test_a_value_over_several_lines_knows_the_place_of_each_part() -> None:
    node = tree("rule: orders >= 2 and\n   rfm = lost\n\n   and city = Омск\nnext: 1\n")
    value = node.get("rule")
    assert isinstance(value, Scalar)
    for word, place in (("orders", (1, 7)), ("rfm", (2, 4)), ("city", (4, 8)), ("Омск", (4, 15))):
        span = value.part(value.text.index(word), value.text.index(word) + len(word))
        assert (span.line, span.column) == place


def test_lists_and_mappings_nest() -> None:
    node = tree("a:\n  - {b: [1, 2]}\n  - c\n")
    items = node.get("a")
    assert isinstance(items, Sequence)
    assert len(items.items) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\n\tb: 2", "R103@2:1"),
        ("a: 1\na: 2", "R105@2:1"),
        ("a: {b: 1, b: 2}", "R105@1:11"),
        ("a: &x 1", "R106@1:4"),
        ("a: *x", "R106@1:4"),
        ("a: !!str 1", "R107@1:4"),
        ("<<: {a: 1}", "R108@1:1"),
        ("a: 1\n---\nb: 2", "R109@2:1"),
        ("a:", "R111@1:1"),
        ("a:\n  - 1\n  -", "R111@3:4"),
        ("a: {b}", "R111@1:5"),
        ("", "R112@1:1"),
        ("# only\n", "R112@1:1"),
        ("a: {[b]: 1}", "R113@1:5"),
        ("- a", "R202@1:1"),
        ("привет", "R202@1:1"),
        ("a: \x00", "R102@1:4"),
        ("a: б\u2028", "R102@1:5"),
        ("a: б\ufeff", "R102@1:5"),
        (b"a: \xd0", "R101@1:4"),
        ("я: 1\nв: ".encode() + b"\xff", "R101@2:4"),
        ("a: 1".encode("utf-16"), "R101@1:1"),
        ("a: " + "[" * 65 + "]" * 65, "R110@1:67"),
        ("a: [" + "1," * 50_001 + "1]", "R110@1:99999"),
        (b"#" * ((1 << 20) + 1), "R110@1:1"),
        ('a: "б', "R104@1:4"),
        ("a: {b: 1", "R104@1:4"),
        ("a: б: c", "R104@1:5"),
    ],
)
def test_what_a_spec_may_not_hold_is_refused_at_its_place(text: str | bytes, fault: str) -> None:
    assert faults(text)[0] == fault


def test_two_hundred_thousand_brackets_are_an_answer_and_no_crash() -> None:
    assert faults("[" * 200_000) == ["R110@1:65"]


def test_an_alias_bomb_is_refused_at_every_alias() -> None:
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert faults(bomb).count("R106@2:8") == 1
    assert len(faults(bomb)) == 6


plain = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=12
)
nested = st.recursive(
    plain, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(plain, inner, min_size=1, max_size=3)
)


@settings(deadline=None)
@given(st.dictionaries(plain, nested, min_size=1, max_size=4))
def test_what_pyyaml_writes_is_read_back_as_it_was(data: dict[str, object]) -> None:
    text = pyyaml.safe_dump(data, allow_unicode=True, default_style='"', width=10_000)
    found = Collector()
    node = parse(text, "x.yml", found)
    if any(item.code == "R102" for item in found):  # a character that YAML 1.1 allows and we do not
        return
    assert not found.items
    assert _plain(node) == data


def _plain(node: object) -> object:
    if isinstance(node, Mapping):
        return {entry.key.text: _plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node]
    assert isinstance(node, Scalar)
    return node.text
