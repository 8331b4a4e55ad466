"""Matcher `exact`: records that share a key are one person."""

from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import MatcherType, hookimpl, setting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reactivate.api import Context

    from .matcher import Exact


@frozen
class ExactSettings:
    """Which keys unite; any one of them is enough."""

    by: list[str] = setting(
        "fields that unite records, each on its own",
        factory=lambda: ["phone", "email"],
        words=("phone", "email", "name", "address", "tax_id", "vehicle"),
        example="[phone, email]",
    )


def create(settings: ExactSettings, context: "Context") -> "Exact":
    """The matcher; pyarrow is paid for only here."""
    from .matcher import Exact

    return Exact(settings, context)


@hookimpl
def reactivate_matchers() -> "Iterable[MatcherType]":
    """Bring the matcher `exact`."""
    return [
        MatcherType(
            name="exact",
            summary="One person is who shares a phone, an e-mail or another exact key",
            settings=ExactSettings,
            create=create,
        )
    ]
