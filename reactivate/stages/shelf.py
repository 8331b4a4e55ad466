"""Titles for letters and rules: what is recommended to each person, and what has come since the last order.

Counting what goes with what takes seconds on a million lines, so it is done only where a rule or a letter reads it.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics import nextproduct
from reactivate.stages.tables import whole

NAMES = ("recommended", "novelties")
MOST = 10
"""Titles per person and list; a letter names fewer: `recommended(3)`."""


def read_by(texts: Iterable[str], folder: Path | None) -> frozenset[str]:
    """Those of `NAMES` that any of the texts, or any template of the folder, may speak of."""
    found = set()
    paths = sorted(folder.glob("*.md")) if folder is not None else []
    for text in (*texts, *(path.read_text(encoding="utf-8", errors="replace") for path in paths)):
        found |= {name for name in NAMES if name in text}
    return frozenset(found)


def shelf_columns(
    people: pa.Table, orders: pa.Table, lines: pa.Table, names: Iterable[str], *, as_of: date
) -> dict[str, pa.Array]:
    """The columns asked for, one list per person of `people`; null where there is nothing to name."""
    wanted = [name for name in NAMES if name in set(names)]
    if not wanted:
        return {}
    sold = sold_lines(orders, lines)
    makers = {"recommended": nextproduct.recommended, "novelties": nextproduct.novelties}
    return {name: _named(makers[name](people, sold, as_of=as_of, most=MOST)[name]) for name in wanted}


def sold_lines(orders: pa.Table, lines: pa.Table) -> pa.Table:
    """LINES with `person_id` of all paid orders and returns: as read, or one line per title of an order that has none.

    An order of negative sum is a return of its titles.
    """
    paid = orders.filter(pc.fill_null(orders["paid"], False))
    unpaid = orders.filter(pc.invert(pc.fill_null(orders["paid"], False)))
    read = lines.filter(pc.invert(pc.is_in(_key(lines), value_set=_key(unpaid))))
    listed = paid.filter(pc.invert(pc.is_in(_key(paid), value_set=_key(lines))))
    names = ["source", "order_id", "ordered_on", "item", "category", "quantity", "is_product", "person_id"]
    return pa.concat_tables([read.select(names), _of_titles(listed, read.select(names).schema)])


def _of_titles(orders: pa.Table, schema: pa.Schema) -> pa.Table:
    titles = whole(orders["items"])
    row = pc.list_parent_indices(titles)
    back = pc.fill_null(pc.less(whole(orders["amount"]).cast(pa.float64()), 0.0), False)
    told = ("source", "order_id", "ordered_on", "category", "person_id")
    columns = {
        **{name: whole(orders[name]).take(row) for name in told},
        "item": pc.list_flatten(titles),
        "quantity": pc.if_else(back, pa.scalar(-1, pa.int8()), pa.scalar(1, pa.int8())).take(row),
        "is_product": pa.repeat(True, len(row)),
    }
    return pa.table({field.name: columns[field.name].cast(field.type) for field in schema}, schema=schema)


def _key(table: pa.Table) -> pa.Array:
    return whole(pc.binary_join_element_wise(table["source"], table["order_id"], "\x1f"))


def _named(titles: pa.ChunkedArray) -> pa.Array:
    """An empty list as null: a rule can ask `recommended is missing`, a letter `{% if recommended %}`."""
    found = whole(titles)
    return pc.if_else(pc.equal(pc.list_value_length(found), 0), pa.scalar(None, found.type), found)
