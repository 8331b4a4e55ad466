"""All static checks of a loaded spec, in one call. Errors are what cannot run as written; the rest are warnings."""

from reactivate.diagnostics import Collector
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.checks_business import check_business
from reactivate.spec.checks_campaign import check_campaign
from reactivate.spec.checks_classes import check_classes
from reactivate.spec.checks_journey import check_journey
from reactivate.spec.checks_rules import check_rules
from reactivate.spec.checks_segments import check_segments
from reactivate.spec.checks_steps import check_steps
from reactivate.spec.checks_templates import check_templates
from reactivate.spec.vocabulary import Scopes


def check_all(business: Business, campaign: Campaign | None, found: Collector) -> dict[str, str]:
    """Add everything that is wrong to `found`; the texts of the templates that were read, by path."""
    check_business(business, found)
    scopes = Scopes(business, campaign)
    check_rules(scopes, found)
    if campaign is None:
        return {}
    check_campaign(campaign, business, found)
    check_classes(scopes, found)
    check_segments(campaign, business.currency, found)
    check_steps(campaign, business, found)
    check_journey(campaign, business, found)
    return check_templates(campaign, business, found)
