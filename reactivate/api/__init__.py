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
            "OfferType",
            "GuardType",
            "ChannelType",
            "Added",
            "NoSettings",
        ),
        "reactivate.host.descriptors",
    ),
    **dict.fromkeys(("setting", "Share", "Points"), "reactivate.host.settings"),
    **dict.fromkeys(("Batch", "BadRow", "Context", "Terms"), "reactivate.host.protocols"),
    **dict.fromkeys(("Message", "Receipt"), "reactivate.contracts.messages"),
    **dict.fromkeys(("Duration", "Money", "Price", "Rate", "Secret"), "reactivate.contracts.values"),
    **dict.fromkeys(
        ("RECORDS", "ORDERS", "LINES", "EVENTS", "CONSENTS", "LINKS", "PROFILES", "CANDIDATES", "VERDICTS"),
        "reactivate.contracts.schemas",
    ),
    **dict.fromkeys(("DataError", "EnvironmentFault", "GuardStop", "PluginError"), "reactivate.errors"),
}
_KERNELS = ("normalise", "matching", "analytics", "economics", "experiment")

__all__ = [
    "Added",
    "BadRow",
    "Batch",
    "CANDIDATES",
    "CONSENTS",
    "ChannelType",
    "Context",
    "DataError",
    "Duration",
    "EVENTS",
    "EnvironmentFault",
    "GuardStop",
    "GuardType",
    "LINES",
    "LINKS",
    "MatcherType",
    "Message",
    "Money",
    "NoSettings",
    "ORDERS",
    "OfferType",
    "PROFILES",
    "PluginError",
    "Points",
    "Price",
    "RECORDS",
    "Rate",
    "Receipt",
    "Secret",
    "SegmenterType",
    "Share",
    "SourceType",
    "Terms",
    "VERDICTS",
    "analytics",
    "economics",
    "experiment",
    "hookimpl",
    "matching",
    "normalise",
    "setting",
]

if TYPE_CHECKING:
    from reactivate import analytics, economics, experiment, matching, normalise
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
    from reactivate.contracts.values import Duration, Money, Price, Rate, Secret
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
    from reactivate.host.protocols import BadRow, Batch, Context, Terms
    from reactivate.host.settings import Points, Share, setting


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
