"""The binder: strict, complete, and the same for plug-ins."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from attrs import field, fields, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_tools import BUSINESS, CAMPAIGN, Stubs, codes, loaded, stubs, write

from reactivate.contracts.settings import Share, setting
from reactivate.contracts.values import Duration, Money, Secret
from reactivate.diagnostics import Collector
from reactivate.host.descriptors import ChannelType
from reactivate.spec.bind import Binder
from reactivate.spec.kinds import ONE_OR_MORE
from reactivate.spec.load import load
from reactivate.spec.scalars import Around
from reactivate.spec.tree import Entry, Mapping, Node, Scalar, Sequence
from reactivate.spec.yaml import parse


@frozen
class Inner:
    size: int = setting("size")


@frozen
class Everything:
    """One field of each shape that a plug-in may declare."""

    word: Literal["a", "b"] = setting("a word")
    host: str | Secret = setting("address", default="localhost")
    value: Money | Share | None = setting("discount", default=None)
    names: tuple[str, ...] = setting("names", default=())
    one: Annotated[tuple[str, ...], ONE_OR_MORE] = setting("one or more", default=())
    sizes: dict[str, int] = setting("sizes", factory=dict)
    nested: Inner | None = setting("nested", default=None)
    sender: str = setting("from", default="", key="from")
    colour: str = setting("colour", default="red", words=("red", "blue"))


def bound(cls: Any, text: str, *descriptors: Any) -> tuple[Any, list[str]]:
    found = Collector()
    node = parse(text, "x.yml", found)
    assert node is not None
    made = Binder(found, Around(Path("/shop"), "UAH"), Stubs(*descriptors)).bind(cls, node, "this thing")
    return made, codes(found)


def test_reads_every_shape() -> None:
    made, faults = bound(
        Everything,
        "word: a\nhost: env:HOST\nvalue: 10%\nnames: [x, y]\none: z\nsizes: {s: 1}\nnested: {size: 2}\nfrom: me\ncolour: blue\n",
    )
    assert faults == []
    assert made == Everything(
        word="a", host=Secret("env:HOST"), value=Share(0.1), names=("x", "y"), one=("z",), sizes={"s": 1}, nested=Inner(2),
        sender="me", colour="blue",
    )  # fmt: skip


def test_finds_every_fault_in_one_pass() -> None:
    _, faults = bound(
        Everything,
        "word: c\nhost: {a: 1}\nvalue: ten\nnames: x\nsizes: {s: one}\nnested: {siz: 2}\ncolour: green\nother: 1\n",
    )
    assert faults == [
        "R210@1:7", "R202@2:7", "R206@3:8", "R202@4:8", "R209@5:12", "R203@6:10", "R210@7:9", "R203@8:1",
    ]  # fmt: skip


def test_a_fault_keeps_the_other_values() -> None:
    made, _ = bound(Everything, "word: a\nnames: x\nsizes: {s: 1}\n")
    assert (made.word, made.names, made.sizes) == ("a", (), {"s": 1})


@frozen
class Picky:
    low: int = setting("low")
    high: int = setting("high")

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low is above high")


@frozen
class Odd:
    what: object = setting("anything")


@frozen
class Unknown:
    what: "NoSuchType" = field()  # type: ignore[name-defined] # noqa: F821


@pytest.mark.parametrize(
    ("cls", "line", "code"),
    [
        (Picky, "low: 3, high: 1", "R220"),
        (Picky, "low: 1", "R201"),
        (Odd, "what: 1", "R508"),
        (Unknown, "what: 1", "R507"),
    ],
)
def test_a_strangers_settings_class_is_answered_not_crashed_on(tmp_path: Path, cls: type, line: str, code: str) -> None:
    known = stubs()
    known.known["channel", "odd"] = ChannelType(name="odd", summary="", settings=cls, reaches="email")
    business = BUSINESS.replace("use: smtp, host: env:SMTP_HOST, from: hello@sova.example", f"use: odd, {line}")
    spec = load(write(tmp_path, business=business), known)
    assert code in [item.code for item in spec.diagnostics]


def test_a_fault_of_a_plugin_key_names_the_part_it_belongs_to(tmp_path: Path) -> None:
    spec = loaded(tmp_path, business=BUSINESS.replace("folder: out/calls", "foldr: out/calls"))
    [fault] = [item for item in spec.diagnostics if item.is_error]
    assert fault.message == "unknown key 'foldr' in channel 'desk'"
    assert fault.hint == "did you mean 'folder'?"


def _mappings(node: Node) -> list[Mapping]:
    if isinstance(node, Mapping):
        return [node, *(found for entry in node.entries for found in _mappings(entry.value))]
    return [found for item in node for found in _mappings(item)] if isinstance(node, Sequence) else []


OPEN = {
    "from",
    "map",
    "results",
    "margin",
    "fields",
    "segments",
    "offers",
    "channels",
    "questions",
    "sources",
    "split",
    "at_most",
    "events",
    "types",
}


@pytest.mark.parametrize("text", [BUSINESS, CAMPAIGN], ids=["business", "campaign"])
def test_an_unknown_key_is_refused_at_every_depth(tmp_path: Path, text: str) -> None:
    """Every mapping of the language, except those whose keys are names of the user's own, refuses `zzzzzz`."""
    root = parse(text, "x.yml", Collector())
    assert root is not None
    free = {id(entry.value) for found in _mappings(root) for entry in found.entries if entry.key.text in OPEN}
    lines = text.splitlines()
    tried = 0
    for mapping in _mappings(root):
        if id(mapping) in free or not mapping.entries:
            continue
        key = mapping.entries[0].key.span
        line = lines[key.line - 1]
        flow = line[key.column - 2 : key.column - 1] == "{"
        new = line[: key.column - 1] + "zzzzzz: 1, " + line[key.column - 1 :] if flow else None
        pad = " " * (key.column - 1)
        broken = [*lines]
        if new:
            broken[key.line - 1] = new
        else:
            broken[key.line - 1] = line[: key.column - 1] + "zzzzzz: 1"
            broken.insert(key.line, pad + line[key.column - 1 :])
        mutated = "\n".join(broken) + "\n"
        spec = loaded(tmp_path, business=mutated) if text is BUSINESS else loaded(tmp_path, mutated)
        assert "R203" in [item.code for item in spec.diagnostics], mutated
        tried += 1
    assert tried >= 4


