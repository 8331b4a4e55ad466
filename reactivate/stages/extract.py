"""Stage extract: what a source gives becomes contract tables by its declared mapping; the rest becomes findings."""

from collections.abc import Iterable

import pyarrow as pa
from attrs import frozen

from reactivate.contracts.schemas import CONSENTS, EVENTS, FINDINGS, LINES, ORDERS, RECORDS, SUPPRESSIONS
from reactivate.errors import DataError
from reactivate.host.protocols import Source
from reactivate.stages import notices, order_rows, purchases
from reactivate.stages.cards import card_rows, records
from reactivate.stages.dates import pattern
from reactivate.stages.findings import Findings, refuse_too_many
from reactivate.stages.identity import record_ids
from reactivate.stages.mapping import SourceMapping
from reactivate.stages.raw import ROW, column, gather


@frozen(eq=False)
class Extract:
    """The contract tables of one source or of several, and how many rows were read."""

    records: pa.Table
    orders: pa.Table
    lines: pa.Table
    events: pa.Table
    consents: pa.Table
    suppressions: pa.Table
    findings: pa.Table
    rows: int


CONTRACTS = {
    one.name: one for one in (RECORDS, ORDERS, LINES, EVENTS, CONSENTS, SUPPRESSIONS, FINDINGS)
}  # fmt: skip
"""Extracted tables by name, in the order in which they are written."""


def extract(source: Source, mapping: SourceMapping) -> Extract:
    """Read `source` to its end.

    Raises EnvironmentFault, DataError R61x (the file), R620 (a mapped column is not there), R621 (too many bad rows),
    R622 (`paid` is missing), R623 (the layout under `dates` says nothing).
    """
    _check_layout(mapping)
    findings = Findings(mapping.name)
    raw = gather(source.read(), mapping, findings)
    found: dict[str, list[pa.Table]] = {name: [one.empty()] for name, one in CONTRACTS.items()}
    cards: list[pa.Table] = []
    for kind, table in raw.tables.items():
        if kind == "orders":
            cards.append(_orders(table, mapping, findings, found))
        elif kind == "people":
            cards.append(_people(table, mapping, findings))
        elif kind == "events":
            found["events"].append(notices.events(table, mapping, findings))
        elif kind == "consents":
            found["consents"].append(notices.consents(table, mapping, findings))
        else:
            found["suppressions"].append(notices.refusals(table, mapping, findings))
    noticed = findings.table()
    refuse_too_many(noticed, raw.rows, mapping.bad_rows, mapping.name)
    found["records"].append(records(cards, mapping))
    found["findings"].append(noticed)
    return Extract(**{name: _together(parts) for name, parts in found.items()}, rows=raw.rows)


def together(extracts: Iterable[Extract]) -> Extract:
    """The tables of several sources, one below the other."""
    parts = list(extracts)
    joined = {
        name: _together([one.empty(), *(getattr(part, name) for part in parts)]) for name, one in CONTRACTS.items()
    }
    return Extract(**joined, rows=sum(part.rows for part in parts))


def _orders(table: pa.Table, mapping: SourceMapping, findings: Findings, found: dict[str, list[pa.Table]]) -> pa.Table:
    """Fill orders, lines and events; return the card columns of the rows."""
    used = order_rows.usable(table, mapping, findings)
    rows = order_rows.read(used, mapping, findings)
    if order_rows.has_lines(used):
        found["lines"].append(purchases.lines(rows, mapping))
        orders = purchases.orders_of_lines(rows, mapping)
    else:
        orders = purchases.orders_of_rows(rows, mapping, findings)
    found["orders"].append(orders)
    found["events"].append(purchases.status_events(orders, mapping))
    return card_rows(used, column(used, "_id"), column(used, "_on"), mapping, findings)


def _people(table: pa.Table, mapping: SourceMapping, findings: Findings) -> pa.Table:
    ids = record_ids(table)
    nobody = column(table, ROW).filter(ids.is_null())
    findings.aside(nobody, "no_customer", "no id and no contact on the row")
    return card_rows(table, ids, pa.nulls(table.num_rows, pa.date32()), mapping, findings)


def _together(parts: list[pa.Table]) -> pa.Table:
    whole = pa.concat_tables(parts, promote_options="default")
    return whole.replace_schema_metadata(parts[0].schema.metadata)


def _check_layout(mapping: SourceMapping) -> None:
    try:
        pattern(mapping.dates)
    except ValueError as fault:
        span = mapping.spans.get("dates")
        raise DataError.because("R623", f"source {mapping.name!r}: `dates` {fault}", span=span) from None
