"""Tables that commands write: Parquet, CSV or JSON by the end of the file's name; whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = (".parquet", ".csv", ".json")


def check_names(paths: Mapping[str, str | None]) -> None:
    """Refuse a name whose end says nothing, before any work is done; by option."""
    for option, path in paths.items():
        if path is not None and Path(path).suffix.lower() not in KINDS:
            raise click.BadParameter(f"the name must end in {', '.join(KINDS)}, got {path!r}", param_hint=option)


def write_table(table: "pa.Table", path: str) -> None:
    """Write `table`; lists are joined by `; ` in CSV. EnvironmentFault R905 when the file cannot be written."""
    from reactivate.cli.files import replacing

    with replacing(path) as part:
        _written(table, Path(path).suffix.lower(), part)


def _written(table: "pa.Table", kind: str, part: Path) -> None:
    if kind == ".json":
        text = json.dumps(table.to_pylist(), ensure_ascii=False, indent=1, default=_plain)
        part.write_text(text + "\n", encoding="utf-8")
    elif kind == ".csv":
        import pyarrow as pa
        import pyarrow.compute as pc
        from pyarrow import csv

        flat = [pc.binary_join(column, "; ") if pa.types.is_list(column.type) else column for column in table.columns]
        csv.write_csv(pa.table(dict(zip(table.column_names, flat, strict=True))), part)
    else:
        import pyarrow.parquet as pq

        pq.write_table(table, part)


def _plain(value: object) -> object:
    """Sums as numbers, days as text."""
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else str(value)