def test_the_plan_of_a_class_and_its_keys_agree() -> None:
    from reactivate.spec.fields import keys_of

    assert [key.key for key in keys_of(Everything)][-2:] == ["from", "colour"]
    assert len(keys_of(Everything)) == len(fields(Everything))


names = st.sampled_from(["word", "host", "value", "names", "one", "sizes", "nested", "from", "colour", "use", "x"])
values = st.recursive(
    st.sampled_from(["a", "10%", "5 UAH", "env:X", "1", "", "ß"]).map(lambda text: text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def _node(value: Any) -> Node:
    from reactivate.diagnostics import Span

    span = Span("x", 1, 1, 2)
    if isinstance(value, dict):
        return Mapping(tuple(Entry(Scalar(key, span), _node(item)) for key, item in value.items()), span)
    if isinstance(value, list):
        return Sequence(tuple(_node(item) for item in value), span)
    return Scalar(value, span, quoted=not value)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names, values, max_size=6))
def test_the_binder_makes_an_object_or_complains_and_never_raises(data: dict[str, Any]) -> None:
    found = Collector()
    made = Binder(found, Around(Path("/shop"), "UAH"), Stubs()).bind(Everything, _node(data), "this thing")
    assert isinstance(made, Everything)
    if not found.failed:
        assert made.word in ("a", "b")


def test_durations_of_the_model_have_defaults(tmp_path: Path) -> None:
    spec = loaded(tmp_path)
    assert spec.business.cool_off == Duration(180, "d")
    assert str(spec.business.cap) == "3 per 30d"
    assert spec.business.match.by == ("phone", "email", "name")


def test_an_empty_value_never_reaches_a_plugin(tmp_path: Path) -> None:
    spec = loaded(tmp_path, business=BUSINESS.replace("folder: out/calls", "folder: "))
    assert [item.code for item in spec.diagnostics if item.is_error] == ["R111"]
    assert spec.business.channels["desk"].settings is None


@frozen
class Holder:
    inside: Picky | None = setting("nested", default=None)


@pytest.mark.parametrize(("line", "code"), [("inside: {low: 3, high: 1}", "R220"), ("inside: {low: 1}", "R201")])
def test_a_class_inside_a_strangers_class_is_answered_too(tmp_path: Path, line: str, code: str) -> None:
    known = stubs()
    known.known["channel", "odd"] = ChannelType(name="odd", summary="", settings=Holder, reaches="email")
    business = BUSINESS.replace("use: smtp, host: env:SMTP_HOST, from: hello@sova.example", f"use: odd, {line}")
    spec = load(write(tmp_path, business=business), known)
    assert [item.code for item in spec.diagnostics if item.is_error] == [code]
