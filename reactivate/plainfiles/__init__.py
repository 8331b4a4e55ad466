"""Plain files of strangers, read as they are: every cell is text, nothing is inferred but encoding and delimiter.

`csvfile` opens a CSV file and gives its rows; `tables` reads a CSV or Parquet file as one table. A row that cannot be
cut into cells is never lost in silence: it is an `Aside` with its number and the reason.
"""

from reactivate.plainfiles.careful import Aside
from reactivate.plainfiles.csvfile import CsvFile, batches, open_csv, whole

__all__ = ["Aside", "CsvFile", "batches", "open_csv", "whole"]
