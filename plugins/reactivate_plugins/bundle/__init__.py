"""Offer `bundle`: several offers of the campaign, all together."""

from collections.abc import Iterable

from attrs import frozen

from reactivate.api import Context, Offer, OfferType, hookimpl, setting


@frozen
class BundleSettings:
    """Which offers are given together."""

    of: tuple[str, ...] = setting("names of offers of this campaign", example="[coupon, saffron]")


def create(settings: BundleSettings, context: Context) -> Offer:
    """The offer, made of `context.offers`."""
    from reactivate_plugins.bundle.offer import BundleOffer

    return BundleOffer.of(settings.of, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `bundle`."""
    return [
        OfferType(
            name="bundle",
            summary="Several offers of the campaign, all together",
            settings=BundleSettings,
            create=create,
            stability="stable",
        )
    ]
