"""Keys that are read, typed and checked, and whose effect is not built yet: `plan` says so."""

from reactivate.diagnostics import Diagnostic, Span
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.steps import Ads


def unbuilt(business: Business, campaign: Campaign | None) -> tuple[Diagnostic, ...]:
    """A note R599 per key that changes nothing yet."""
    notes = []
    for key in ("write_back",):
        if getattr(business, key):
            notes.append(_note(key, business.places.key(key)))
    if campaign is not None:
        notes += [
            _note(f"ads: {step.name}", step.places.of("ads")) for step in campaign.steps() if isinstance(step, Ads)
        ]
    return tuple(notes)


def _note(what: str, place: Span | None) -> Diagnostic:
    return Diagnostic("R599", f"{what} is read and checked; its effect is not built yet", "note", place)
