"""Parts that name a plug-in by `use:`: keys that all of a kind share, and those of its own settings class.

A settings class is a stranger's code: whatever it raises becomes a diagnostic that names the plug-in.
"""

from typing import TYPE_CHECKING, Any

import attrs

from reactivate.diagnostics import Collector
from reactivate.errors import OURS_TO_PASS, ReactivateError, in_words, where
from reactivate.spec.fields import Key, keys_of
from reactivate.spec.kinds import FAULT, Places
from reactivate.spec.tree import Mapping, Scalar
from reactivate.text import one_line

if TYPE_CHECKING:
    from reactivate.spec.bind import Binder


def bind_plugin(binder: "Binder", cls: Any, node: Mapping, what: str, inner: dict[str, Any]) -> Any:
    """An object of `cls` with the plug-in's `descriptor` and `settings`, both None when they cannot be had."""
    places = Places(whole=node.span)
    shared = keys_of(cls)
    descriptor = _descriptor(binder, cls.plugin, node)
    own = None if descriptor is None else binder.keys(descriptor.settings, node, f"{cls.plugin} {_who(descriptor)}")
    if own is None:  # unknown plug-in: nothing can be said of the keys that are its own
        values = binder.values(shared, node, what, places)
        return binder.made(cls, values, {**inner, "places": places}, node, what)
    node = binder.known(node, list(dict.fromkeys(key.key for key in (*shared, *own))), what)
    values = binder.values(shared, node, what, places)
    settings = _settings(binder, descriptor, own, {key.key for key in shared}, node, what, places)
    made = {**inner, "places": places, "descriptor": descriptor, "settings": settings}
    return binder.made(cls, values, made, node, what)


def _descriptor(binder: "Binder", kind: str, node: Mapping) -> Any:
    use = node.get("use")
    if not isinstance(use, Scalar) or not use.text:
        return None  # reported as a missing key or wrong shape by those who read `use`
    try:
        return binder.plugins.get(kind, use.text)
    except ReactivateError as fault:
        binder.found.extend(attrs.evolve(item, span=use.span) for item in fault.diagnostics)
        return None


def _settings(
    binder: "Binder", descriptor: Any, own: tuple[Key, ...], shared: set[str], node: Mapping, what: str, places: Places
) -> Any:
    """The settings object; None when something in it could not be read."""
    before = len(binder.found.errors)
    entries = [entry for entry in node.entries if entry.key.text in {key.key for key in own}]
    both = Mapping(tuple(entry for entry in entries if entry.key.text in shared), node.span)
    rest = Mapping(tuple(entry for entry in entries if entry.key.text not in shared), node.span)
    twice = Collector()  # keys that both read: what was complained of already is not said again
    reader = attrs.evolve(binder, found=twice)
    values = reader.values([key for key in own if key.key in shared], both, what, Places())
    values |= binder.values([key for key in own if key.key not in shared], rest, what, places)
    said = {item.span for item in binder.found.items}
    binder.found.extend(item for item in twice.items if item.span not in said)
    if FAULT in values.values() or twice.failed or len(binder.found.errors) > before:
        return None
    try:
        return descriptor.settings(**values)
    except OURS_TO_PASS:
        raise
    except (ValueError, TypeError) as fault:  # what validators raise to say what is wrong with the values
        binder.found.error("R220", f"{_who(descriptor)} refuses these settings: {one_line(str(fault))}", node.span)
    except BaseException as fault:  # noqa: BLE001 - a stranger's class: whatever else it raises is its own fault
        hint = f"look at the values; if they are right, tell the author of the plug-in: {where(fault)}"
        told = f"{_who(descriptor)} broke while reading its settings: {in_words(fault)}"
        binder.found.error("R510", told, node.span, hint)
    return None


def _who(descriptor: Any) -> str:
    """The plug-in by its word, and whose it is where the host knows."""
    owner = getattr(descriptor, "owner", "")
    return f"{descriptor.name!r} ({owner})" if owner else repr(descriptor.name)
