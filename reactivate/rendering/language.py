"""The template language: a small allow-listed part of Jinja, with no way to Python objects.

Values are text, numbers, days, lists of texts and dictionaries of these. A dot reaches only into dictionaries, so no
method or dunder can be named; only lists of titles can be called.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from jinja2 import TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import LoopContext, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

LISTS = frozenset({"last_items", "recommended", "novelties"})
"""Names that may be called with a number: the first so many."""
_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.For, nodes.Assign, nodes.Const,
    nodes.Getattr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Call, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.List, nodes.Tuple,
)  # fmt: skip
_FILTERS = frozenset(
    {"default", "d", "upper", "lower", "capitalize", "title", "trim", "join", "length", "first", "last", "round", "int"}
)
_TESTS = frozenset({"defined", "none", "undefined"})
_LOOP = frozenset({"index", "index0", "first", "last", "length"})
_JINJAS_OWN = frozenset({"self", "loop", "caller", "varargs", "kwargs"})
"""Objects of the engine; `loop` may only be read into: `loop.index`."""
_DEEPEST_LOOP = 2


PLAIN_LINK = re.compile(r"https?://[A-Za-z0-9/?&=%._~#:+-]+")
"""A web address that needs no escaping. Only names that end in `link` hold one: a customer may be called anything."""


class Listing(tuple[str, ...]):
    """Titles. Printed with commas between; `last_items(2)` gives the first two."""

    __slots__ = ()

    def __call__(self, count: int) -> "Listing":
        return Listing(self[: max(0, int(count))])

    def __str__(self) -> str:
        return ", ".join(self)


class Link(str):
    """A web address made by the host: printed as it stands, where every other text is escaped."""

    __slots__ = ()


class Missing(StrictUndefined):
    """A known name without a value: not true in `if`, replaced by `default`, an error when printed."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __len__(self) -> int:  # type: ignore[override]
        return 0

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(())

    def __call__(self, count: int) -> "Missing":  # type: ignore[override]
        return self

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(name)  # Jinja looks for marks of its own on what is called

    def _never(self, other: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _never  # type: ignore[assignment]
    __hash__ = StrictUndefined.__hash__  # type: ignore[assignment]


class Sandbox(ImmutableSandboxedEnvironment):
    """Attributes only of dictionaries (and of the loop counter); calls only of `Listing`."""

    intercepted_binops = frozenset({"*", "**", "%", "//"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, Missing):
            return Missing(name=f"{obj._undefined_name}.{attribute}")
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, (Listing, Missing))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> NoReturn:
        raise SecurityError(f"{operator} is not allowed in a template")


def sandbox(escape: Callable[[str], str]) -> Sandbox:
    """An environment whose printed values pass through `escape`."""
    env = Sandbox(undefined=StrictUndefined, finalize=lambda value: printed(value, escape), keep_trailing_newline=True)
    env.globals.clear()
    env.filters = {name: run for name, run in env.filters.items() if name in _FILTERS}
    env.tests = {name: run for name, run in env.tests.items() if name in _TESTS}
    return env


def printed(value: Any, escape: Callable[[str], str]) -> Any:
    """A value as people read it; undefined ones are left to raise."""
    if isinstance(value, Undefined):
        return value
    if value is None:
        raise UndefinedError("a value is missing")
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal, date, Listing)):
        raise SecurityError(f"a {type(value).__name__} cannot be printed")
    if isinstance(value, Link):
        return value
    if isinstance(value, float):
        value = f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(str(value))


