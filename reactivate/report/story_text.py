"""The story of one person, for people."""

from typing import Any

from reactivate.report.pair_text import link_text
from reactivate.report.sums_text import sums_text
from reactivate.text import columns

_QUIET = {"person_id", "household"}


def as_text(story: dict[str, Any]) -> str:
    """Records and contacts, then profile, standing, touches and events in their order."""
    lines = [f"Person {story['person_id']} as of {story['as_of']}", "", "Records"]
    lines += columns(
        [(f"  {r['source']}:{r['record_id']}", f"held by {100 * r['probability']:.0f}%") for r in story["records"]]
    )
    if (bridge := story.get("weakest_bridge")) is not None:
        lines.append(f"  weakest bridge: {link_text(bridge)}")
    lines += ["", "Contacts"]
    lines += columns(
        [
            (f"  {c['kind']}", c["display"], "good" if c["good"] else c["flaw"] or "not good", "; ".join(_seen(c)))
            for c in story["contacts"]
        ]
    )
    if "profile" in story:
        lines += ["", "Profile", *_profile(story["profile"])]
        lines += ["", "Why these words", *columns([(f"  {name}", said) for name, said in story["why"].items()])]
    if "audience" in story:
        lines += ["", "Audience", *(f"  {line}" for line in story["audience"]), f"  so: {story['standing']}"]
        if story.get("offers"):
            lines += ["", "Offers, by what they bring", *sums_text(story["offers"])]
        lines += ["", "Channels", *columns([(f"  {name}", why) for name, why in story["reach"].items()])]
        lines += ["", "Passes", *_passes(story["passes"])]
        lines += ["", "What happened", *_happened(story)]
    return "\n".join(lines)


def _seen(contact: dict[str, Any]) -> list[str]:
    """`orders:17 from 2024-01-05 to 2026-03-01`, one for every record that holds the contact."""
    seen = contact.get("seen") or [{"source": contact["source"], "last_seen_on": contact["last_seen_on"]}]
    return [_sighting(one) for one in seen]


def _sighting(one: dict[str, Any]) -> str:
    where = f"{one['source']}:{one['record_id']}" if "record_id" in one else one["source"]
    first, last = one.get("first_seen_on"), one["last_seen_on"]
    if last is None:
        return where
    return f"{where} on {last}" if first in (None, last) else f"{where} from {first} to {last}"


def _profile(profile: dict[str, Any]) -> list[str]:
    shown = [
        (f"  {name}", _said(value)) for name, value in profile.items() if name not in _QUIET and value not in (None, [])
    ]
    return columns(shown)


def _passes(passes: list[dict[str, Any]]) -> list[str]:
    rows = [
        (
            f"  {p['campaign']} no {p['number']}",
            p["arm"],
            f"entered {p['entered_at']:%Y-%m-%d}",
            p["outcome"] or "inside",
        )
        for p in passes
    ]
    return columns(rows) or ["  none"]


def _happened(story: dict[str, Any]) -> list[str]:
    touches = [
        (t["done_at"] or t["planned_at"], f"{t['step']} by {t['channel'] or '–'}: {t['state']}", t["reason"] or "")
        for t in story["touches"]
    ]
    events = [
        (e["at"], f"{e['kind']}{' ' + e['step'] if e['step'] else ''}", e["value"] or "") for e in story["events"]
    ]
    rows = [(f"  {at:%Y-%m-%d %H:%M}", what, more) for at, what, more in sorted(touches + events)]
    return columns(rows) or ["  nothing yet"]


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
