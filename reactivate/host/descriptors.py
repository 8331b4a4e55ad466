"""Frozen descriptors: what a hook returns. A name, one line, a settings class and a factory."""

from collections.abc import Callable
from typing import Any, Literal

from attrs import field, frozen

from reactivate.contracts.values import Duration
from reactivate.host.protocols import Channel, Context, Guard, Matcher, Offer, Segmenter, Source

API = (1, 0)
"""Version of the plug-in interface: the same major and a minor not above ours can be loaded."""

Stability = Literal["stable", "beta", "experimental", "planned"]
ChannelKind = Literal["email", "sms", "call", "messenger", "push", "ads", "staff"]


@frozen
class NoSettings:
    """A plug-in without settings."""


@frozen(kw_only=True)
class Descriptor:
    """What all kinds have in common. `planned` plug-ins can be checked and planned, not run.

    `deprecated`: what to use instead and which version takes this one away; `check` warns where it is used. `owner` is
    filled in by the host: distribution and version, to be named in whatever goes wrong.
    """

    name: str
    summary: str
    settings: type = NoSettings
    stability: Stability = "beta"
    api: tuple[int, int] = API
    deprecated: str = ""
    owner: str = ""


def _not_built(settings: Any, context: Context) -> Any:
    from reactivate.errors import PluginError

    raise PluginError.because("R505", f"the plug-in behind {context.name!r} is planned, not built yet")


@frozen(kw_only=True)
class SourceType(Descriptor):
    """A place where customers lie. `local`: files, synced by the way by plan and run."""

    kind = "source"
    create: Callable[[Any, Context], Source] = _not_built
    local: bool = False


@frozen(kw_only=True)
class MatcherType(Descriptor):
    """Decides which records are one person. `fields`: the words allowed under `by`."""

    kind = "matcher"
    create: Callable[[Any, Context], Matcher] = _not_built


@frozen
class Added:
    """A column that a segmenter adds: its type in the rule language and, for texts, its fixed words."""

    name: str
    type: Literal["count", "money", "share", "duration", "date", "text", "list", "yes/no"]
    doc: str
    words: tuple[str, ...] = ()


@frozen(kw_only=True)
class SegmenterType(Descriptor):
    """Computes columns of the profile. The YAML name under `columns` renames the first added column."""

    kind = "segmenter"
    create: Callable[[Any, Context], Segmenter] = _not_built
    adds: tuple[Added, ...] = ()


@frozen(kw_only=True)
class OfferType(Descriptor):
    """Something given with a message. `needs_codes`: codes are reserved, issued and redeemed by the ledger."""

    kind = "offer"
    create: Callable[[Any, Context], Offer] = _not_built
    needs_codes: bool = False


@frozen(kw_only=True)
class GuardType(Descriptor):
    """May refuse a person, an offer or the run."""

    kind = "guard"
    create: Callable[[Any, Context], Guard] = _not_built


@frozen(kw_only=True)
class ChannelType(Descriptor):
    """A way to reach people.

    `reaches` is the kind of address and consent it needs. `local`: writes only to this machine, so a future clock
    is allowed. `batch`: most messages per intent (1 where a message costs money). `dedupe_window`: the provider drops
    a repeated key for that long; None = never repeat.
    """

    kind = "channel"
    reaches: ChannelKind
    create: Callable[[Any, Context], Channel] = _not_built
    local: bool = False
    batch: int = 1
    dedupe_window: Duration | None = field(default=None)


KINDS: dict[str, type[Descriptor]] = {
    cls.kind: cls for cls in (SourceType, MatcherType, SegmenterType, OfferType, GuardType, ChannelType)
}
