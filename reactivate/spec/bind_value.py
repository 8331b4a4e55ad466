"""A node of the tree read as one type: a scalar, one of some words, a list, named values, one of several types."""

from collections.abc import Sequence as Listed
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs

from reactivate.diagnostics import Collector, Diagnostic
from reactivate.spec.bind_step import bind_step
from reactivate.spec.fields import alternatives, expected, opened, shape
from reactivate.spec.kinds import FAULT, Either, Places
from reactivate.spec.scalars import READERS, Unreadable, shown
from reactivate.spec.tree import Mapping, Node, Scalar, Sequence
from reactivate.text import nearest

if TYPE_CHECKING:
    from reactivate.spec.bind import Binder

_SINGULAR: dict[str, str] = {
    "sources": "source", "channels": "channel", "questions": "question", "columns": "column", "services": "service",
    "offers": "offer", "split": "variant", "guards": "guard", "segments": "segment", "write_back": "write_back of",
}  # fmt: skip


def bind_value(binder: "Binder", kind: Any, node: Node, what: str, places: Places, path: str) -> Any:  # noqa: PLR0911 - one per type
    """The value of a node read as `kind`, or FAULT."""
    places.values[path] = node.span
    if isinstance(node, Scalar) and node.empty:
        return FAULT  # reported by the YAML reader
    parts = alternatives(kind)
    if all(hasattr(part, "verb") for part in parts):
        return bind_step(binder, parts, node)
    if len(parts) > 1:
        return _either(binder, parts, node, what, places, path)
    bare, single = opened(kind)
    if bare in READERS:
        return _scalar(binder, bare, node, what)
    origin = get_origin(bare)
    if origin is not None and shape(bare) == "scalar":
        return _word(binder, get_args(bare), node, what)
    if origin in (tuple, list, set, frozenset):
        return _list(binder, origin, get_args(bare)[0], node, what, places, path, single)
    if origin is dict:
        return _dict(binder, get_args(bare), node, what, places, path)
    if attrs.has(bare):
        made = binder.bind(bare, node, path if path in ("goal", "limits") else what)
        return FAULT if made is None else made
    binder.found.error(
        "R508", f"{what} has a type that no spec can hold: {bare!r}", node.span, "tell the author of the plug-in"
    )
    return FAULT


def _scalar(binder: "Binder", kind: Any, node: Node, what: str) -> Any:
    reader = READERS[kind]
    if not isinstance(node, Scalar):
        words = [item.text for item in node if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
        hint = f"write {' or '.join(words)}: a list would mean all of them" if kind == Either and words else None
        return binder.wrong_shape(node, what, reader.expects, hint)
    try:
        return reader.read(node, binder.around)
    except Unreadable as fault:
        binder.found.error(fault.code, f"{what}: {fault.message}", node.span, fault.hint)
        return FAULT


def _word(binder: "Binder", words: tuple[Any, ...], node: Node, what: str) -> Any:
    if not isinstance(node, Scalar):
        return binder.wrong_shape(node, what, f"one of {', '.join(map(str, words))}")
    if node.text in words:
        return node.text
    return not_a_word(binder, node, words, what)


def not_a_word(binder: "Binder", node: Node, words: Listed[str], what: str = "") -> Any:
    text = node.text if isinstance(node, Scalar) else ""
    meant = nearest(text, words)
    hint = f"did you mean {meant!r}?" if meant else None
    start = f"{what}: " if what else ""
    binder.found.error("R210", f"{start}expected {expected_words(words)}, got {shown(text)}", node.span, hint)
    return FAULT


def _list(
    binder: "Binder", origin: Any, kind: Any, node: Node, what: str, places: Places, path: str, single: bool
) -> Any:
    if single and not isinstance(node, Sequence):
        node = Sequence((node,), node.span)
    if not isinstance(node, Sequence):
        hint = f"write [{node.text}]" if isinstance(node, Scalar) else None
        return binder.wrong_shape(node, what, "a list", hint)
    if not node.items:
        binder.found.error("R218", f"{what} is an empty list", node.span, "write its items, or delete the key")
        return FAULT
    read = [bind_value(binder, kind, item, what, places, f"{path}.{i}") for i, item in enumerate(node.items)]
    return origin(item for item in read if item is not FAULT)


def _dict(binder: "Binder", kinds: tuple[Any, ...], node: Node, what: str, places: Places, path: str) -> Any:
    if not isinstance(node, Mapping):
        return binder.wrong_shape(node, what, "keys with values")
    if not node.entries:
        binder.found.error("R218", f"{what} is empty", node.span, "write its keys, or delete it")
        return FAULT
    key_kind, value_kind = kinds
    read: dict[str, Any] = {}
    for entry in node.entries:
        inside = f"{path}.{entry.key.text}"
        places.keys[inside] = entry.key.span
        name = _scalar(binder, key_kind, entry.key, what)
        called = f"{_SINGULAR.get(path, path)} {entry.key.text!r}"
        if attrs.has(value_kind) and value_kind not in READERS:
            value = binder.bind(value_kind, entry.value, called, name=entry.key.text)
            places.values[inside] = entry.value.span
            value = FAULT if value is None else value
        else:
            value = bind_value(binder, value_kind, entry.value, f"{entry.key.text!r} of {what}", places, inside)
        if value is not FAULT:
            read[entry.key.text if name is FAULT else name] = value
    return read


def _either(binder: "Binder", parts: tuple[Any, ...], node: Node, what: str, places: Places, path: str) -> Any:
    """One of several types: by the shape of the node, then the first that can read it."""
    form = "list" if isinstance(node, Sequence) else "keys" if isinstance(node, Mapping) else "scalar"
    fitting = [part for part in parts if shape(part) == form]
    if not fitting:
        return binder.wrong_shape(node, what, expected(parts[0]) if len(parts) == 1 else _any_of(parts))
    if len(fitting) == 1:
        return bind_value(binder, fitting[0], node, what, places, path)
    complaints: list[Diagnostic] = []
    for part in sorted(fitting, key=_words_first):
        trial = Collector()
        value = bind_value(attrs.evolve(binder, found=trial), part, node, what, places, path)
        if not trial.failed:
            return value
        complaints += trial.items
    best = next((item for item in complaints if item.hint), complaints[0])
    got = (
        shown(node.text) if isinstance(node, Scalar) and not any(item.code == "R213" for item in complaints) else "this"
    )
    binder.found.add(attrs.evolve(best, message=f"{what}: expected {_any_of(fitting)}, got {got}"))
    return FAULT


def expected_words(words: Listed[str]) -> str:
    """`one of a, b, c`."""
    return f"one of {', '.join(map(str, words))}" if len(words) > 1 else f"{words[0]!r}"


def _any_of(parts: Listed[Any]) -> str:
    return " or ".join(dict.fromkeys(expected(part) for part in parts))


def _words_first(kind: Any) -> int:
    """Fixed words are tried before types; secrets before paths; a rule reads anything, so it is tried last."""
    name = getattr(kind, "__name__", "")
    if kind not in READERS:
        return 0
    return {"Secret": 1, "Rule": 9, "str": 8, "Text": 7, "Path": 6}.get(name, 3)
