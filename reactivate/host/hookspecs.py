"""The six hooks. Each returns descriptors and does nothing else: no network, no files, no heavy imports."""

from collections.abc import Iterable

import pluggy

from reactivate.host.descriptors import (
    ChannelType,
    GuardType,
    MatcherType,
    OfferType,
    SegmenterType,
    SourceType,
)

hookspec = pluggy.HookspecMarker("reactivate")
hookimpl = pluggy.HookimplMarker("reactivate")


@hookspec
def reactivate_sources() -> Iterable[SourceType]:  # type: ignore[empty-body]
    """Return the sources this plug-in brings."""


@hookspec
def reactivate_matchers() -> Iterable[MatcherType]:  # type: ignore[empty-body]
    """Return the matchers this plug-in brings."""


@hookspec
def reactivate_segmenters() -> Iterable[SegmenterType]:  # type: ignore[empty-body]
    """Return the segmenters this plug-in brings."""


@hookspec
def reactivate_offers() -> Iterable[OfferType]:  # type: ignore[empty-body]
    """Return the offers this plug-in brings."""


@hookspec
def reactivate_guards() -> Iterable[GuardType]:  # type: ignore[empty-body]
    """Return the guards this plug-in brings."""


@hookspec
def reactivate_channels() -> Iterable[ChannelType]:  # type: ignore[empty-body]
    """Return the channels this plug-in brings."""
