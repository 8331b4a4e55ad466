"""10 k new rows into 1 M: `python benchmarks/bench_incremental.py 1000000 10000 [--rounds 3] [--seed 1]`.

Prints what a full run costs, what the batch costs by part, and for how many records the persons differ from those that
a full run over everything would make.
"""

import argparse
import json
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cis_generator import generate

from reactivate import matching, normalise
from reactivate.contracts.schemas import RECORDS
from reactivate.matching.clusters import components
from reactivate.matching.incremental import keep, relink
from reactivate.matching.incremental_batch import meet
from reactivate.matching.incremental_pairs import united
from reactivate.matching.incremental_state import How, State
from reactivate.matching.linking import CAP, WINDOW

BY = ("phone", "email", "name", "address")
HOW = How(BY, CAP, WINDOW)
NOBODY = np.zeros(0, np.int64)


def persons(links: pa.Table, count: int) -> np.ndarray:
    merge = links.filter(pc.equal(links["band"], "merge"))
    return components(count, merge["left"].to_numpy(), merge["right"].to_numpy())


def unlike(one: np.ndarray, two: np.ndarray) -> int:
    """Records whose person does not hold exactly the same records in both."""
    joint = one.astype(np.int64) * (int(two.max()) + 1) + two
    sizes = [np.bincount(labels)[labels] for labels in (one, two)]
    _, index, counts = np.unique(joint, return_inverse=True, return_counts=True)
    together = counts[index]
    return int(((sizes[0] != together) | (sizes[1] != together)).sum())


def normal_table(rows: int, seed: int, path: str | None) -> pa.Table:
    """Normalised records, kept in `path` from one call to the next."""
    if path and Path(path).is_file():
        return pq.read_table(path).slice(0, rows)
    table = generate(rows, seed)
    records = RECORDS.conform(table.select([name for name in RECORDS.schema.names if name in table.column_names]))
    normal = normalise.normal_records(records, region="UA")
    if path:
        pq.write_table(normal, path)
    return normal


def run(rows: int, fresh: int, seed: int, rounds: int, path: str | None) -> dict[str, Any]:
    normal = normal_table(rows + fresh, seed, path)
    before, batch = normal.slice(0, rows), normal.slice(rows)
    out: dict[str, Any] = {"rows": rows, "batch": fresh, "seed": seed}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "state"
        start = time.perf_counter()
        scored = matching.score(before, by=BY)
        out["full run s"] = round(time.perf_counter() - start, 2)
        start = time.perf_counter()
        keep(scored, before, folder, HOW)
        out["storing it s"] = round(time.perf_counter() - start, 2)
        out["stored MiB"] = sum(path.stat().st_size for path in folder.rglob("*.parquet")) >> 20
        del scored
        laps = []
        for _ in range(rounds):
            clock, spent = [time.perf_counter()], time.process_time()
            state = State.open(folder, HOW)
            met = meet(state, batch, NOBODY)
            clock.append(time.perf_counter())
            linked = united(state, met, NOBODY)
            clock.append(time.perf_counter())
            laps.append([*np.diff(clock).tolist(), clock[-1] - clock[0], time.process_time() - spent])
        names = ("read, find and compare", "cluster all", "in all", "CPU in all")
        out["batch s"] = {
            name: round(float(np.median(lap)), 2) for name, lap in zip(names, zip(*laps, strict=True), strict=True)
        }
        spare = Path(place) / "spare"
        shutil.copytree(folder, spare)
        start, spent = time.perf_counter(), time.process_time()
        told = relink(normal, spare, by=BY)
        out["relink of all records s"] = round(time.perf_counter() - start, 2)
        out["relink of all records, CPU s"] = round(time.process_time() - spent, 2)
        assert (told.how, told.new) == ("incremental", fresh), told
        start = time.perf_counter()
        met.keep(state)
        out["storing the batch s"] = round(time.perf_counter() - start, 2)
        start = time.perf_counter()
        again = relink(normal, folder, by=BY)
        out["telling that nothing changed s"] = round(time.perf_counter() - start, 2)
        assert (again.how, again.new, again.changed, again.gone) == ("incremental", 0, 0, 0), again
    out["pairs of the batch"] = len(met.left)
    out["pairs in crowded blocks"] = sum(met.crowded.values())
    whole = matching.link(normal, by=BY).links
    count = normal.num_rows
    out["records of another person than after a full run"] = unlike(persons(linked.links, count), persons(whole, count))
    out["share"] = out["records of another person than after a full run"] / count
    out["peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("batch", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--normal", help="keep the normalised records in this Parquet file")
    given = parser.parse_args()
    for name, value in run(given.rows, given.batch, given.seed, given.rounds, given.normal).items():
        print(f"{name}: {json.dumps(value)}")
