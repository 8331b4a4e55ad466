"""Offer `points`: a sum on the customer's account, to be spent on part or all of a later order."""

from collections.abc import Iterable

from attrs import frozen

from reactivate.api import Context, Money, Offer, OfferType, Share, hookimpl, setting


@frozen
class PointsSettings:
    """How much is given, and how much of it is never used."""

    value: Money = setting("sum put on the account", example="500 RUB")
    breakage: Share = setting("share of all points that is never used", default=Share(0.0), example="30%")


def create(settings: PointsSettings, context: Context) -> Offer:
    """The offer; a point spent costs us what it says."""
    from reactivate_plugins.points.offer import PointsOffer

    return PointsOffer.of(settings, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `points`."""
    return [
        OfferType(
            name="points",
            summary="A sum on the customer's account; part of it is never used",
            settings=PointsSettings,
            create=create,
            stability="stable",
        )
    ]
