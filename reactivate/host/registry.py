"""Finds plug-ins by entry point (`source.csv`), imports only those asked for and allowed."""

import os
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points

from attrs import define, evolve, field, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import PluginError, SpecError
from reactivate.host.descriptors import Descriptor
from reactivate.host.loading import load
from reactivate.text import nearest, one_of

GROUP = "reactivate.v1"


@frozen
class Found:
    """An installed plug-in: its entry point, the distribution to blame, and a second one that claims the same word."""

    kind: str
    word: str
    distribution: str
    version: str
    entry: EntryPoint = field(repr=False, eq=False)
    twin: str = ""

    @property
    def owner(self) -> str:
        return f"{self.distribution} {self.version}"


def _named_by(variable: str) -> frozenset[str]:
    return frozenset(os.environ.get(variable, "").replace(",", " ").split())


@define
class Registry:
    """All installed plug-ins by kind and word. Nothing is imported before it is asked for.

    `allow` and `block` hold words (`channel.smtp`) or distributions; what is blocked, or not among the allowed ones
    when there are any, is never imported. Without them the environment says it: REACTIVATE_ALLOW, REACTIVATE_BLOCK.
    """

    allow: frozenset[str] = field(factory=lambda: _named_by("REACTIVATE_ALLOW"))
    block: frozenset[str] = field(factory=lambda: _named_by("REACTIVATE_BLOCK"))
    _loaded: dict[tuple[str, str], Descriptor] = field(factory=dict)

    @cached_property
    def found(self) -> dict[tuple[str, str], Found]:
        """Installed plug-ins, none of them imported. One that two distributions claim is listed once, with its twin."""
        known: dict[tuple[str, str], Found] = {}
        owners: dict[int, tuple[str, str]] = {}  # name and version are read from the disk each time one asks
        for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
            kind, _, word = entry.name.partition(".")
            dist = entry.dist
            if id(dist) not in owners:
                owners[id(dist)] = (dist.name, dist.version) if dist else ("?", "?")
            plugin = Found(kind, word, *owners[id(dist)], entry)
            twin = known.get((kind, word))
            if twin is None:
                known[kind, word] = plugin
            elif twin.entry.value != entry.value:
                known[kind, word] = evolve(twin, twin=plugin.owner)
        return known

    def words(self, kind: str) -> list[str]:
        """The words one may write after `use:` for this kind."""
        return [word for found_kind, word in self.found if found_kind == kind]

    def get(self, kind: str, word: str) -> Descriptor:
        """The descriptor behind `use: word`.

        SpecError R301 unknown word; PluginError R501, R502, R506 broken ones, R503 claimed twice, R504 not allowed.
        """
        if (kind, word) in self._loaded:
            return self._loaded[kind, word]
        plugin = self.found.get((kind, word))
        if plugin is None:
            raise SpecError(unknown_word(kind, word, self.words(kind)))
        self._refuse(plugin)
        descriptor = load(plugin)
        self._loaded[kind, word] = descriptor
        return descriptor

    def put(self, descriptor: Descriptor) -> None:
        """Register a descriptor by hand, as tests do."""
        self._loaded[descriptor.kind, descriptor.name] = descriptor  # type: ignore[attr-defined]

    def _refuse(self, plugin: Found) -> None:
        """What must not even be imported."""
        names = {f"{plugin.kind}.{plugin.word}", plugin.distribution}
        who = f"{plugin.kind} {plugin.word!r} ({plugin.owner})"
        if names & self.block:
            hint = "REACTIVATE_BLOCK names it; use another one, or ask who looks after this machine"
            raise PluginError.because("R504", f"{who} is blocked on this machine", hint)
        if self.allow and not names & self.allow:
            hint = "REACTIVATE_ALLOW names those that are; ask who looks after this machine"
            raise PluginError.because("R504", f"{who} is not among the plug-ins allowed on this machine", hint)
        if plugin.twin:
            said = f"{plugin.kind} {plugin.word!r} is claimed by {plugin.owner} and by {plugin.twin}"
            raise PluginError.because("R503", said, "uninstall one of them")


def unknown_word(kind: str, word: str, words: list[str]) -> Diagnostic:
    """R301: what follows `use:` names nothing installed."""
    close = nearest(word, words)
    hint = f"did you mean {close!r}?" if close else f"installed {kind}s: {one_of(words)}"
    return Diagnostic("R301", f"no {kind} named {word!r} is installed", hint=hint)
