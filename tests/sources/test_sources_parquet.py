"""The parquet source keeps the types of the file."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reactivate_plugins.parquet.reader import ParquetSource

from reactivate.errors import DataError, EnvironmentFault


def test_keeps_types_and_counts_rows_from_one(tmp_path):
    pq.write_table(pa.table({"id": pa.array([7, None], pa.int32()), "sum": [1.5, 2.0]}), tmp_path / "a.parquet")
    (batch,) = ParquetSource(Path("a.parquet"), tmp_path, "orders").read()
    assert batch.first_row == 1
    assert batch.table.schema.field("id").type == pa.int32()
    assert batch.table.to_pylist() == [{"id": 7, "sum": 1.5}, {"id": None, "sum": 2.0}]


def test_empty_file_still_names_its_columns(tmp_path):
    pq.write_table(pa.table({"id": pa.array([], pa.int32())}), tmp_path / "a.parquet")
    (batch,) = ParquetSource(Path("a.parquet"), tmp_path, "orders").read()
    assert batch.table.schema.names == ["id"]


def test_something_else_under_that_name(tmp_path):
    (tmp_path / "a.parquet").write_text("id,sum\n1,2\n")
    with pytest.raises(DataError, match=r"R614: a\.parquet cannot be read as a Parquet file"):
        list(ParquetSource(Path("a.parquet"), tmp_path, "orders").read())


def test_missing(tmp_path):
    with pytest.raises(EnvironmentFault, match="R903"):
        list(ParquetSource(Path("a.parquet"), tmp_path, "orders").read())
