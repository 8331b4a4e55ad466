"""All static checks of a loaded spec, in one call."""

from reactivate.diagnostics import Collector
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign


def check_all(campaign: Campaign | None, business: Business, found: Collector) -> dict[str, str]:
    """Add everything that is wrong to `found`; returns the texts of the templates that were read, by path."""
    return {}
