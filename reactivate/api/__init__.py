"""The only door for plug-ins. Everything here is loaded on first use, so that importing it costs nothing."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "hookimpl": "reactivate.host.hookspecs",
    **dict.fromkeys(
        (
            "SourceType",
            "MatcherType",
            "SegmenterType",
            "Offer",
            "OfferType",
            "GuardType",
            "ChannelType",
            "Added",
            "NoSettings",
        ),
        "reactivate.host.descriptors",
    ),
    **dict.fromkeys(("setting", "Share", "Points", "Text"), "reactivate.contracts.settings"),
    **dict.fromkeys(
        ("Batch", "BadRow", "Channel", "Context", "Guard", "Offer", "Rows", "Source", "Terms"),
        "reactivate.host.protocols",
    ),
    "place": "reactivate.host.places",
    **dict.fromkeys(("Memory", "Remembered"), "reactivate.host.remembering"),
    **dict.fromkeys(("Message", "Receipt"), "reactivate.contracts.messages"),
    **dict.fromkeys(("Duration", "Hours", "Money", "Price", "Rate", "Secret"), "reactivate.contracts.values"),
    **dict.fromkeys(
        ("RECORDS", "ORDERS", "LINES", "EVENTS", "CONSENTS", "LINKS", "PROFILES", "CANDIDATES", "VERDICTS"),
        "reactivate.contracts.schemas",
    ),
    **dict.fromkeys(("DataError", "EnvironmentFault", "GuardStop", "PluginError"), "reactivate.errors"),
}
_KERNELS = ("normalise", "matching", "analytics", "economics", "experiment", "rendering", "plainfiles")

__all__ = [
    "Added",
    "BadRow",
    "Batch",
    "CANDIDATES",
    "CONSENTS",
    "Channel",
    "ChannelType",
    "Context",
    "DataError",
    "Duration",
    "EVENTS",
    "EnvironmentFault",
    "Guard",
    "GuardStop",
    "GuardType",
    "Hours",
    "LINES",
    "LINKS",
    "MatcherType",
    "Memory",
    "Message",
    "Money",
    "NoSettings",
    "ORDERS",
    "Offer",
    "OfferType",
    "PROFILES",
    "PluginError",
    "Points",
    "Price",
    "RECORDS",
    "Rate",
    "Receipt",
    "Remembered",
    "Rows",
    "Secret",
    "SegmenterType",
    "Share",
    "Source",
    "SourceType",
    "Terms",
    "Text",
    "VERDICTS",
    "analytics",
    "economics",
    "experiment",
    "hookimpl",
    "matching",
    "normalise",
    "rendering",
    "place",
    "plainfiles",
    "setting",
]

if TYPE_CHECKING:
    from reactivate import analytics, economics, experiment, matching, normalise, plainfiles, rendering
    from reactivate.contracts.messages import Message, Receipt
    from reactivate.contracts.schemas import (
        CANDIDATES,
        CONSENTS,
        EVENTS,
        LINES,
        LINKS,
        ORDERS,
        PROFILES,
        RECORDS,
        VERDICTS,
    )
    from reactivate.contracts.settings import Points, Share, Text, setting
    from reactivate.contracts.values import Duration, Hours, Money, Price, Rate, Secret
    from reactivate.errors import DataError, EnvironmentFault, GuardStop, PluginError
    from reactivate.host.descriptors import (
        Added,
        ChannelType,
        GuardType,
        MatcherType,
        NoSettings,
        OfferType,
        SegmenterType,
        SourceType,
    )
    from reactivate.host.hookspecs import hookimpl
    from reactivate.host.places import place
    from reactivate.host.protocols import BadRow, Batch, Channel, Context, Guard, Offer, Rows, Source, Terms
    from reactivate.host.remembering import Memory, Remembered


def __getattr__(name: str) -> Any:
    if name in _KERNELS:
        return import_module(f"reactivate.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'reactivate.api' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