def bound(context: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one person as templates see them."""
    return {name: _bound(name, value) for name, value in context.items()}


def _bound(name: str, value: Any) -> Any:
    if value is None or value in ([], "", ()):
        return Missing(name=name)
    if isinstance(value, str) and name.endswith("link") and PLAIN_LINK.fullmatch(value):
        return Link(value)
    if isinstance(value, (list, tuple)):
        return Listing(str(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _bound(f"{name}.{key}", item) for key, item in value.items()}
    return value


def faults_of(source: str, known: AbstractSet[str] | None = None) -> Iterator[tuple[int, str, str | None]]:
    """Line, fault and hint of everything in a template that is not allowed, or not among the `known` names."""
    try:
        tree = sandbox(str).parse(source)
    except TemplateSyntaxError as fault:
        yield fault.lineno, *_unreadable(fault.message or "")
        return
    yield from _forbidden(tree, 0)
    if known is not None:
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | {"loop"}
        yield from _unknown(tree, known | own)


def _unreadable(said: str) -> tuple[str, str | None]:
    """What Jinja says of a broken text, in the words of somebody who writes letters."""
    if "unexpected end of template" in said or "unexpected '}'" in said:
        return "cannot be read: a {{ is opened and never closed", "close it with }}"
    block = re.search(r"innermost block that needs to be closed is '(\w+)'", said)
    if block:
        return f"cannot be read: {{% {block[1]} %}} is never closed", f"write {{% end{block[1]} %}} where it ends"
    return f"cannot be read: {said}", None


def names_of(source: str) -> set[str]:
    """The names a template reads, dotted where it reads into them: `first_name`, `offer.code`."""
    tree = sandbox(str).parse(source)
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | {"loop"}
    return {name for _, name in _read_names(tree) if name.split(".")[0] not in own}


def bare_names(source: str) -> set[str]:
    """First parts of the names that a text cannot do without: read outside `default` and outside an `if` about them."""
    return set(_bare(sandbox(str).parse(source), frozenset()))


def _bare(node: nodes.Node, asked: frozenset[str]) -> Iterator[str]:
    if isinstance(node, nodes.Filter) and node.name == "default":
        return
    if isinstance(node, nodes.Name):
        if node.ctx == "load" and node.name not in asked:
            yield node.name
        return
    if isinstance(node, nodes.If):
        asked |= {name.split(".")[0] for _, name in _read_names(node.test)}
        for child in (*node.body, *node.elif_, *node.else_):
            yield from _bare(child, asked)
        return
    for child in node.iter_child_nodes():
        yield from _bare(child, asked)


def _forbidden(node: nodes.Node, loops: int) -> Iterator[tuple[int, str, str | None]]:
    loops += isinstance(node, nodes.For)
    if loops > _DEEPEST_LOOP:
        yield node.lineno, "loops may stand in each other at most twice", None
        return
    word = type(node).__name__.lower()
    if not isinstance(node, _NODES):
        yield node.lineno, f"{_SAID.get(word, word)} is not allowed in a template", None
    elif isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in LISTS):
        yield node.lineno, "only " + " and ".join(sorted(LISTS)) + " take a number in brackets", None
    elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield node.lineno, f"the filter {node.name!r} is not allowed", "allowed: " + ", ".join(sorted(_FILTERS))
    elif isinstance(node, nodes.Test) and node.name not in _TESTS:
        yield node.lineno, f"the test {node.name!r} is not allowed", "allowed: " + ", ".join(sorted(_TESTS))
    elif isinstance(node, nodes.Getattr) and not re.fullmatch(r"[a-z][a-z0-9_]*", node.attr):
        yield node.lineno, f"{node.attr!r} is not a name of ours", None
    elif isinstance(node, nodes.Name) and (node.name.startswith("_") or node.name in _JINJAS_OWN):
        yield node.lineno, f"{node.name!r} is not a name of ours", None
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "loop":
        return
    for child in node.iter_child_nodes():
        yield from _forbidden(child, loops)


_SAID = {"mul": "*", "pow": "**", "mod": "%", "div": "/", "floordiv": "//", "getitem": "[…]", "include": "include"}


def _unknown(tree: nodes.Node, known: AbstractSet[str]) -> Iterator[tuple[int, str, str | None]]:
    from reactivate.text import nearest

    for line, name in _read_names(tree):
        root = name.split(".")[0]
        if name not in known and root not in known:
            close = nearest(name, known)
            yield line, f"unknown name {name!r}", f"did you mean {close!r}?" if close else None


def _read_names(node: nodes.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, nodes.Getattr):
        inner = list(_read_names(node.node))
        yield from inner[:-1]
        if inner:
            yield inner[-1][0], f"{inner[-1][1]}.{node.attr}"
        return
    if isinstance(node, nodes.Name) and node.ctx == "load":
        yield node.lineno, node.name
        return
    for child in node.iter_child_nodes():
        yield from _read_names(child)
