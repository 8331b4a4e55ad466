"""A contract: the named, versioned Arrow schema of a table between two stages, and its check.

Every stage's output passes `Contract.conform`. The schema metadata carries `reactivate.contract = name/major`.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen

from reactivate.diagnostics import Diagnostic
from reactivate.errors import DataError

MONEY = pa.decimal128(18, 2)
UNIT_MONEY = pa.decimal128(18, 6)
MOMENT = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
TEXT = pa.string()
TEXTS = pa.list_(pa.string())
WORD = pa.dictionary(pa.int32(), pa.string())


@frozen
class Column:
    """One column: its Arrow type, whether it may be null, what it says (with unit and meaning of null)."""

    name: str
    type: pa.DataType
    doc: str
    nullable: bool = True
    words: frozenset[str] = frozenset()


def col(name: str, type_: pa.DataType, doc: str, words: str = "") -> Column:
    """A column; a name that ends in `!` may not be null; `words` lists the only values allowed."""
    return Column(name.removesuffix("!"), type_, doc, not name.endswith("!"), frozenset(words.split()))


@frozen
class Contract:
    """The law of one table. `key` columns identify a row; `open` tables may carry further columns."""

    name: str
    major: int
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    open: bool = False
    schema: pa.Schema = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        fields = [pa.field(c.name, c.type, c.nullable) for c in self.columns]
        tag = {b"reactivate.contract": f"{self.name}/{self.major}".encode()}
        object.__setattr__(self, "schema", pa.schema(fields, metadata=tag))

    def empty(self) -> pa.Table:
        """A table of no rows that honours this contract."""
        return self.schema.empty_table()

    def table(self, **columns: Any) -> pa.Table:
        """A table from columns (Arrow arrays or lists); columns left out are null. Checked."""
        arrays = {name: _array(values, self._type(name)) for name, values in columns.items()}
        return self.conform(pa.table(arrays))

    def conform(self, table: pa.Table) -> pa.Table:
        """`table` with our columns in order, cast to our types, absent nullable ones null; checked.

        Raises DataError (R601 missing column, R602 type, R603 null, R604 word, R605 repeated key, R606 unknown column).
        """
        faults: list[Diagnostic] = []
        arrays, fields = [], []
        for column in self.columns:
            fields.append(pa.field(column.name, column.type, column.nullable))
            arrays.append(self._conformed(column, table, faults))
        for name in table.column_names:
            if name in self.schema.names:
                continue
            if not self.open and not name.startswith("x_"):
                faults.append(self._fault("R606", f"has an unknown column {name!r} (own columns begin with x_)"))
            fields.append(table.schema.field(name))
            arrays.append(table[name])
        if faults:
            raise DataError(faults)
        done = pa.table(arrays, schema=pa.schema(fields, metadata=self.schema.metadata))
        if self.key and repeated(done, self.key):
            raise DataError(self._fault("R605", f"repeats a key ({', '.join(self.key)})"))
        return done

    def _type(self, name: str) -> pa.DataType | None:
        return self.schema.field(name).type if name in self.schema.names else None

    def _conformed(self, column: Column, table: pa.Table, faults: list[Diagnostic]) -> Any:
        if column.name not in table.column_names:
            if not column.nullable and table.num_rows:
                faults.append(self._fault("R601", f"lacks the column {column.name!r}"))
            return pa.nulls(table.num_rows, column.type)
        values = table[column.name]
        if values.type != column.type:
            try:
                values = values.cast(column.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
                problem = f"column {column.name!r} is {values.type}, expected {column.type}"
                faults.append(self._fault("R602", problem))
                return pa.nulls(table.num_rows, column.type)
        if not column.nullable and values.null_count:
            faults.append(self._fault("R603", f"column {column.name!r} has {values.null_count} empty cells"))
        if column.words:
            strange = set(pc.unique(values).to_pylist()) - column.words - {None}
            if strange:
                problem = f"column {column.name!r} holds {sorted(strange)[:3]}, not one of {sorted(column.words)}"
                faults.append(self._fault("R604", problem))
        return values

    def _fault(self, code: str, problem: str) -> Diagnostic:
        return Diagnostic(code, f"table {self.name!r} {problem}")


def repeated(table: pa.Table, key: tuple[str, ...]) -> bool:
    """Whether two rows share all `key` columns."""
    if len(key) == 1:
        return bool(pc.count_distinct(table[key[0]], mode="all").as_py() != table.num_rows)
    return bool(table.select(list(key)).group_by(list(key)).aggregate([]).num_rows != table.num_rows)


def _array(values: Any, type_: pa.DataType | None) -> Any:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    return pa.array(values, type_)
