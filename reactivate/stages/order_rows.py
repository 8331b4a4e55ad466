"""Order rows read: who, when, how much. What cannot be read is a finding; the row is used as far as it goes."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.errors import DataError
from reactivate.normalise.numbers import amounts, numbers, to_money
from reactivate.stages.dates import days, moments
from reactivate.stages.findings import Findings
from reactivate.stages.identity import hashed, numbered, record_ids
from reactivate.stages.mapping import SourceMapping
from reactivate.stages.raw import ROW, column

_LINE_FIELDS = frozenset({"item", "quantity", "unit_price"})
_PIECES = pa.decimal128(18, 3)
_PRICE = pa.decimal128(18, 6)
_TEXTS = ("order_id", "item", "items", "category", "staff", "vehicle", "service", "status")


def has_lines(table: pa.Table) -> bool:
    """Whether a row is a line of an order, not a whole order."""
    return bool(_LINE_FIELDS & set(table.column_names))


def usable(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """Rows with a customer and a readable date, `_id`, `_at` and `_on` beside; the others are findings."""
    if 0 < column(table, "order_id").null_count < table.num_rows:
        without = column(table, ROW).filter(pc.is_null(column(table, "order_id")))
        findings.noted(without, "no_order_id", "no order id: one was made", "order_id")
    ids = record_ids(table)
    findings.aside(column(table, ROW).filter(pc.is_null(ids)), "no_customer", "no customer on the row")
    known = table.append_column("_id", ids).filter(pc.is_valid(ids))
    given, rows = column(known, "ordered_on"), column(known, ROW)
    at = moments(given, mapping.dates, mapping.timezone)
    unread = rows.filter(pc.and_(pc.is_null(at), pc.is_valid(given)))
    findings.bad(unread, "bad_date", f"a date that is not written {mapping.dates}", "ordered_on", dropped=True)
    undated = rows.filter(pc.is_null(given))
    findings.bad(undated, "no_date", "an order without a date", "ordered_on", dropped=True)
    dated = known.append_column("_at", at).filter(pc.is_valid(at))
    return dated.append_column("_on", days(dated["_at"], mapping.timezone))


def read(used: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    """Order columns with their types, one row per row of `used` but those in another currency."""
    columns: dict[str, Any] = {
        "record_id": column(used, "_id"),
        "ordered_at": column(used, "_at"),
        "ordered_on": column(used, "_on"),
        ROW: column(used, ROW),
        **{name: column(used, name) for name in _TEXTS},
    }
    columns["paid"] = _paid(used, mapping)
    columns["mileage"] = pc.round(_number(used, "mileage", findings)).cast(pa.int64())
    columns["quantity"] = _number(used, "quantity", findings).cast(_PIECES, safe=False)
    columns["unit_price"] = _number(used, "unit_price", findings).cast(_PRICE)
    product = to_money(pc.multiply(columns["quantity"], columns["unit_price"]))
    given = column(used, "amount")
    sums, foreign = amounts(given, mapping.currency)
    unread = pc.and_(pc.and_(pc.is_null(sums), pc.is_valid(given)), pc.invert(foreign))
    findings.bad(columns[ROW].filter(unread), "bad_amount", "a sum that cannot be read", "amount")
    other = f"a sum that is not in {mapping.currency}"
    findings.aside(columns[ROW].filter(foreign), "other_currency", other, "amount")
    columns["amount"] = pc.coalesce(sums, product)
    rows = pa.table(columns).filter(pc.invert(foreign))
    return _identified(rows, findings, by_line=has_lines(used))


def _paid(used: pa.Table, mapping: SourceMapping) -> pa.Array:
    if "status" not in used.column_names:
        return pa.repeat(pa.scalar(True), used.num_rows)
    if not mapping.paid:
        raise DataError.because(
            "R622",
            f"source {mapping.name!r}: a status is mapped, but not which of its words mean a paid order",
            "add `paid: [their words]` under the source",
        )
    words = pa.array([word.strip().lower() for word in mapping.paid], pa.string())
    return pc.is_in(pc.utf8_lower(column(used, "status")), value_set=words)


def _number(used: pa.Table, name: str, findings: Findings) -> pa.Array:
    values = column(used, name)
    found = numbers(values)
    unread = pc.and_(pc.is_null(found), pc.is_valid(values))
    findings.bad(column(used, ROW).filter(unread), "bad_number", "a cell that is no number", name)
    return found


def _identified(rows: pa.Table, findings: Findings, by_line: bool) -> pa.Table:
    """Every row with an order id that no other customer has; returned lines are orders of their own."""
    ids = column(rows, "order_id")
    missing = pc.is_null(ids)
    if ids.null_count:
        fields = ("record_id", "ordered_at") if by_line else ("record_id", "ordered_at", "amount", "items")
        made = hashed(rows.filter(missing), fields)
        made = pc.binary_join_element_wise("~", made if by_line else numbered(made), "")
        ids = pc.replace_with_mask(ids, missing, made)
    ids = _unshared(ids, column(rows, "record_id"), column(rows, ROW), findings)
    if by_line:
        sign = column(rows, "quantity") if column(rows, "quantity").null_count < len(ids) else column(rows, "amount")
        returned = pc.fill_null(pc.less(sign, Decimal(0)), False)
        ids = pc.if_else(returned, pc.binary_join_element_wise(ids, "return", "~"), ids)
        rows = rows.append_column("_return", returned)
    return rows.set_column(rows.schema.get_field_index("order_id"), "order_id", ids)


def _unshared(ids: pa.Array, records: pa.Array, rows: pa.Array, findings: Findings) -> pa.Array:
    pairs = pa.table({"order": ids, "record": records}).group_by(["order", "record"]).aggregate([])
    held = pairs.group_by("order").aggregate([("record", "count")])
    several = held.filter(pc.greater(held["record_count"], 1))["order"].combine_chunks()
    if not len(several):
        return ids
    shared = pc.is_in(ids, value_set=several)
    findings.noted(rows.filter(shared), "shared_order_id", "an order id that several customers have", "order_id")
    return pc.if_else(shared, pc.binary_join_element_wise(ids, records, "~"), ids)
