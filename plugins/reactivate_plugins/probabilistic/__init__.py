"""Matcher `probabilistic`: weighs all evidence, keeps households apart, leaves the doubtful to a human."""

from typing import TYPE_CHECKING

from attrs import frozen

from reactivate.api import MatcherType, Share, hookimpl, setting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reactivate.api import Context

    from .matcher import Probabilistic


@frozen
class ProbabilisticSettings:
    """What is compared, and where the bands lie."""

    by: list[str] = setting(
        "fields to compare; birth dates, tax and vehicle ids are used whenever there are any",
        factory=lambda: ["phone", "email", "name"],
        words=("phone", "email", "name", "address", "city", "postcode", "birth_date", "tax_id", "vehicle"),
        example="[phone, email, name, address]",
    )
    merge_at: Share = setting("chance from which two records are united", default=Share(0.65), example="80%")
    review_at: Share = setting("chance from which a human is asked", default=Share(0.20), example="30%")


def create(settings: ProbabilisticSettings, context: "Context") -> "Probabilistic":
    """The matcher; pyarrow is paid for only here."""
    from .matcher import Probabilistic

    return Probabilistic(settings, context)


@hookimpl
def reactivate_matchers() -> "Iterable[MatcherType]":
    """Bring the matcher `probabilistic`."""
    return [
        MatcherType(
            name="probabilistic",
            summary="Weighs names, phones, e-mails and addresses in three scripts; asks where it is not sure",
            settings=ProbabilisticSettings,
            create=create,
        )
    ]
