"""The JSON Schema of the language, for editors: made from the model's metadata and the plug-ins installed.

Draft 7, which the YAML language server reads best. Parts that depend on `use:` are chosen by `if`/`then`, so that an
editor names the one wrong key instead of "matches none of nine schemas". The binder, not this schema, is the judge:
what a text means (currencies, quotes, rules) only it knows.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import define, field

from reactivate.contracts.settings import Text
from reactivate.contracts.values import plain
from reactivate.errors import ReactivateError
from reactivate.spec import kinds
from reactivate.spec.bind import Plugins
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.fields import Key, alternatives, keys_of, opened
from reactivate.spec.scalars import READERS
from reactivate.spec.units import CURRENCIES, LANGUAGES, zones

Schema = dict[str, Any]
_ANY_SCALAR = {"type": ["string", "number", "boolean"]}


def schema(plugins: Plugins) -> Schema:
    """The schema of both kinds of file: a file with `brand` is a business file."""
    maker = _Maker(plugins)
    business, campaign = maker.of(Business), maker.of(Campaign)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://reactivate.example/schema/1.json",
        "title": "reactivate: a business file or a campaign file",
        "type": "object",
        "if": {"required": ["brand"]},
        "then": business,
        "else": campaign,
        "definitions": maker.definitions,
    }


@define
class _Maker:
    """Turns types into schemas; classes become definitions."""

    plugins: Plugins
    definitions: dict[str, Schema] = field(factory=dict)

    def of(self, kind: Any) -> Schema:  # noqa: PLR0911 - one per shape
        """The schema of a type."""
        parts = alternatives(kind)
        if all(hasattr(part, "verb") for part in parts):
            return self._ref("Step", lambda: self._step(parts))
        if len(parts) > 1:
            return {"anyOf": [self.of(part) for part in parts]}
        bare, single = opened(kind)
        origin = get_origin(bare)
        if bare in READERS:
            return scalar(bare)
        if origin is Literal:
            return {"enum": [_typed(word) for word in get_args(bare)]}
        if origin in (tuple, list, set, frozenset):
            item = self.of(get_args(bare)[0])
            listed = {"type": "array", "items": item, "minItems": 1}
            return {"anyOf": [item, listed]} if single else listed
        if origin is dict:
            return self._dict(*get_args(bare))
        if hasattr(bare, "plugin"):
            return self._ref(bare.__name__, lambda: self._plugin(bare))
        if attrs.has(bare):
            return self._ref(
                f"{bare.__module__}.{bare.__name__}", lambda: _closed(self._properties(keys_of(bare)), bare)
            )
        return {}

    def _ref(self, name: str, make: Any) -> Schema:
        name = name.rpartition(".")[2] if name.startswith("reactivate.spec") else name
        if name not in self.definitions:
            self.definitions[name] = {}  # stands in while the class refers to itself
            self.definitions[name] = make()
        return {"$ref": f"#/definitions/{name}"}

    def _dict(self, key: Any, value: Any) -> Schema:
        made: Schema = {"type": "object", "additionalProperties": self.of(value), "minProperties": 1}
        pattern = READERS[key].pattern if key in READERS else None
        return {**made, "propertyNames": {"pattern": pattern}} if pattern else made

    def _properties(self, keys: tuple[Key, ...]) -> Schema:
        return {key.key: self._property(key) for key in keys}

    def _property(self, key: Key) -> Schema:
        made = _of_words(self.of(key.type), key.words)
        described: Schema = {"description": description(key)} | ({"deprecated": True} if key.deprecated else {})
        if key.example:
            described["examples"] = [key.example]
        if isinstance(default := plain(key.default), (str, bool, int)):
            described["default"] = default
        return {"allOf": [made], **described} if "$ref" in made else {**made, **described}

    def _step(self, classes: tuple[Any, ...]) -> Schema:
        verbs = {cls.verb: _closed(self._properties(keys_of(cls)), cls) for cls in classes}
        return {
            "type": "object",
            "anyOf": [{"required": [verb]} for verb in verbs],
            "allOf": [{"if": {"required": [verb]}, "then": made} for verb, made in verbs.items()],
        }

    def _plugin(self, cls: Any) -> Schema:
        shared = keys_of(cls)
        branches, words = [], []
        for word in sorted(self.plugins.words(cls.plugin)):
            try:
                descriptor = self.plugins.get(cls.plugin, word)
                own = keys_of(descriptor.settings)
            except (ReactivateError, NameError, TypeError):
                words.append({"const": word, "description": "installed, but cannot be loaded"})
                continue
            planned = " (planned, not built yet)" if descriptor.stability == "planned" else ""
            words.append({"const": word, "description": descriptor.summary.removesuffix(" (planned)") + planned})
            properties = {**self._properties(shared), **self._properties(own)}
            required = [key.key for key in (*shared, *own) if key.required]
            then = {"properties": properties, "required": required, "additionalProperties": False}
            branches.append({"if": {"properties": {"use": {"const": word}}, "required": ["use"]}, "then": then})
        return {
            "type": "object",
            "description": (cls.__doc__ or "").strip(),
            "properties": {"use": {"oneOf": words, "description": f"which {cls.plugin} plug-in"}},
            "required": ["use"],
            "allOf": branches,
        }


def scalar(kind: Any) -> Schema:  # noqa: PLR0911 - one per way to write a value
    """The schema of a scalar as an editor sees it, which reads `3` as a number and `true` as a truth."""
    lists = {kinds.Currency: CURRENCIES, kinds.Language: LANGUAGES, kinds.Zone: zones()}
    if kind in lists:
        return {"enum": sorted(lists[kind])}
    if kind is int:
        return {"type": "integer", "minimum": 0}
    if kind is bool:
        return {"type": "boolean"}
    reader = READERS[kind]
    if kind in (str, kinds.Rule) or (kind is not Text and reader.pattern is None):
        return dict(_ANY_SCALAR)
    if reader.pattern is None:
        return {"type": "string", "minLength": 1}
    made: Schema = {"type": "string", "pattern": reader.pattern}
    if kind is kinds.People:
        return {"anyOf": [{"type": "integer", "minimum": 0}, made]}
    return {"type": "number"} if reader.pattern.startswith("^-?") else made


def _of_words(made: Schema, words: tuple[str, ...]) -> Schema:
    """A text, or a list of texts, of a closed set."""
    if not words:
        return made
    return {**made, "items": {"enum": list(words)}} if made.get("type") == "array" else {"enum": list(words)}


def description(key: Key) -> str:
    """What an editor shows beside a key."""
    unit = f" ({key.unit})" if key.unit else ""
    example = f"\n\nExample: `{key.key}: {key.example}`" if key.example else ""
    return f"{key.doc}{unit}{example}"


def _closed(properties: Mapping[str, Any], cls: type) -> Schema:
    required = [key.key for key in keys_of(cls) if key.required]
    made: Schema = {"type": "object", "description": (cls.__doc__ or "").strip().split("\n")[0]}
    return {**made, "properties": dict(properties), "required": required, "additionalProperties": False}


def _typed(word: str) -> Any:
    """A word as an editor reads it: `one` is a text, and a word of digits alone would be a number."""
    return int(word) if isinstance(word, str) and word.isdigit() else word
