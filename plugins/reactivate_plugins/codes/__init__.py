"""Offer `codes`: a discount, as a sum or a share, on a code of one's own from a pool or made here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from attrs import frozen

from reactivate.api import Context, Money, Offer, OfferType, Share, hookimpl, setting


@frozen
class CodesSettings:
    """The codes and what each is worth."""

    pool: Literal["generate"] | Path = setting(
        "file of codes, one per line or in a column `code`; `generate` makes codes that nobody can guess",
        example="data/ten.csv",
    )
    value: Money | Share = setting("discount: a sum, or a share of the order", example="10%")
    at_most: Money | None = setting("largest discount that a share may come to", default=None, example="500 RUB")


def create(settings: CodesSettings, context: Context) -> Offer:
    """The offer; the pool is opened when codes or their number are asked for."""
    from reactivate_plugins.codes.offer import CodesOffer

    return CodesOffer.of(settings, context)


@hookimpl
def reactivate_offers() -> Iterable[OfferType]:
    """The offer `codes`."""
    return [
        OfferType(
            name="codes",
            summary="Discount on a code of one's own, a sum or a share",
            settings=CodesSettings,
            create=create,
            stability="stable",
            needs_codes=True,
        )
    ]
