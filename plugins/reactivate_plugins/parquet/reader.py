"""Reads a Parquet file batch by batch, columns with the types the file gives them."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import frozen

from reactivate.api import Batch, DataError, Rows, Secret, place

_BATCH = 131_072


@frozen
class ParquetSource:
    """One file. Row numbers count from 1."""

    path: Path | Secret
    folder: Path
    rows: Rows

    def read(self) -> Iterator[Batch]:
        """Batches as stored. Raises EnvironmentFault (R902, R903) or DataError (R614 not a readable Parquet file)."""
        path = place(self.path, self.folder)
        first = 1
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_BATCH):
                    yield Batch(self.rows, batch, first)
                    first += batch.num_rows
                if first == 1:
                    yield Batch(self.rows, _empty(file.schema_arrow), first)
        except (pa.ArrowInvalid, OSError) as fault:
            raise DataError.because(
                "R614",
                f"{path.name} cannot be read as a Parquet file: {str(fault).splitlines()[0]}",
                "export it again; a CSV file needs `use: csv`",
            ) from fault


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
