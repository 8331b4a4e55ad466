"""What the law of a country asks before anybody is contacted: packs as dated data, and when contact is allowed."""

from reactivate.policies.hours import first_at, next_allowed, zones_of
from reactivate.policies.pack import Need, Pack, Windows, load, needs_confirmation, words

__all__ = ["Need", "Pack", "Windows", "first_at", "load", "needs_confirmation", "next_allowed", "words", "zones_of"]
