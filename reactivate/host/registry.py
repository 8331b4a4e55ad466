"""Finds plug-ins by entry point (`source.csv`), imports only those asked for, blames the right distribution."""

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy
from attrs import define, field, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import PluginError, SpecError
from reactivate.host import hookspecs
from reactivate.host.descriptors import API, KINDS, Descriptor
from reactivate.host.guarded import guarded
from reactivate.text import nearest, one_of

GROUP = "reactivate.v1"


@frozen
class Found:
    """An installed plug-in: its entry point, and the distribution to blame."""

    kind: str
    word: str
    distribution: str
    version: str
    entry: EntryPoint = field(repr=False, eq=False)

    @property
    def owner(self) -> str:
        return f"{self.distribution} {self.version}"


@define
class Registry:
    """All installed plug-ins by kind and word. `block` holds words (`channel.smtp`) or distributions never imported."""

    block: frozenset[str] = frozenset()
    _loaded: dict[tuple[str, str], Descriptor] = field(factory=dict)

    @cached_property
    def found(self) -> dict[tuple[str, str], Found]:
        """Installed plug-ins, none of them imported. PluginError R503 when two distributions claim one word."""
        known: dict[tuple[str, str], Found] = {}
        for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
            kind, _, word = entry.name.partition(".")
            dist = entry.dist
            plugin = Found(kind, word, dist.name if dist else "?", dist.version if dist else "?", entry)
            twin = known.get((kind, word))
            if twin and twin.entry.value != entry.value:
                raise PluginError.because(
                    "R503",
                    f"{kind} {word!r} is claimed by {twin.owner} and by {plugin.owner}",
                    "uninstall one of them",
                )
            known[kind, word] = plugin
        return known

    def words(self, kind: str) -> list[str]:
        """The words one may write after `use:` for this kind."""
        return [word for found_kind, word in self.found if found_kind == kind]

    def get(self, kind: str, word: str) -> Descriptor:
        """The descriptor behind `use: word`. SpecError R301 unknown word; PluginError R501, R502, R504 broken ones."""
        if (kind, word) in self._loaded:
            return self._loaded[kind, word]
        plugin = self.found.get((kind, word))
        if plugin is None:
            raise SpecError(unknown_word(kind, word, self.words(kind)))
        if {f"{kind}.{word}", plugin.distribution} & self.block:
            raise PluginError.because("R504", f"{kind} {word!r} ({plugin.owner}) is blocked on this machine")
        descriptor = _load(plugin)
        self._loaded[kind, word] = descriptor
        return descriptor

    def put(self, descriptor: Descriptor) -> None:
        """Register a descriptor by hand, as tests do."""
        self._loaded[descriptor.kind, descriptor.name] = descriptor  # type: ignore[attr-defined]


def unknown_word(kind: str, word: str, words: list[str]) -> Diagnostic:
    """R301: what follows `use:` names nothing installed."""
    close = nearest(word, words)
    hint = f"did you mean {close!r}?" if close else f"installed {kind}s: {one_of(words)}"
    return Diagnostic("R301", f"no {kind} named {word!r} is installed", hint=hint)


def _load(plugin: Found) -> Descriptor:
    """Import one plug-in through pluggy and pick its descriptor; every failure names the distribution."""
    who = f"{plugin.kind} {plugin.word!r} ({plugin.owner})"
    manager = pluggy.PluginManager("reactivate")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin.entry.load(), name=plugin.entry.name)
        manager.check_pending()
        hook = getattr(manager.hook, f"reactivate_{plugin.kind}s")
        offered: list[Any] = [item for group in hook() for item in group]
    except Exception as fault:
        raise PluginError.because(
            "R501",
            f"{who} cannot be loaded: {type(fault).__name__}: {fault}",
            f"reinstall or remove {plugin.distribution}",
        ) from fault
    for descriptor in offered:
        if isinstance(descriptor, KINDS[plugin.kind]) and descriptor.name == plugin.word:
            fit: Descriptor = guarded(_compatible(descriptor, who, plugin.distribution), plugin.owner)
            return fit
    raise PluginError.because("R502", f"{who} returned no {plugin.kind} of that name from its hook")


def _compatible(descriptor: Descriptor, who: str, distribution: str) -> Descriptor:
    major, minor = descriptor.api
    if major == API[0] and minor <= API[1]:
        return descriptor
    ours, theirs = ".".join(map(str, API)), ".".join(map(str, descriptor.api))
    raise PluginError.because(
        "R506",
        f"{who} needs plug-in interface {theirs}, this is {ours}",
        f"pip install --upgrade {'reactivate' if descriptor.api > API else distribution}",
    )
