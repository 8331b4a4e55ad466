"""Offer `service`: work done for nothing; it costs us time and material."""

from collections.abc import Iterable

from attrs import frozen

from reactivate.api import Context, Money, Offer, OfferType, Text, hookimpl, setting


@frozen
class ServiceSettings:
    """What is given and what it costs us."""

    gives: Text = setting("what is given, as the customer reads it", example='"hand care"')
    cost: Money = setting("what it costs us in time and material, not its price", example="350 RUB")


def create(settings: ServiceSettings, context: Context) -> Offer:
    """The offer: the same cost on every order that uses it."""
    from reactivate_plugins.gift.offer import fixed

    return fixed(settings.gives, settings.cost, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `service`."""
    return [
        OfferType(
            name="service",
            summary="Work done for nothing, at our cost",
            settings=ServiceSettings,
            create=create,
            stability="stable",
        )
    ]
