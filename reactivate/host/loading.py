"""Imports one plug-in through pluggy and picks its descriptor; every failure names the distribution and its version."""

import re
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, get_args

from reactivate.errors import OURS_TO_PASS, PluginError, in_words, where
from reactivate.host import hookspecs
from reactivate.host.descriptors import API, KINDS, ChannelKind, Descriptor, Stability
from reactivate.host.guarded import guarded
from reactivate.text import one_of

if TYPE_CHECKING:
    from reactivate.host.registry import Found


def load(plugin: "Found") -> Descriptor:
    """The descriptor of one plug-in, watched. PluginError R501 it raises, R502 it offers nothing fit, R506 too new."""
    who = f"{plugin.kind} {plugin.word!r} ({plugin.owner})"
    if plugin.kind not in KINDS:
        said = f"{plugin.entry.name!r} of {plugin.owner} names no kind of plug-in"
        raise PluginError.because("R502", said, f"its entry point is called KIND.NAME, with one of {one_of(KINDS)}")
    try:
        with redirect_stdout(sys.stderr):
            offered = _offered(plugin)
    except OURS_TO_PASS:
        raise
    except BaseException as fault:
        said = f"{who} cannot be loaded: {in_words(fault)}"
        hint = f"reinstall or remove {plugin.distribution}; for its author: {where(fault)}"
        raise PluginError.because("R501", said, hint) from fault
    for descriptor in offered:
        if isinstance(descriptor, KINDS[plugin.kind]) and descriptor.name == plugin.word:
            wrong = _unsound(descriptor)
            if wrong:
                raise PluginError.because("R502", f"{who} describes itself wrongly: {wrong}", _TELL)
            fit: Descriptor = guarded(_compatible(descriptor, who, plugin.distribution), plugin.owner)
            return fit
    raise PluginError.because("R502", f"{who} returned no {plugin.kind} of that name from its hook", _TELL)


_TELL = "tell the author of the plug-in"


def _offered(plugin: "Found") -> list[Any]:
    import pluggy

    manager = pluggy.PluginManager("reactivate")
    manager.add_hookspecs(hookspecs)
    manager.register(plugin.entry.load(), name=plugin.entry.name)
    manager.check_pending()
    hook = getattr(manager.hook, f"reactivate_{plugin.kind}s")
    return [item for group in hook() for item in group]


def _unsound(descriptor: Any) -> str | None:  # noqa: PLR0911 - one fault after another
    """What is wrong with the words of a descriptor, so that nothing behind this line meets it."""
    if not isinstance(descriptor.settings, type):
        return f"settings is a {type(descriptor.settings).__name__}, not a class"
    if not callable(descriptor.create):
        return "create cannot be called"
    if descriptor.stability not in get_args(Stability):
        return f"stability {descriptor.stability!r} is none of {one_of(get_args(Stability))}"
    if not (isinstance(descriptor.summary, str) and isinstance(descriptor.deprecated, str)):
        return "summary and deprecated are texts"
    version = descriptor.api
    if not (isinstance(version, tuple) and len(version) == 2 and all(isinstance(part, int) for part in version)):
        return f"api is {version!r}, expected a pair such as {API}"
    if descriptor.kind == "channel" and descriptor.reaches not in get_args(ChannelKind):
        return f"reaches {descriptor.reaches!r} is none of {one_of(get_args(ChannelKind))}"
    names = [added.name for added in getattr(descriptor, "adds", ())]
    odd = next((name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name)), None)
    return f"its column {odd!r} cannot be written in a rule" if odd is not None else None


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
