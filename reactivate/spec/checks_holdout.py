"""What a campaign leaves alone by lot: the share, and the names by which the lot is stratified."""

from reactivate.diagnostics import Collector
from reactivate.rules.types import Kind
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.refer import refer
from reactivate.spec.vocabulary import Scopes
from reactivate.text import one_of

GROUPS = (Kind.TEXT, Kind.YESNO)
"""Kinds whose values make groups that are worth a share of their own."""


def check_holdout(campaign: Campaign, business: Business, found: Collector) -> None:
    """R219 for a share that leaves nobody to write to, R355 without any, R401, R402 and R324 for `holdout_by`."""
    place = campaign.places.of("holdout")
    if campaign.holdout is not None and campaign.holdout >= 1:
        found.error("R219", "with `holdout: 100%` nobody is contacted", place, "20% is plenty")
    elif not campaign.holdout and campaign.purpose == "marketing":
        found.warning("R355", "without a holdout nobody can tell what the campaign did", place,
                      "write `holdout: 10%`, or leave it out")  # fmt: skip
    _strata(campaign, business, found)


def _strata(campaign: Campaign, business: Business, found: Collector) -> None:
    names = campaign.holdout_by or ()
    if names and campaign.holdout is not None and not campaign.holdout:
        found.error("R324", "`holdout_by` shares out a holdout, and there is none", campaign.places.key("holdout_by"),
                    "write `holdout: 20%`, or delete `holdout_by`")  # fmt: skip
    scope = Scopes(business, campaign).offers
    groups = [name.name for name in scope.values() if name.kind in GROUPS]
    for position, name in enumerate(names):
        place = campaign.places.of(f"holdout_by.{position}") or campaign.places.of("holdout_by")
        if name in scope.unavailable:
            found.error("R402", f"{name!r} cannot be used here: {scope.unavailable[name]}", place,
                        f"names that make groups: {one_of(groups)}")  # fmt: skip
        elif name in names[:position]:
            found.error("R324", f"{name!r} stands under `holdout_by` twice", place, "delete the second one")
        elif refer("name", "R401", name, scope, place, found) and scope[name].kind not in GROUPS:
            found.error("R324", f"{name!r} is {scope[name].kind}, which makes no groups", place,
                        "divide by it under `segments`, and write `holdout_by: segment`")  # fmt: skip
