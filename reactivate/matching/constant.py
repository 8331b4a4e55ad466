"""Columns that hold one value in every record tell nobody apart: the shop's own phone, the one city, a default date."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

FEWEST = 20
"""Records with the value; fewer may well be one person's."""

_NAMES = ("n_first", "n_last")
_LOOKED_AT = {
    "n_phones": "phone",
    "n_emails": "email",
    "n_first": "first name",
    "n_last": "last name",
    "n_patronymic": "patronymic",
    "n_birth": "birth_date",
    "n_city": "city",
    "n_street": "street",
    "n_house": "house",
    "n_flat": "flat",
    "postcode": "postcode",
    "n_tax_id": "tax_id",
    "n_vehicle": "vehicle",
}


def without_constants(normal: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """(`normal` with such columns emptied, field -> how many records held its one value).

    Where every record bears the same whole name nothing is emptied: they may all be one person's.
    """
    constant = {name: held for name in normal.column_names if (held := _held(name, normal[name])) >= FEWEST}
    if all(name in constant for name in _NAMES):
        return normal, {}
    for name in constant:
        column = normal[name]
        normal = normal.set_column(normal.schema.get_field_index(name), name, _empty(column.type, normal.num_rows))
    return normal, {_LOOKED_AT.get(name, name.removeprefix("x_")): held for name, held in constant.items()}


def _held(name: str, column: pa.ChunkedArray) -> int:
    """Records that hold the only value of a column; 0 when it has none or several, or is not compared."""
    if name not in _LOOKED_AT and not name.startswith("x_"):
        return 0
    values = pc.list_flatten(column) if pa.types.is_list(column.type) else column
    there = values.drop_null()
    if not len(there) or pc.any(pc.not_equal(there, there[0])).as_py():
        return 0
    return len(there)


def _empty(kind: pa.DataType, count: int) -> Any:
    return pa.repeat(pa.scalar([], kind), count) if pa.types.is_list(kind) else pa.nulls(count, kind)
