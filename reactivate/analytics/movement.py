"""Who moved between RFM words or stages from one day to another, and what moved them."""

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.returning import returned


def movement(before: pa.Table, after: pa.Table, column: str, orders: pa.Table, *, start: date, end: date) -> pa.Table:
    """`was, now, people, ordered`: counts of people by `column` (`rfm`, `stage`) in two tables with `person_id`.

    `ordered` says how many of them ordered from `start` to `end`, both included: those moved by an order; the others by
    silence, or because the base around them moved. People missing from a table have null there. Largest first.
    """
    ids = pc.unique(pa.chunked_array([*_ids(before), *_ids(after)], pa.string()))
    came = returned(orders, ids, start, end)
    moves = pa.table(
        {"was": _of(before, ids, column), "now": _of(after, ids, column), "ordered": came.cast(pa.int64())}
    )
    counted = moves.group_by(["was", "now"]).aggregate([([], "count_all"), ("ordered", "sum")])
    counted = counted.rename_columns(["was", "now", "people", "ordered"])
    return counted.sort_by([("people", "descending"), ("was", "ascending"), ("now", "ascending")])


def _ids(table: pa.Table) -> list[pa.Array]:
    found: list[pa.Array] = table["person_id"].chunks
    return found


def _of(table: pa.Table, ids: pa.Array, column: str) -> Any:
    return table[column].take(pc.index_in(ids, value_set=table["person_id"]))
