"""Every rule is read and typed in its scope."""

from reactivate.diagnostics import Collector
from reactivate.spec.rules_of import rules_of, typed
from reactivate.spec.vocabulary import Scopes


def check_rules(scopes: Scopes, found: Collector) -> None:
    """All faults of all rules, at their places in the file."""
    currency = scopes.business.currency or ""
    for placed in rules_of(scopes):
        typed(placed, currency, found)
