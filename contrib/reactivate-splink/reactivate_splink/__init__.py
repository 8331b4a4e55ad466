"""Matcher `splink`: Splink 5 on DuckDB finds the records of one person."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import Context, MatcherType, Share, hookimpl, setting

if TYPE_CHECKING:
    from reactivate_splink.linking import Splink


@frozen
class SplinkSettings:
    """What is compared, where the bands lie, and from how many records on Splink trains."""

    by: list[str] = setting(
        "fields to compare; birth dates are used whenever there are any",
        factory=lambda: ["phone", "email", "name"],
        words=("phone", "email", "name", "address"),
        example="[phone, email, name, address]",
    )
    merge_at: Share = setting("chance from which two records are united", default=Share(0.95), example="90%")
    review_at: Share = setting("chance from which a human is asked", default=Share(0.50), example="40%")
    train_from: int = setting("records from which expectation-maximisation runs", default=1000, example="5000")


def create(settings: SplinkSettings, context: Context) -> "Splink":
    """The matcher; Splink and DuckDB are paid for only here."""
    from reactivate_splink.linking import Splink

    return Splink(settings, context)


@hookimpl
def reactivate_matchers() -> Iterable[MatcherType]:
    """The matcher `splink`."""
    line = "Splink 5 on DuckDB: Fellegi-Sunter with term frequencies"
    return [MatcherType(name="splink", summary=line, settings=SplinkSettings, create=create)]
