"""ORDERS, LINES and the events that statuses stand for, out of order rows that are read already."""

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MONEY
from reactivate.contracts.schemas import EVENTS, LINES, ORDERS
from reactivate.stages.findings import Findings
from reactivate.stages.mapping import SourceMapping
from reactivate.stages.raw import ROW, column

_FIRST = ("status", "staff", "vehicle", "mileage", "service")
_LIST_MARKS = r"\s*[;|\n\r]+\s*"


def lines(rows: pa.Table, mapping: SourceMapping) -> pa.Table:
    """LINES: every row of a source whose rows are order lines."""
    named = rows.select(
        ["record_id", "order_id", "ordered_on", "item", "category", "quantity", "unit_price", "amount"]
    ).append_column("is_product", _is_product(column(rows, "item"), mapping))
    return LINES.conform(named.append_column("source", pa.repeat(pa.scalar(mapping.name), rows.num_rows)))


def orders_of_lines(rows: pa.Table, mapping: SourceMapping) -> pa.Table:
    """ORDERS: rows with one order id are one order; returned lines are an order of negative amount."""
    rows = rows.append_column("_product", _is_product(column(rows, "item"), mapping))
    first = [name for name in _FIRST if column(rows, name).null_count < rows.num_rows]
    wanted = [("record_id", "first"), ("ordered_at", "min"), ("ordered_on", "min"), ("paid", "any"), ("_return", "any")]
    some = pc.ScalarAggregateOptions(skip_nulls=True, min_count=1)
    grouped = rows.group_by("order_id", use_threads=False).aggregate(
        [*wanted, ("amount", "sum", some), *((name, "first") for name in first)]
    )
    names = ["order_id", *(name for name, _ in wanted), "amount", *first]
    orders = grouped.rename_columns(names)
    orders = orders.set_column(names.index("amount"), "amount", orders["amount"].cast(MONEY))
    bought = rows.filter(pc.and_(rows["_product"], pc.is_valid(rows["item"])))
    orders = _beside(orders, "items", bought.group_by("order_id", use_threads=False).aggregate([("item", "list")]))
    largest = rows.filter(pc.is_valid(rows["category"])).sort_by([("amount", "descending")])
    by_category = largest.group_by("order_id", use_threads=False).aggregate([("category", "first")])
    orders = _beside(orders, "category", by_category)
    # A returned gift of no price takes nothing off; as an order of sum 0 it would count as a purchase.
    free = pc.and_(orders["_return"], pc.fill_null(pc.greater_equal(orders["amount"], Decimal(0)), True))
    return _conform(orders.filter(pc.invert(free)).drop_columns(["_return"]), mapping)


def orders_of_rows(rows: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """ORDERS: every row is an order; of rows with one id the last counts."""
    last = rows.sort_by([("ordered_at", "ascending"), (ROW, "ascending")])
    last = last.group_by("order_id", use_threads=False).aggregate([(ROW, "last")])
    used = pc.is_in(rows[ROW], value_set=last[f"{ROW}_last"].combine_chunks())
    repeated = column(rows, ROW).filter(pc.invert(used))
    findings.aside(repeated, "repeated_order", "an order id that comes again: the latest row counts", "order_id")
    orders = rows.filter(used)
    place = orders.schema.get_field_index("items")
    orders = orders.set_column(place, "items", _titles(column(orders, "items"), mapping))
    return _conform(orders, mapping)


def status_events(orders: pa.Table, mapping: SourceMapping) -> pa.Table:
    """EVENTS: an order whose status is one of those named under `events`."""
    found = [EVENTS.empty()]
    for event, status in mapping.events.items():
        some = orders.filter(pc.equal(pc.utf8_lower(orders["status"]), status.strip().lower()))
        ids = some["order_id"]
        found.append(
            EVENTS.table(
                source=some["source"],
                record_id=some["record_id"],
                event=pa.repeat(pa.scalar(event), some.num_rows),
                value=ids,
                at=some["ordered_at"],
                event_id=pc.binary_join_element_wise(event, ids, ":"),
            )
        )
    return pa.concat_tables(found)


def _conform(orders: pa.Table, mapping: SourceMapping) -> pa.Table:
    named = orders.append_column("source", pa.repeat(pa.scalar(mapping.name), orders.num_rows))
    return ORDERS.conform(named.select([name for name in ORDERS.schema.names if name in named.column_names]))


def _beside(orders: pa.Table, name: str, found: pa.Table) -> pa.Table:
    """A column of `found` (order_id and one more), aligned to the orders."""
    places = pc.index_in(orders["order_id"].combine_chunks(), value_set=found["order_id"].combine_chunks())
    return orders.append_column(name, pc.take(found.column(1).combine_chunks(), places))


def _is_product(items: pa.Array, mapping: SourceMapping) -> pa.Array:
    words = pa.array([word.strip().lower() for word in mapping.not_products], pa.string())
    return pc.invert(pc.is_in(pc.utf8_lower(items), value_set=words))


def _titles(texts: pa.Array, mapping: SourceMapping) -> pa.Array:
    """List cells cut into titles. Commas cut only in a column that knows no other mark: titles hold commas."""
    titles = texts if pa.types.is_list(texts.type) else _cut(texts)
    if not mapping.not_products:
        return titles
    parents, flat = pc.list_parent_indices(titles), pc.list_flatten(titles)
    kept = _is_product(flat, mapping)
    goods = pa.table({"order": parents.filter(kept), "title": flat.filter(kept)})
    lists = goods.group_by("order", use_threads=False).aggregate([("title", "list")])
    places = pc.index_in(pa.array(range(len(texts)), lists["order"].type), value_set=lists["order"].combine_chunks())
    return pc.take(lists["title_list"].combine_chunks(), places)


def _cut(texts: pa.Array) -> pa.Array:
    has_marks = pc.any(pc.match_substring_regex(texts, "[;|\n\r]")).as_py()
    bare = pc.utf8_trim(texts, " ;|\n\r,")
    return pc.split_pattern_regex(bare, _LIST_MARKS if has_marks else r"\s*,\s+")
