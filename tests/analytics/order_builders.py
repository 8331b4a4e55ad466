"""Small builders: orders as plain literals."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from reactivate.contracts.schemas import LINES, ORDERS

TODAY = date(2026, 6, 30)


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


def order(who: str, ago: int, amount: float | str | None = 100, **more: object) -> dict[str, object]:
    on = day(ago)
    return {
        "person_id": who,
        "record_id": who,
        "ordered_on": on,
        "ordered_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        "amount": None if amount is None else Decimal(str(amount)),
        "paid": True,
        **more,
    }


def orders(*rows: dict[str, object]) -> pa.Table:
    """Contract ORDERS with `person_id`; order ids are made from the place of the row unless given."""
    full = [{"source": "shop", "order_id": f"{i:04}", **row} for i, row in enumerate(rows)]
    schema = pa.schema([*ORDERS.schema, pa.field("person_id", pa.string())])
    table = pa.Table.from_pylist(full, schema=schema)
    return ORDERS.conform(table.select(ORDERS.schema.names)).append_column("person_id", table["person_id"])


def lines(*rows: dict[str, object]) -> pa.Table:
    full = [{"source": "shop", "ordered_on": TODAY, "is_product": True, **row} for row in rows]
    return LINES.conform(pa.Table.from_pylist(full, schema=LINES.schema))


def people(*names: str) -> pa.Array:
    return pa.array(names, pa.string())


def row(table: pa.Table, who: str) -> dict[str, object]:
    found = [item for item in table.to_pylist() if item["person_id"] == who]
    assert len(found) == 1
    return found[0]
