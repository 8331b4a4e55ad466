"""Offer `gift`: a thing added to the order; it costs us its cost, not its price."""

from collections.abc import Iterable

from attrs import frozen

from reactivate.api import Context, Money, Offer, OfferType, Text, hookimpl, setting


@frozen
class GiftSettings:
    """What is given and what it costs us."""

    gives: Text = setting("what is given, as the customer reads it", example='"0.3 g of saffron"')
    cost: Money = setting("what it costs us, not its price", example="1 USD")


def create(settings: GiftSettings, context: Context) -> Offer:
    """The offer: the same cost on every order that uses it."""
    from reactivate_plugins.gift.offer import fixed

    return fixed(settings.gives, settings.cost, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `gift`."""
    return [
        OfferType(
            name="gift",
            summary="A thing added to the order, at our cost",
            settings=GiftSettings,
            create=create,
            stability="stable",
        )
    ]
