"""Rows set aside and values noticed, gathered so that every row of a source can be accounted for."""

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field

from reactivate.contracts.schemas import FINDINGS
from reactivate.errors import DataError
from reactivate.host.protocols import BadRow
from reactivate.text import counted


@define
class Findings:
    """Collects findings of one source as Arrow columns. `bad` ones count against `bad_rows`."""

    source: str
    _parts: list[pa.Table] = field(factory=list)

    def noted(self, rows: pa.Array, code: str, reason: str, column: str | None = None) -> None:
        """Foreseen, the rows are used."""
        self._add(len(rows), row=rows, code=code, reason=reason, column=column)

    def aside(self, rows: pa.Array, code: str, reason: str, column: str | None = None) -> None:
        """Foreseen, the rows are set aside and counted."""
        self._add(len(rows), row=rows, code=code, reason=reason, column=column, dropped=True)

    def bad(self, rows: pa.Array, code: str, reason: str, column: str, *, dropped: bool = False) -> None:
        """Against the declared form: the value is null, or the row is set aside when `dropped`."""
        self._add(len(rows), row=rows, code=code, reason=reason, column=column, dropped=dropped, bad=True)

    def records(self, records: pa.Array, code: str, reason: str, column: str | None = None) -> None:
        """The same finding about each of these records; nothing is dropped."""
        self._add(len(records), record_id=records, code=code, reason=reason, column=column)

    def bad_rows(self, items: list[BadRow]) -> None:
        """Rows that the source could not cut into cells."""
        reasons = pa.array([item.reason for item in items], pa.string())
        numbers = pa.array([item.row for item in items], pa.int64())
        self._add(len(items), row=numbers, code="bad_row", reason=reasons, dropped=True, bad=True)

    def table(self) -> pa.Table:
        """All of them, in the order they were found."""
        return pa.concat_tables(self._parts) if self._parts else FINDINGS.empty()

    def _add(self, length: int, **columns: object) -> None:
        if not length:
            return
        whole = {"source": self.source, "dropped": False, "bad": False, **columns}
        arrays = {name: _filled(value, length, FINDINGS.schema.field(name).type) for name, value in whole.items()}
        self._parts.append(FINDINGS.table(**arrays))


def refuse_too_many(findings: pa.Table, rows_read: int, most: float, source: str) -> None:
    """Raise DataError R621 when more than the share `most` of the rows is bad, naming the first and all kinds."""
    bad = findings.filter(findings["bad"])
    rows = pc.count_distinct(bad["row"]).as_py()
    if not rows or rows <= most * rows_read:
        return
    kinds = pc.value_counts(bad["reason"]).to_pylist()
    told = "; ".join(f"{kind['values']} ({kind['counts']:,})" for kind in sorted(kinds, key=lambda k: -k["counts"])[:3])
    first = ", ".join(str(row) for row in sorted(set(bad["row"].to_pylist()))[:5])
    raise DataError.because(
        "R621",
        f"source {source!r}: {counted(rows, 'row')} of {rows_read:,} cannot be used ({rows / rows_read:.1%}, "
        f"at most {most:.1%} allowed): {told}; first at row {first}",
        "correct the file or the `map`, or allow more with `bad_rows`",
    )


def _filled(value: object, length: int, type_: pa.DataType) -> pa.Array:
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return value
    return pa.repeat(pa.scalar(value, type_), length)
