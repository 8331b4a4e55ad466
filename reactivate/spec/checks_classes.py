"""A selling campaign whose rules say nothing of the stage of life: plan and run may refuse it, so `check` says so."""

from reactivate.diagnostics import Collector
from reactivate.spec.claims import never_together
from reactivate.spec.life import MIXED, asks
from reactivate.spec.rules_of import rules_of, typed
from reactivate.spec.vocabulary import Scopes


def check_classes(scopes: Scopes, found: Collector) -> None:
    """R750 as a warning; silent while a rule cannot be read, or when the audience holds people without orders only."""
    campaign = scopes.campaign
    if campaign is None or campaign.purpose not in (None, "marketing") or not campaign.audience:
        return
    rules = [typed(placed, scopes.business.currency or "", Collector()) for placed in rules_of(scopes)]
    read = [rule for rule in rules if rule is not None]
    if len(read) < len(rules) or asks(scopes.business, read):
        return
    if any(never_together(rule.text, "orders >= 1") for rule in campaign.audience):
        return
    found.warning(
        MIXED,
        "no rule says at which stage of life the people are: active and lost customers would get the same words",
        campaign.places.key("audience"),
        "add `stage_class = lost`, or divide by `stage` under `segments`; when the classes are to be mixed, name them: "
        "`stage_class in (active, repeat, lost)`",
    )
