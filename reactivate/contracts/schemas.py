"""All tables between the stages, by name. Documentation pages are generated from here."""

from reactivate.contracts.campaign_tables import CANDIDATES, PASSES, TOUCH_STATES, TOUCHES, VERDICTS
from reactivate.contracts.contract import Contract
from reactivate.contracts.people_tables import CONTACTS, LINKS, MEMBERS, PEOPLE, PROFILES, SIGHTINGS
from reactivate.contracts.source_tables import CONSENTS, EVENTS, FINDINGS, LINES, ORDERS, RECORDS, SUPPRESSIONS

__all__ = [
    "CANDIDATES",
    "CONSENTS",
    "CONTACTS",
    "CONTRACTS",
    "EVENTS",
    "FINDINGS",
    "LINES",
    "LINKS",
    "MEMBERS",
    "ORDERS",
    "PASSES",
    "PEOPLE",
    "PROFILES",
    "RECORDS",
    "SIGHTINGS",
    "SUPPRESSIONS",
    "TOUCHES",
    "TOUCH_STATES",
    "VERDICTS",
]

CONTRACTS: dict[str, Contract] = {
    table.name: table
    for table in (
        *(RECORDS, ORDERS, LINES, EVENTS, CONSENTS, SUPPRESSIONS, FINDINGS),
        *(LINKS, MEMBERS, PEOPLE, CONTACTS, SIGHTINGS, PROFILES),
        *(CANDIDATES, VERDICTS, PASSES, TOUCHES),
    )
}
