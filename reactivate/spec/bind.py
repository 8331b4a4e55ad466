"""Positioned tree -> attrs classes, strictly: every fault is found in one pass, and none silences another.

The same binder reads the model of the language and the settings classes of plug-ins. An object is made even of a part
with faults (what could not be read is its default, or None), so that all later checks can still look at the rest.
"""

from collections.abc import Sequence as Listed
from typing import Any, Protocol, get_origin

import attrs
from attrs import define, field

from reactivate.diagnostics import Collector
from reactivate.rules.hints import lookalike
from reactivate.spec.bind_plugin import bind_plugin
from reactivate.spec.bind_value import bind_value, not_a_word
from reactivate.spec.fields import Key, keys_of, opened
from reactivate.spec.kinds import FAULT, Places
from reactivate.spec.scalars import Around, shown
from reactivate.spec.tree import Entry, Mapping, Node, Scalar, Sequence
from reactivate.text import nearest, one_of


class Plugins(Protocol):
    """What the binder asks of the registry of plug-ins."""

    def get(self, kind: str, word: str) -> Any: ...

    def words(self, kind: str) -> list[str]: ...


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
                values[key.argument] = bind_value(self, key.type, entry.value, called, places, key.key)
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
            not_a_word(self, item, words, what)
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

    # -- faults ----------------------------------------------------------------------------------------------

    def wrong_shape(self, node: Node, what: str, wanted: str, hint: str | None = None) -> Any:
        got = shown(node.text) if isinstance(node, Scalar) else node.kind
        self.found.error("R202", f"{what}: expected {wanted}, got {got}", node.span, hint)
        return FAULT


def _nothing(kind: Any) -> Any:
    """What stands for a required value that is not there: an empty collection or None."""
    bare, _ = opened(kind)
    origin = get_origin(bare)
    return origin() if origin in (tuple, list, dict, set, frozenset) else None
