"""Compare the people found with the truth of the generator: pairs of records, after clustering."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc_csv


def score(members: pa.Table, truth_file: Path) -> dict[str, Any]:
    """`people_found, people_true, precision, recall, f1`; members: source, record_id, person_id.

    Pairwise measures as in Christen 2012, Data Matching, section 7.2.
    """
    options = pc_csv.ConvertOptions(column_types={"record_id": pa.string(), "person": pa.string()})
    truth = pc_csv.read_csv(truth_file, convert_options=options)
    true = dict(zip(_keys(truth), truth["person"].to_pylist(), strict=True))
    found = dict(zip(_keys(members), members["person_id"].to_pylist(), strict=True))
    shared = [key for key in found if key in true]
    together = _pairs(Counter((found[key], true[key]) for key in shared))
    said = _pairs(Counter(found[key] for key in shared))
    real = _pairs(Counter(true[key] for key in shared))
    precision, recall = together / said if said else 1.0, together / real if real else 1.0
    return {
        "records": len(found),
        "people_found": len(set(found.values())),
        "people_true": len(set(true.values())),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
    }


def _keys(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(table["source"].to_pylist(), table["record_id"].to_pylist(), strict=True))


def _pairs(sizes: "Counter[Any]") -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
