"""Orders that name a customer by number only: the number leads to the card of the source that knows it."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.schemas import LINKS
from reactivate.stages.mapping import CONTACT_FIELDS
from reactivate.stages.tables import whole

_ENOUGH = 0.5


def bare(records: pa.Table) -> pa.Array:
    """Per record, whether its source holds no contact of anybody: its cards are numbers and nothing else."""
    some = pa.repeat(pa.scalar(False), records.num_rows)
    for name in CONTACT_FIELDS:
        if name in records.column_names:
            some = pc.or_(some, whole(pc.is_valid(records[name])))
    with_contacts = pc.unique(records["source"].filter(some))
    return pc.invert(pc.is_in(whole(records["source"]), value_set=whole(with_contacts)))


def same_ids(records: pa.Table) -> pa.Table:
    """Certain LINKS from cards without contacts to those of the one source that has at least half of their ids.

    When two sources have that many, a number says nothing, and none is laid.
    """
    lone = bare(records)
    places = pa.array(range(records.num_rows), pa.int64())
    known = pc.invert(lone)
    links = [LINKS.empty()]
    for source in pc.unique(records["source"].filter(lone)).to_pylist():
        mine = whole(pc.equal(records["source"], source))
        ids, at = whole(records["record_id"].filter(mine)), places.filter(mine)
        found = []
        for other in pc.unique(records["source"].filter(known)).to_pylist():
            theirs = whole(pc.equal(records["source"], other))
            hit = pc.index_in(ids, value_set=whole(records["record_id"].filter(theirs)))
            if len(hit) - hit.null_count >= _ENOUGH * len(ids):
                found.append(places.filter(theirs).take(hit))
        if len(found) == 1:
            links.append(_links(at, found[0], source))
    return pa.concat_tables(links)


def _links(mine: pa.Array, theirs: pa.Array, source: str) -> pa.Table:
    there = pc.is_valid(theirs)
    mine, theirs = mine.filter(there), theirs.filter(there)
    count = len(mine)
    return LINKS.table(
        left=pc.min_element_wise(mine, theirs),
        right=pc.max_element_wise(mine, theirs),
        probability=pa.repeat(pa.scalar(1.0), count),
        band=pa.repeat(pa.scalar("merge"), count),
        reason=pa.repeat(pa.scalar(f"the same id; {source} holds no contacts"), count),
    )
