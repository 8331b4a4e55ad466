"""Offer `early_access`: something before everybody else; mostly it costs nothing."""

from collections.abc import Iterable

from attrs import frozen

from reactivate.api import Context, Money, Offer, OfferType, Text, hookimpl, setting


@frozen
class EarlyAccessSettings:
    """What is given and what it costs us."""

    gives: Text = setting("what is given, as the customer reads it", example='"new arrivals a week early"')
    cost: Money | None = setting(
        "what it costs us on an order that uses it; nothing without it", default=None, example="50 RUB"
    )


def create(settings: EarlyAccessSettings, context: Context) -> Offer:
    """The offer: the same cost on every order that uses it."""
    from reactivate_plugins.gift.offer import fixed

    return fixed(settings.gives, settings.cost, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `early_access`."""
    return [
        OfferType(
            name="early_access",
            summary="Something before everybody else",
            settings=EarlyAccessSettings,
            create=create,
            stability="stable",
        )
    ]
