"""Undoing a merge: some records leave their person together; the next sync gives them back what was theirs."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.errors import DataError
from reactivate.ledger import Ledger
from reactivate.ledger.decisions import Key
from reactivate.stages.base import Base
from reactivate.stages.review_decide import Said


def key_of(base: Base, text: str) -> Key:
    """The record meant by `source:id`. DataError R685 when there is none."""
    source, colon, record = text.partition(":")
    members = base.table("members")
    mine = pc.and_(pc.equal(members["source"], source), pc.equal(members["record_id"], record))
    if not colon or not pc.any(mine).as_py():
        sources = ", ".join(sorted(pc.unique(members["source"]).to_pylist()))
        raise DataError.because(
            "R685", f"no record is known as {text!r}", f"write source:id; the sources are {sources}"
        )
    return source, record


def split(base: Base, ledger: Ledger, texts: Sequence[str]) -> list[Said]:
    """Decisions by which the named records (`source:id`, or the id of a person merged earlier) leave their person.

    They stay together and apart from every other record of that person. DataError R685 for an unknown record, R686
    when they are of several persons, or are all that the person has.
    """
    leaving = _leaving(base, ledger, texts)
    members = base.table("members")
    persons = sorted({_person(members, key) for key in leaving})
    if len(persons) > 1:
        raise DataError.because(
            "R686", f"these records belong to {len(persons)} persons: {', '.join(persons[:5])}", "split one at a time"
        )
    theirs = members.filter(pc.equal(members["person_id"], persons[0]))
    everybody = list(zip(theirs["source"].to_pylist(), theirs["record_id"].to_pylist(), strict=True))
    staying = [key for key in everybody if key not in set(leaving)]
    if not staying:
        raise DataError.because(
            "R686",
            f"person {persons[0]} has no other records, so there is no merge to undo",
            "name some of the records",
        )
    together = [Said(leaving[0], key, True) for key in leaving[1:]]
    return together + [Said(leaving[0], key, False) for key in staying]


def _leaving(base: Base, ledger: Ledger, texts: Sequence[str]) -> list[Key]:
    found: list[Key] = []
    members = base.table("members")
    there = set(zip(members["source"].to_pylist(), members["record_id"].to_pylist(), strict=True))
    for text in texts:
        moved = [] if ":" in text else [key for key in ledger.identity.records_moved_from(text) if key in there]
        found += moved or [key_of(base, text)]
    return list(dict.fromkeys(found))


def _person(members: pa.Table, key: Key) -> str:
    mine = pc.and_(pc.equal(members["source"], key[0]), pc.equal(members["record_id"], key[1]))
    return str(members.filter(mine)["person_id"][0])
