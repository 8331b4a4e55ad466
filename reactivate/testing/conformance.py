"""The suite: which checks a plug-in of each kind must pass."""

import re
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from attrs import evolve

from reactivate.errors import SpecError
from reactivate.host.registry import Registry
from reactivate.testing.samples import PlainOffer
from reactivate.testing.subject import Check, Place, Subject


def conformance(subject: Subject) -> list[Check]:
    """The checks for this plug-in, to be called one by one.

    All kinds: the descriptor and the settings. Built ones that are `at_work`: what their objects do, without network.
    """
    about = ["descriptors", "settings"]
    if subject.descriptor.stability != "planned" and subject.at_work:
        about.append(f"{subject.kind}s")
    modules = [import_module(f"reactivate.testing.on_{what}") for what in about]
    return [Check(name, work.__doc__ or "", subject, work) for module in modules for name, work in _checks(module)]


def plugin_checks(name: str, registry: Registry | None = None) -> list[Check]:
    """The checks for an installed plug-in, `channel.jsonl` or `jsonl`, with settings from its own examples.

    What needs more than settings is left out: sources are not read, channels that leave this machine send nothing.
    SpecError R301 or PluginError as `Registry.get`.
    """
    registry = registry or Registry()
    checks = []
    for kind, word in named(name, registry):
        descriptor = registry.get(kind, word)
        alone = kind not in ("source", "channel") or (kind == "channel" and getattr(descriptor, "local", False))
        bare = Subject(descriptor, at_work=alone)
        # An offer made of others finds whatever its example names.
        parts = re.findall(r"[a-z]\w*", bare.yaml) if kind == "offer" else []
        checks += conformance(evolve(bare, offers=dict.fromkeys(parts, PlainOffer())))
    return checks


def named(name: str, registry: Registry) -> list[tuple[str, str]]:
    """(kind, word) of the installed plug-ins that `name` means. SpecError R301 when there is none."""
    from reactivate.diagnostics import Diagnostic
    from reactivate.text import nearest

    found = [key for key in sorted(registry.found) if name in (key[1], ".".join(key))]
    if not found:
        close = nearest(name.rpartition(".")[2], {word for _, word in registry.found})
        hint = f"did you mean {close!r}?" if close else "reactivate plugins lists them"
        raise SpecError(Diagnostic("R301", f"no plug-in named {name!r} is installed", hint=hint))
    return found


def _checks(module: ModuleType) -> list[tuple[str, Callable[[Place], None]]]:
    """The public functions of a module of checks, in the order they are written."""
    own = [
        item
        for item in vars(module).values()
        if callable(item) and getattr(item, "__module__", "") == module.__name__ and not item.__name__.startswith("_")
    ]
    return [(item.__name__, item) for item in own]
