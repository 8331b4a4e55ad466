"""Who moved between RFM words or stages from one day to another, and what moved them."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.arrays import whole
from reactivate.analytics.history import read_history

MOVED_BY = ("order", "return", "silence", "others")
"""`order`: bought in between. `return`: only gave something back. `silence`: did nothing, and the score of recency fell
or there is none. `others`: did nothing either, but the base around moved: a fifth has new neighbours."""


def moves(before: pa.Table, after: pa.Table, column: str, orders: pa.Table, *, start: date, end: date) -> pa.Table:
    """`person_id, was, now, moved_by`: everybody of two tables with `person_id` and `column` (`rfm`, `stage`).

    `moved_by` is a word of `MOVED_BY`, null for those who stayed. Orders and returns count on the days from `start` to
    `end`, both included. People missing from a table, and people without a word, have null there.
    """
    ids = pc.unique(pa.chunked_array([*_ids(before), *_ids(after)], pa.string()))
    was, now = _of(before, ids, column), _of(after, ids, column)
    found = read_history(ids, orders, until=end, since=start)
    did = [np.bincount(found.person[rows], minlength=len(ids)) > 0 for rows in (found.is_order, ~found.is_order)]
    fell = np.ones(len(ids), bool)
    if "r" in before.column_names and "r" in after.column_names:
        fell = np.asarray(pc.fill_null(pc.less(_of(after, ids, "r"), _of(before, ids, "r")), False))
    code = np.select([did[0], did[1], fell], [0, 1, 2], default=3)
    stayed = np.asarray(pc.fill_null(pc.equal(was, now), False)) | np.asarray(pc.and_(was.is_null(), now.is_null()))
    words = pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int8), mask=stayed), pa.array(MOVED_BY))
    return pa.table({"person_id": ids, "was": was, "now": now, "moved_by": words.cast(pa.string())})


def movement(before: pa.Table, after: pa.Table, column: str, orders: pa.Table, *, start: date, end: date) -> pa.Table:
    """`was, now, people, ordered, returned, silent, others`: counts of `moves`, the largest first.

    `ordered` … `others` say what moved how many of them; all 0 where `was` = `now`.
    """
    moved = moves(before, after, column, orders, start=start, end=end)
    by = {
        name: pc.fill_null(pc.equal(moved["moved_by"], word), False).cast(pa.int64())
        for name, word in zip(_COUNTS, MOVED_BY, strict=True)
    }
    table = pa.table({"was": moved["was"], "now": moved["now"], **by})
    counted = table.group_by(["was", "now"]).aggregate([([], "count_all"), *((name, "sum") for name in _COUNTS)])
    counted = counted.rename_columns(["was", "now", "people", *_COUNTS])
    return counted.sort_by([("people", "descending"), ("was", "ascending"), ("now", "ascending")])


_COUNTS = ("ordered", "returned", "silent", "others")


def _ids(table: pa.Table) -> list[pa.Array]:
    found: list[pa.Array] = table["person_id"].chunks
    return found


def _of(table: pa.Table, ids: pa.Array, column: str) -> Any:
    return whole(table[column].take(pc.index_in(ids, value_set=table["person_id"])))
