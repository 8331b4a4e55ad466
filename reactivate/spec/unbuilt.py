"""Keys that are read, typed and checked, and whose effect is not built yet: `plan` says so."""

from reactivate.diagnostics import Diagnostic
from reactivate.spec.business import Business
from reactivate.spec.campaign import Campaign
from reactivate.spec.steps import Ads


def unbuilt(business: Business, campaign: Campaign | None) -> tuple[Diagnostic, ...]:
    """A note R599 per key that changes nothing yet."""
    notes = []
    for key in ("services", "write_back", "guards"):
        if getattr(business, key):
            notes.append(_note(key, business.places.key(key)))
    for name in business.columns:
        if name not in ("rfm", "stage"):
            notes.append(_note(f"columns: {name}", business.places.key(f"columns.{name}")))
    if campaign is not None:
        if campaign.staff_bonus is not None:
            notes.append(_note("staff_bonus", campaign.places.key("staff_bonus")))
        notes += [
            _note(f"ads: {step.name}", step.places.of("ads")) for step in campaign.steps() if isinstance(step, Ads)
        ]
    return tuple(notes)


def _note(what: str, span: object) -> Diagnostic:
    from reactivate.diagnostics import Span

    place = span if isinstance(span, Span) else None
    return Diagnostic("R599", f"{what} is read and checked; its effect is not built yet", "note", place)
