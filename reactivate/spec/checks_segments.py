"""Segments: shares that sum, journeys that fit, a rule that leaves nothing for the next."""

from collections.abc import Mapping
from decimal import Decimal

from reactivate.diagnostics import Collector
from reactivate.spec.campaign import Campaign
from reactivate.spec.claims import implies, never_together, parts_of
from reactivate.spec.kinds import Rule
from reactivate.spec.refer import refer


def check_segments(campaign: Campaign, currency: str | None, found: Collector) -> None:
    """Rules or shares, not both; names; segments that nobody can reach."""
    segments = campaign.segments or {}
    rules = {name: rule for name, rule in segments.items() if isinstance(rule, Rule)}
    shares = {name: share for name, share in segments.items() if not isinstance(share, Rule)}
    for name in segments:
        if name in ("rest", "none"):
            found.error("R323", f"a segment cannot be called {name!r}: it has a meaning of its own",
                        campaign.places.key(f"segments.{name}"))  # fmt: skip
    place = campaign.places.key("segments")
    total = sum(Decimal(str(share)) for share in shares.values())
    if rules and shares:
        found.error("R318", "segments are rules or shares, never both", place, "write all as rules, or all as shares")
    elif shares and total != 1:
        found.error("R318", f"the shares of the segments sum to {float(total * 100):g}%, not to 100%", place)
    if campaign.divided:
        known = [*segments, "rest"] if rules or not segments else list(segments)
        for name in campaign.journeys:
            refer("segment", "R306", name, known, campaign.places.key(f"journey.{name}"), found)
    _swallowed(rules, campaign, found)


def _swallowed(rules: Mapping[str, Rule], campaign: Campaign, found: Collector) -> None:
    """A segment whose people were all taken by one above it, or left outside by the audience."""
    conditions = {name: parts_of(rule.text) for name, rule in rules.items()}
    names = list(rules)
    for position, name in enumerate(names):
        if any(never_together(rule.text, rules[name].text) for rule in campaign.audience or ()):
            found.warning("R354", f"segment {name!r} is empty: nobody of the audience can meet its rule",
                          campaign.places.key(f"segments.{name}"), "change the one or the other")  # fmt: skip
            continue
        for above in names[:position]:
            taken = [any(implies(mine, theirs) for mine in conditions[name]) for theirs in conditions[above]]
            if taken and all(taken):
                found.warning("R354", f"segment {name!r} is empty: {above!r}, tried before it, takes all of its people",
                              campaign.places.key(f"segments.{name}"), f"put {name!r} above {above!r}")  # fmt: skip
                break
