"""Quality and cost of matching against known truth: `python benchmarks/bench_matching.py [FILE] [--region UA]`.

FILE is a Parquet file with our record columns and `person` (truth); without it 20,000 rows are generated. Prints
pairwise precision, recall and F1 after clustering at the shipped line and at the best line, recall of blocking, pairs
given up, what each band of probability holds and how many errors are left in it, seconds per phase and the
peak of memory. `--keep DIR` writes the normalised tables, `--kept DIR` starts from them, to time matching alone.
`--field COLUMN=KIND` (as in `reactivate match`) compares further columns, and reads the file as that command does.
"""

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from quality import pairs_within, quality

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS
from reactivate.matching.alone import as_records, mapped_columns
from reactivate.matching.clusters import components
from reactivate.matching.fields import WORDS
from reactivate.matching.linking import MERGE_AT, REVIEW_AT, decide, score

BY = ("phone", "email", "name", "address")
LINES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PEERS = ("first", "last", "patronymic", "phone", "email", "birth", "street", "house", "flat", "city")
EXTRA = "x_"
"""Before the names of further columns, which the peer gets as well."""


def records_of(table: pa.Table) -> pa.Table:
    known = [name for name in RECORDS.schema.names if name in table.column_names]
    return RECORDS.conform(table.select(known))


def label_of(linked: matching.Linked, count: int) -> np.ndarray:
    links = linked.links
    keep = np.asarray(pc.equal(links["band"], "merge"))
    left, right = (np.asarray(links[name].combine_chunks())[keep] for name in ("left", "right"))
    return components(count, left, right)


def bands(match: np.ndarray, same: np.ndarray, left: np.ndarray, right: np.ndarray, count: int) -> dict[str, Any]:
    """Per band: pairs, wrong pairs if the band were decided by its name, share of records that it touches."""
    out = {}
    for name, low, high in (("apart", 0, REVIEW_AT), ("review", REVIEW_AT, MERGE_AT), ("merge", MERGE_AT, 2)):
        there = (match >= low) & (match < high)
        wrong = same[there] if name == "apart" else ~same[there]
        touched = len(np.unique(np.concatenate([left[there], right[there]]))) / max(count, 1)
        out[name] = {"pairs": int(there.sum()), "same person": int(same[there].sum()), "records": round(touched, 4)}
        if name != "review":
            out[name]["errors left"] = int(wrong.sum())
    return out


def write_normal(normal: pa.Table, truth: np.ndarray, folder: Path) -> None:
    """What the matcher needs of the normalised table, and the same for a peer that wants one value per field."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = ("source", "record_id", "postcode")
    ours = [name for name in normal.column_names if name.startswith(("n_", EXTRA)) or name in kept]
    pq.write_table(normal.select(ours).append_column("person", pa.array(truth)), folder / "ours.parquet")
    columns = {name: normal[f"n_{name}"].cast(pa.string()) for name in PEERS}
    further = [name for name in ours if name.startswith(EXTRA) or name == "postcode"]
    columns |= {name: normal[name].cast(pa.string()) for name in further}
    pq.write_table(pa.table({"id": np.arange(normal.num_rows), **columns, "person": truth}), folder / "peer.parquet")


def normalised(table: pa.Table, region: str, fields: dict[str, str]) -> pa.Table:
    if not fields:
        return normalise.normal_records(records_of(table), region=region)
    columns = mapped_columns(table.drop_columns(["person"]).column_names, {}, fields)
    return normalise.normal_records(as_records(table, columns), region=region)


def run(path: str, region: str, keep: str | None, kept: str | None, fields: dict[str, str]) -> dict[str, Any]:
    seconds: dict[str, float] = {}
    if kept:
        normal = pq.read_table(Path(kept) / "ours.parquet")
        truth = np.asarray(normal["person"].combine_chunks())
        normal = normal.drop_columns(["person"])
    else:
        table = pq.read_table(path)
        truth = np.asarray(table["person"].combine_chunks())
        start = time.perf_counter()
        normal = normalised(table, region, fields)
        seconds["normalise"] = round(time.perf_counter() - start, 2)
    if keep:
        write_normal(normal, truth, Path(keep))
    start, spent = time.perf_counter(), time.process_time()
    extra = {EXTRA + name: how for name, how in fields.items()}
    scored = score(normal, by=tuple(WORDS) if fields else BY, extra=extra)
    linked = decide(scored)
    seconds["match"], seconds["match cpu"] = (
        round(time.perf_counter() - start, 2),
        round(time.process_time() - spent, 2),
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    count = normal.num_rows
    left, right = scored.candidates.left, scored.candidates.right
    same = truth[left] == truth[right]
    stats = linked.stats
    lines = {line: quality(label_of(decide(scored, merge_at=line), count), truth) for line in LINES}
    return {
        "rows": count,
        "seconds": {**seconds, **stats["seconds"]},
        "peak MiB": peak,
        "shipped line": quality(label_of(linked, count), truth),
        "best line": max(lines.items(), key=lambda item: item[1]["f1"]),
        "people": {"true": len(np.unique(truth)), "found": stats["people"]},
        "pairs": len(left),
        "recall of blocking": round(float(same.sum()) / max(pairs_within(truth), 1), 4),
        "given up": {skew["key"]: skew["given_up"] for skew in stats["given_up"]},
        "bands": bands(scored.match, same, left, right, count),
        "classes": stats["model"]["share"],
        "converged": stats["model"]["converged"],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", nargs="?")
    parser.add_argument("--region", default="UA")
    parser.add_argument("--keep", metavar="DIR", help="write the normalised tables, ours.parquet and peer.parquet")
    parser.add_argument("--kept", metavar="DIR", help="start from ours.parquet of that folder")
    parser.add_argument("--field", action="append", default=[], metavar="COLUMN=KIND", help="compare it too")
    given = parser.parse_args()
    if not given.path and not given.kept:
        from cis_generator import generate

        given.path = "/tmp/matching-20k.parquet"
        pq.write_table(generate(20_000, 1), given.path)
    further = dict(item.split("=") for item in given.field)
    for name, value in run(given.path, given.region, given.keep, given.kept, further).items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
