"""Households: persons who share a phone, an e-mail or a flat that at most eight persons hold."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from reactivate.stages.tables import whole

MOST = 8
"""A contact that more persons hold belongs to an office, a courier or nobody."""


def households(people: pa.Array, contacts: pa.Table) -> pa.Array:
    """Per person the smallest id in the household; null for persons who share nothing.

    `contacts`: person_id, kind, value, flaw, persons, one row per person and value. An address counts when it names a
    flat. What is flawed joins nobody, unless its only flaw is that several share it.
    """
    usable = pc.or_kleene(pc.is_null(contacts["flaw"]), pc.equal(contacts["flaw"], "shared_by_many"))
    few = pc.and_(pc.greater(contacts["persons"], 1), pc.less_equal(contacts["persons"], MOST))
    # The key of an address is city|street|house|flat.
    private = pc.or_(
        pc.not_equal(contacts["kind"], "address"), pc.match_substring_regex(contacts["value"], r"\|[^|]+$")
    )
    shared = contacts.filter(pc.and_(pc.and_(pc.fill_null(usable, False), few), private))
    count = len(people)
    if not shared.num_rows:
        return pa.nulls(count, pa.string())
    person = pc.index_in(whole(shared["person_id"]), value_set=people).to_numpy()
    points = pc.binary_join_element_wise(shared["kind"], shared["value"], "\x1f")
    point = whole(points).dictionary_encode().indices.to_numpy()
    size = count + int(point.max()) + 1
    graph = coo_matrix((np.ones(len(person), np.int8), (person, count + point)), shape=(size, size))
    home = connected_components(graph, directed=False)[1][:count]
    # `people` is sorted, so the first of a household is its smallest id.
    _, first, where, members = np.unique(home, return_index=True, return_inverse=True, return_counts=True)
    ids = people.take(pa.array(first[where]))
    return pc.if_else(pa.array(members[where] > 1), ids, pa.scalar(None, pa.string()))
