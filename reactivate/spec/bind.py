"""Positioned tree -> attrs classes, strictly: every fault is found in one pass, and none silences another.

The same binder reads the model of the language and the settings classes of plug-ins. An object is made even of a part
with faults (what could not be read is its default, or None), so that all later checks can still look at the rest.
"""

from collections.abc import Sequence as Listed
from typing import Any, Protocol, get_args, get_origin

import attrs
from attrs import define, field

from reactivate.diagnostics import Collector, Diagnostic
from reactivate.rules.hints import lookalike
from reactivate.spec.bind_plugin import bind_plugin
from reactivate.spec.bind_step import bind_step
from reactivate.spec.fields import Key, alternatives, expected, keys_of, opened, shape
from reactivate.spec.kinds import FAULT, Either, Places
from reactivate.spec.scalars import READERS, Around, Unreadable, shown
from reactivate.spec.tree import Entry, Mapping, Node, Scalar, Sequence
from reactivate.text import nearest, one_of


class Plugins(Protocol):
    """What the binder asks of the registry of plug-ins."""

    def get(self, kind: str, word: str) -> Any: ...

    def words(self, kind: str) -> list[str]: ...


_SINGULAR: dict[str, str] = {
    "sources": "source", "channels": "channel", "questions": "question", "columns": "column", "services": "service",
    "offers": "offer", "split": "variant", "guards": "guard", "segments": "segment", "write_back": "write_back of",
}  # fmt: skip


