"""The story of one person: which records, why merged, profile, why in or out, every touch and answer."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate import normalise
from reactivate.errors import DataError
from reactivate.rules.explain import why
from reactivate.stages.base import Base
from reactivate.stages.candidates_told import sums_of
from reactivate.stages.draft import draft, everybody
from reactivate.stages.opened import Opened
from reactivate.stages.reasons import reasons

_SEEN = ("source", "record_id", "display", "first_seen_on", "last_seen_on")


def find_person(opened: Opened, text: str) -> str:
    """The person meant by an id, `source:id`, e-mail or phone; whoever was merged is now part of another.

    DataError R642 nobody, R643 several.
    """
    people = opened.base.table("people")["person_id"]
    if pc.any(pc.equal(people, text)).as_py():
        return text
    found = _by_record(opened, text) or _by_contact(opened, text) or _merged(opened, text)
    if not found:
        raise DataError.because("R642", f"nobody is known as {text!r}", "give a person id, source:id, e-mail or phone")
    if len(found) > 1:
        raise DataError.because(
            "R643", f"{text!r} belongs to {len(found)} persons: {', '.join(found[:5])}", "give one id"
        )
    return found[0]


def _by_record(opened: Opened, text: str) -> list[str]:
    source, colon, record = text.partition(":")
    if not colon:
        return []
    members = opened.base.table("members")
    mine = members.filter(pc.and_(pc.equal(members["source"], source), pc.equal(members["record_id"], record)))
    return pc.unique(mine["person_id"]).to_pylist()  # type: ignore[no-any-return]


def _merged(opened: Opened, text: str) -> list[str]:
    """Who holds today the records of a person that was merged; several when they were parted later."""
    keys = opened.ledger.identity.records_moved_from(text)
    return list(dict.fromkeys(person for key in keys for person in _by_record(opened, ":".join(key))))


def _by_contact(opened: Opened, text: str) -> list[str]:
    kind = "email" if "@" in text else "phone"
    card = pa.table({"source": ["x"], "record_id": ["x"], kind: [text]})
    from reactivate.contracts.schemas import RECORDS

    read = normalise.contacts(RECORDS.conform(card), region=opened.pack.country)
    contacts = opened.base.table("contacts")
    values = pa.concat_arrays([read["value"].combine_chunks(), pa.array([text])])
    mine = pc.or_(pc.is_in(contacts["value"], value_set=values), pc.equal(contacts["display"], text))
    return pc.unique(contacts.filter(mine)["person_id"]).to_pylist()  # type: ignore[no-any-return]


def story(opened: Opened, person: str) -> dict[str, Any]:
    """`story/1`: everything that is known of the person, and for a campaign why he is in or out."""
    base = opened.base
    drafted = draft(opened) if opened.loaded.campaign is not None else None
    found: dict[str, Any] = {
        "format": "story/1",
        "person_id": person,
        "as_of": str(opened.moment.day),
        "records": _rows(base.table("members"), person),
        "contacts": _contacts(base, person),
        "card": _rows(base.table("people"), person)[0],
    }
    profile = _rows(everybody(opened)[0] if drafted is None else drafted.profiles, person)[0]
    found["profile"] = profile
    found["why"] = reasons(opened, person, profile)
    if drafted is None:
        return found
    found["audience"] = [why(rule, profile) for rule in opened.rules.audience]
    found["standing"] = _standing(opened, drafted, person)
    found["offers"] = sums_of(drafted.candidates, drafted.entry.choice, person)
    found["reach"] = {
        channel: _rows(rows, person)[0]["why"] or "can be contacted"
        for (channel, purpose), rows in drafted.reach.items()
        if purpose == opened.purpose
    }
    found["touches"] = _rows(opened.ledger.touches(), person)
    found["passes"] = _rows(opened.ledger.passes(state=None), person)
    found["events"] = _rows(opened.ledger.events(), person)
    return found


def _contacts(base: Base, person: str) -> list[dict[str, Any]]:
    """The person's contacts, each with everywhere it was `seen`; nothing there in a base of an older version."""
    rows = _rows(base.table("contacts"), person)
    seen = _rows(base.table("sightings"), person) if "sightings" in base.names else []
    seen.sort(key=lambda one: (str(one["last_seen_on"] or ""), one["source"], one["record_id"]), reverse=True)
    for row in rows:
        mine = [sighting for sighting in seen if (sighting["kind"], sighting["value"]) == (row["kind"], row["value"])]
        row["seen"] = [{name: sighting[name] for name in _SEEN} for sighting in mine]
    return sorted(rows, key=lambda row: (row["kind"], row["rank"]))


def _standing(opened: Opened, drafted: Any, person: str) -> str:
    entrants, verdicts = drafted.entry.entrants, drafted.entry.verdicts
    for row in _rows(entrants, person):
        verb = "would enter" if drafted.due else "qualifies, but nobody is taken in now"
        return f"{verb}, {row['arm']}" + (f", segment {row['segment']}" if row["segment"] else "")
    for row in _rows(verdicts, person):
        return f"left out: {row['detail'] or row['reason']}"
    return "not in the audience"


def _rows(table: pa.Table, person: str) -> list[dict[str, Any]]:
    return table.filter(pc.equal(table["person_id"], person)).to_pylist()  # type: ignore[no-any-return]
