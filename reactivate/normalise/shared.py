"""Contacts that are nobody's own: shared by too many people, on too many cards, or of another country."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.normalise.cells import perhaps_frequent

MOST_NAMES = {"phone": 5, "email": 3}
"""A phone on more different people than this belongs to nobody in particular; e-mails likewise."""
FEWEST_RECORDS_A_NAME = 4
"""Many names on even more records are one person's: at least so many records for each."""
MOST_RECORDS = 100
"""A contact on more records than this is nobody's own either, whatever their names, or without any."""


def judged(contacts: pa.Table, names: Sequence[pa.Array]) -> pa.Table:
    """Mark what too many different people share. `names`: parts of the folded name, one per record each, null = none.

    So many people hold a contact as it has different values of the part that has most: slips of the pen and short
    forms multiply whole names, so a person of twenty records would soon look like ten.
    """
    owned = contacts.select(["row", "kind", "value"]).filter(pc.not_equal(contacts["kind"], "address"))
    several = owned.filter(pa.array(perhaps_frequent(owned["value"], min(MOST_NAMES.values()))))
    held_by = several["value"].combine_chunks().value_counts()
    crowded = held_by.field("values").filter(pc.greater(held_by.field("counts"), MOST_RECORDS))
    many = [_named_by_many(several, part) for part in names]
    listed = pc.is_in(contacts["value"], pa.concat_arrays([crowded, *many]))
    shared = pc.and_(pc.and_(listed, pc.is_null(contacts["flaw"])), pc.not_equal(contacts["kind"], "address"))
    flaws = pc.if_else(shared, "shared_by_many", contacts["flaw"])
    place = contacts.column_names.index
    return contacts.set_column(place("flaw"), "flaw", flaws).set_column(place("good"), "good", pc.is_null(flaws))


def _named_by_many(contacts: pa.Table, names: pa.Array) -> pa.Array:
    """Values held under more different names than their kind may have, unless each name has many records."""
    held = contacts.select(["kind", "value"]).append_column("name", names.take(contacts["row"].combine_chunks()))
    named = held.filter(pc.is_valid(held["name"]))
    different = named.group_by(["kind", "value", "name"]).aggregate([([], "count_all")])
    counts = different.group_by(["kind", "value"]).aggregate([([], "count_all"), ("count_all", "sum")])
    limits = pc.if_else(pc.equal(counts["kind"], "phone"), MOST_NAMES["phone"], MOST_NAMES["email"])
    many = pc.greater(counts["count_all"], limits)
    # Thirty records of one person hold some slips of the pen, each of them once.
    spread = pc.greater(pc.multiply(counts["count_all"], FEWEST_RECORDS_A_NAME), counts["count_all_sum"])
    return counts.filter(pc.and_(many, spread))["value"].combine_chunks()


def of_another_country(contacts: pa.Table) -> pa.Table:
    """Where most phones are no numbers of the country given, the bare digits (seven and more) may be compared."""
    phones = pc.equal(contacts["kind"], "phone")
    odd = pc.and_(phones, pc.fill_null(pc.equal(contacts["flaw"], "invalid"), False))
    if 2 * (pc.sum(odd).as_py() or 0) <= (pc.sum(phones).as_py() or 0):
        return contacts
    long_enough = pc.and_(odd, pc.greater_equal(pc.utf8_length(contacts["value"]), 7))
    flaws = pc.if_else(long_enough, pa.scalar(None, pa.string()), contacts["flaw"])
    place = contacts.column_names.index
    return contacts.set_column(place("flaw"), "flaw", flaws).set_column(place("good"), "good", pc.is_null(flaws))
