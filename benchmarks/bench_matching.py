"""Quality and cost of matching against known truth: `python benchmarks/bench_matching.py FILE [--region UA]`.

The file needs our record columns and `person` (truth). Prints pairwise precision, recall and F1 after clustering at the
shipped line, at the best line, recall of blocking, pairs given up, bands, seconds per phase and the peak of memory.
"""

import argparse
import json
import resource
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from quality import pairs_within, quality

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS
from reactivate.matching.clusters import components
from reactivate.matching.linking import decide, score

BY = ("phone", "email", "name", "address")


def records_of(table: pa.Table) -> pa.Table:
    known = [name for name in RECORDS.schema.names if name in table.column_names]
    return RECORDS.conform(table.select(known))


def label_of(linked: matching.Linked, count: int) -> np.ndarray:
    links = linked.links
    keep = np.asarray(pc.equal(links["band"], "merge"))
    left, right = (np.asarray(links[name].combine_chunks())[keep] for name in ("left", "right"))
    return components(count, left, right)


def bands(match: np.ndarray, same: np.ndarray) -> dict[str, Any]:
    """Pairs and truth per band of probability: the calibration."""
    out = {}
    for low, high in (
        (0, 0.02),
        (0.02, 0.1),
        (0.1, 0.3),
        (0.3, 0.5),
        (0.5, 0.7),
        (0.7, 0.9),
        (0.9, 0.97),
        (0.97, 1.01),
    ):
        there = (match >= low) & (match < high)
        out[f"{low}-{min(high, 1)}"] = [int(there.sum()), round(float(same[there].mean()), 3) if there.any() else None]
    return out


def write_normal(normal: pa.Table, truth: np.ndarray, path: str) -> None:
    names = ("first", "last", "patronymic", "phone", "email", "birth", "street", "house", "flat", "city")
    columns = {name: normal[f"n_{name}"].cast(pa.string()) for name in names}
    pq.write_table(pa.table({"id": np.arange(normal.num_rows), **columns, "person": truth}), path)


def run(path: str, region: str, lines: list[float], normal_out: str | None = None) -> dict[str, Any]:
    table = pq.read_table(path)
    truth = np.asarray(table["person"].combine_chunks())
    start = time.perf_counter()
    normal = normalise.normal_records(records_of(table), region=region)
    normalised = time.perf_counter() - start
    if normal_out:
        write_normal(normal, truth, normal_out)
    start = time.perf_counter()
    scored = score(normal, by=BY)
    linked = decide(scored)
    linking = time.perf_counter() - start
    label = label_of(linked, table.num_rows)
    out: dict[str, Any] = {
        "rows": table.num_rows,
        "seconds": {"normalise": round(normalised, 2), "link": round(linking, 2), **linked.stats.get("seconds", {})},
        "people": {"true": len(np.unique(truth)), "found": len(np.unique(label))},
        "shipped line": quality(label, truth),
        "stats": linked.stats,
    }
    left, right = scored.candidates.left, scored.candidates.right
    same = truth[left] == truth[right]
    true_pairs = pairs_within(np.unique(truth, return_inverse=True)[1])
    out["blocking recall"] = round(float(same.sum()) / max(true_pairs, 1), 4)
    out["bands"] = bands(scored.match, same)
    for line in lines:
        found = decide(scored, merge_at=line, review_at=min(line, 0.5))
        out.setdefault("other lines", {})[line] = quality(label_of(found, table.num_rows), truth)
    out["peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--region", default="UA")
    parser.add_argument("--lines", type=float, nargs="*", default=[])
    parser.add_argument("--normal", help="write the normalised table for splink_peer.py")
    given = parser.parse_args()
    result = run(given.path, given.region, given.lines, given.normal)
    for name, value in result.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