@define
class Binder:
    """Binds one file. `elsewhere`: keys of the other kind of file, for the hint."""

    found: Collector
    around: Around
    plugins: Plugins
    elsewhere: dict[str, str] = field(factory=dict)

    def bind(self, cls: Any, node: Node, what: str, **inner: Any) -> Any:
        """An object of a model class from a mapping; None when there is no mapping."""
        if not isinstance(node, Mapping):
            self.wrong_shape(node, what, "keys with values")
            return None
        if hasattr(cls, "plugin"):
            return bind_plugin(self, cls, node, what, inner)
        places = Places(whole=node.span)
        keys = self.keys(cls, node, what)
        if keys is None:
            return None
        values = self.values(keys, self.known(node, [key.key for key in keys], what), what, places)
        return self.made(cls, values, {**inner, "places": places}, node, what)

    # -- keys ------------------------------------------------------------------------------------------------

    def keys(self, cls: type, node: Node, what: str) -> tuple[Key, ...] | None:
        """The keys of a class; R507 and None when a stranger's annotations cannot be read."""
        try:
            return keys_of(cls)
        except Exception as fault:  # noqa: BLE001 - a stranger's class: whatever it raises is its fault, and is named
            said = f"the settings of {what} cannot be read: {type(fault).__name__}: {fault}"
            self.found.error("R507", said, node.span, "tell the author of the plug-in")
            return None

    def known(self, node: Mapping, allowed: Listed[str], what: str) -> Mapping:
        """`node` with known keys only. A misspelt key takes the name that was clearly meant (R203 says so), so that its
        value is looked at and the right key is not called missing as well.
        """
        names = set(node.names)
        entries = []
        for entry in node.entries:
            word = entry.key.text
            if word in allowed:
                entries.append(entry)
                continue
            meant = nearest(word, [name for name in allowed if name not in names])
            hint = f"did you mean {meant!r}?" if meant else self.elsewhere.get(word)
            hint = lookalike(word, allowed) or hint
            hint = hint or f"allowed here: {one_of(allowed, 12)}"
            self.found.error("R203", f"unknown key {word!r} in {what}", entry.key.span, hint)
            if meant is not None:
                names.add(meant)
                entries.append(Entry(attrs.evolve(entry.key, text=meant), entry.value))
        return Mapping(tuple(entries), node.span)

    def values(self, keys: Listed[Key], node: Mapping, what: str, places: Places) -> dict[str, Any]:
        """Arguments for the class; faults are FAULT. Keys of `node` that are not among `keys` are for another class."""
        by_key = {key.key: key for key in keys}
        values: dict[str, Any] = {}
        for entry in node.entries:
            key = by_key.get(entry.key.text)
            if key is not None:
                places.keys[key.key] = entry.key.span
                called = f"{key.key!r}" if what.startswith(f"{key.key} ") else f"{key.key!r} of {what}"
                values[key.argument] = self.value(key.type, entry.value, called, places, key.key)
                if key.deprecated:
                    self.found.warning("R513", f"{called} is on its way out", entry.key.span, key.deprecated)
                if key.words and not self._of_words(entry.value, key.words, called):
                    values[key.argument] = FAULT
        for key in keys:
            if key.required and key.argument not in values:
                self._missing(key, node, what)
        return values

    def _of_words(self, node: Node, words: Listed[str], what: str) -> bool:
        """Whether a text, or each text of a list, is one of the closed set that the field names."""
        nodes = node.items if isinstance(node, Sequence) else (node,)
        strange = [item for item in nodes if isinstance(item, Scalar) and not item.empty and item.text not in words]
        for item in strange:
            self._not_a_word(item, words, what)
        return not strange

    def _missing(self, key: Key, node: Mapping, what: str) -> None:
        example = f"for example `{key.key}: {key.example}`" if key.example else None
        self.found.error("R201", f"{what} lacks {key.key!r}: {key.doc.split(';')[0]}", node.span, example)

    def made(self, cls: Any, values: dict[str, Any], inner: dict[str, Any], node: Node, what: str) -> Any:
        """The object, with None for required values that could not be read; None and R220 when a stranger's class
        refuses what it is given.
        """
        given = {name: value for name, value in values.items() if value is not FAULT}
        for key in keys_of(cls):
            if key.required and key.argument not in given:
                given[key.argument] = _nothing(key.type)
        known = {item.name for item in attrs.fields(cls)}
        try:
            return cls(**given, **{name: value for name, value in inner.items() if name in known})
        except Exception as fault:  # noqa: BLE001 - validators of a stranger's class
            if len(given) == len(values):  # nothing was missing, so this is the first complaint
                self.found.error("R220", f"{what}: refused, {fault}", node.span)
            return None

    # -- values ----------------------------------------------------------------------------------------------

    def value(self, kind: Any, node: Node, what: str, places: Places, path: str) -> Any:  # noqa: PLR0911 - one per type
        """The value of a node read as `kind`, or FAULT."""
        places.values[path] = node.span
        if isinstance(node, Scalar) and node.empty:
            return FAULT  # reported by the YAML reader
        parts = alternatives(kind)
        if all(hasattr(part, "verb") for part in parts):
            return bind_step(self, parts, node)
        if len(parts) > 1:
            return self._either(parts, node, what, places, path)
        bare, single = opened(kind)
        if bare in READERS:
            return self._scalar(bare, node, what)
        origin = get_origin(bare)
        if origin is not None and shape(bare) == "scalar":
            return self._word(get_args(bare), node, what)
        if origin in (tuple, list, set, frozenset):
            return self._list(origin, get_args(bare)[0], node, what, places, path, single)
        if origin is dict:
            return self._dict(get_args(bare), node, what, places, path)
        if attrs.has(bare):
            made = self.bind(bare, node, path if path in ("goal", "limits") else what)
            return FAULT if made is None else made
        self.found.error(
            "R508", f"{what} has a type that no spec can hold: {bare!r}", node.span, "tell the author of the plug-in"
        )
        return FAULT

    def _scalar(self, kind: Any, node: Node, what: str) -> Any:
        reader = READERS[kind]
        if not isinstance(node, Scalar):
            words = [item.text for item in node if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
            hint = f"write {' or '.join(words)}: a list would mean all of them" if kind == Either and words else None
            return self.wrong_shape(node, what, reader.expects, hint)
        try:
            return reader.read(node, self.around)
        except Unreadable as fault:
            self.found.error(fault.code, f"{what}: {fault.message}", node.span, fault.hint)
            return FAULT

    def _word(self, words: tuple[Any, ...], node: Node, what: str) -> Any:
        if not isinstance(node, Scalar):
            return self.wrong_shape(node, what, f"one of {', '.join(map(str, words))}")
        if node.text in words:
            return node.text
        return self._not_a_word(node, words, what)

    def _not_a_word(self, node: Node, words: Listed[str], what: str = "") -> Any:
        text = node.text if isinstance(node, Scalar) else ""
        meant = nearest(text, words)
        hint = f"did you mean {meant!r}?" if meant else None
        start = f"{what}: " if what else ""
        self.found.error("R210", f"{start}expected {expected_words(words)}, got {shown(text)}", node.span, hint)
        return FAULT

    def _list(self, origin: Any, kind: Any, node: Node, what: str, places: Places, path: str, single: bool) -> Any:
        if single and not isinstance(node, Sequence):
            node = Sequence((node,), node.span)
        if not isinstance(node, Sequence):
            hint = f"write [{node.text}]" if isinstance(node, Scalar) else None
            return self.wrong_shape(node, what, "a list", hint)
        if not node.items:
            self.found.error("R218", f"{what} is an empty list", node.span, "write its items, or delete the key")
            return FAULT
        read = [self.value(kind, item, what, places, f"{path}.{i}") for i, item in enumerate(node.items)]
        return origin(item for item in read if item is not FAULT)

    def _dict(self, kinds: tuple[Any, ...], node: Node, what: str, places: Places, path: str) -> Any:
        if not isinstance(node, Mapping):
            return self.wrong_shape(node, what, "keys with values")
        if not node.entries:
            self.found.error("R218", f"{what} is empty", node.span, "write its keys, or delete it")
            return FAULT
        key_kind, value_kind = kinds
        read: dict[str, Any] = {}
        for entry in node.entries:
            inside = f"{path}.{entry.key.text}"
            places.keys[inside] = entry.key.span
            name = self._scalar(key_kind, entry.key, what)
            called = f"{_SINGULAR.get(path, path)} {entry.key.text!r}"
            if attrs.has(value_kind) and value_kind not in READERS:
                value = self.bind(value_kind, entry.value, called, name=entry.key.text)
                places.values[inside] = entry.value.span
                value = FAULT if value is None else value
            else:
                value = self.value(value_kind, entry.value, f"{entry.key.text!r} of {what}", places, inside)
            if value is not FAULT:
                read[entry.key.text if name is FAULT else name] = value
        return read

    def _either(self, parts: tuple[Any, ...], node: Node, what: str, places: Places, path: str) -> Any:
        """One of several types: by the shape of the node, then the first that can read it."""
        form = "list" if isinstance(node, Sequence) else "keys" if isinstance(node, Mapping) else "scalar"
        fitting = [part for part in parts if shape(part) == form]
        if not fitting:
            return self.wrong_shape(node, what, expected(parts[0]) if len(parts) == 1 else _any_of(parts))
        if len(fitting) == 1:
            return self.value(fitting[0], node, what, places, path)
        complaints: list[Diagnostic] = []
        for part in sorted(fitting, key=_words_first):
            trial = Collector()
            value = attrs.evolve(self, found=trial).value(part, node, what, places, path)
            if not trial.failed:
                return value
            complaints += trial.items
        best = next((item for item in complaints if item.hint), complaints[0])
        got = (
            shown(node.text)
            if isinstance(node, Scalar) and not any(item.code == "R213" for item in complaints)
            else "this"
        )
        self.found.add(attrs.evolve(best, message=f"{what}: expected {_any_of(fitting)}, got {got}"))
        return FAULT

    def wrong_shape(self, node: Node, what: str, wanted: str, hint: str | None = None) -> Any:
        got = shown(node.text) if isinstance(node, Scalar) else node.kind
        self.found.error("R202", f"{what}: expected {wanted}, got {got}", node.span, hint)
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


def _nothing(kind: Any) -> Any:
    """What stands for a required value that is not there: an empty collection or None."""
    bare, _ = opened(kind)
    origin = get_origin(bare)
    return origin() if origin in (tuple, list, dict, set, frozenset) else None
