"""What the binder, the JSON Schema and the reference pages know of a settings class: its keys, one by one."""

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from reactivate.spec.kinds import OneOrMore
from reactivate.spec.scalars import READERS


@frozen
class Key:
    """One key of a settings class. `type` is without `None`; `default` is attrs.NOTHING where the key is required."""

    key: str
    argument: str
    attribute: str
    type: Any
    default: Any
    doc: str
    example: str
    unit: str
    words: tuple[str, ...]
    deprecated: str = ""

    @property
    def required(self) -> bool:
        return self.default is attrs.NOTHING


@cache
def keys_of(cls: type) -> tuple[Key, ...]:
    """The keys of a settings class in their order. TypeError or NameError when its annotations cannot be read."""
    hints = get_type_hints(cls, include_extras=True)
    keys = []
    for item in attrs.fields(cls):
        meta = item.metadata
        if meta.get("inner") or not item.init:
            continue
        keys.append(
            Key(
                key=meta.get("key") or item.name.lstrip("_"),
                argument=item.alias or item.name,
                attribute=item.name,
                type=without_none(hints[item.name]),
                default=item.default,
                doc=meta.get("doc", ""),
                example=meta.get("example", ""),
                unit=meta.get("unit", ""),
                words=tuple(meta.get("words", ())),
                deprecated=meta.get("deprecated", ""),
            )
        )
    return tuple(keys)


def without_none(kind: Any) -> Any:
    """`X | None` as `X`."""
    rest = [item for item in alternatives(kind) if item is not NoneType]
    return rest[0] if len(rest) == 1 else Union[tuple(rest)] if len(rest) > 1 else kind  # noqa: UP007 - built at run time


def alternatives(kind: Any) -> tuple[Any, ...]:
    """The parts of a union; a type that is none stands alone."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def opened(kind: Any) -> tuple[Any, bool]:
    """A type without `Annotated`, and whether one item may stand without its list."""
    if get_origin(kind) is Annotated and kind not in READERS:
        inner, *marks = get_args(kind)
        return inner, any(isinstance(mark, OneOrMore) for mark in marks)
    return kind, False


def shape(kind: Any) -> Literal["scalar", "list", "keys", "unknown"]:
    """How a type is written in YAML."""
    kind, _ = opened(kind)
    if kind in READERS or get_origin(kind) is Literal:
        return "scalar"
    if get_origin(kind) in (tuple, list, frozenset, set):
        return "list"
    if get_origin(kind) is dict or attrs.has(kind):
        return "keys"
    return "unknown"


def expected(kind: Any) -> str:
    """A phrase for "expected …"."""
    return " or ".join(dict.fromkeys(_phrases(kind)))


def _phrases(kind: Any) -> Iterator[str]:
    for part in alternatives(kind):
        bare, single = opened(part)
        if bare in READERS:
            yield READERS[bare].expects
        elif get_origin(bare) is Literal:
            yield from (
                [f"one of {', '.join(get_args(bare))}"] if len(get_args(bare)) > 1 else [str(get_args(bare)[0])]
            )
        elif shape(bare) == "list":
            item = get_args(bare)[0]
            yield expected(item) + ", or a list of them" if single else f"a list, each {expected(item)}"
        else:
            yield "keys with values"
