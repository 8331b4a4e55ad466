"""Cost of normalising: `python benchmarks/bench_normalise.py FILE [--region UA] [--peer PYTHON]`.

FILE: Parquet with our record columns, as a generator writes it. Prints rows a second for each column alone and for all
of them, CPU seconds, and the peak of memory. `--peer`: an interpreter with polars, which does a plain normalisation
of the same columns in turn with ours: digits of phones, e-mails in lower case, names cut into words and transliterated
by a table, numbers taken out of addresses. The peer does far less (no flaws, no roles of words, no typing errors, no
second numbers, no city); the ratio says what all that costs.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

COLUMNS = {
    "name": ("name", "first_name", "last_name", "patronymic"),
    "phone": ("phone",),
    "email": ("email",),
    "address": ("address", "city"),
    "birth_date": ("birth_date",),
}
_CYRILLIC = "абвгґдеєёжзиіїыйклмнопрстуфхцчшщэюя"
_LATIN = "a b v g g d e e e zh z i i i i i k l m n o p r s t u f h c ch sh sh e iu ia".split()  # noqa: SIM905


def ours(path: str, region: str, wanted: str) -> dict[str, float]:
    import pyarrow.parquet as pq

    from reactivate.contracts.schemas import RECORDS
    from reactivate.normalise import normalised

    table = pq.read_table(path)
    chosen = list(COLUMNS) if wanted == "all" else [wanted]
    names = ["source", "record_id", *(name for word in chosen for name in COLUMNS[word])]
    records = RECORDS.conform(table.select([name for name in names if name in table.column_names]))
    start, spent = time.perf_counter(), time.process_time()
    normalised(records, region=region)
    return _cost(start, spent, records.num_rows)


def peer(path: str) -> dict[str, float]:
    import polars as pl

    table = pl.read_parquet(path)
    start, spent = time.perf_counter(), time.process_time()
    name = pl.coalesce("name", pl.concat_str("last_name", "first_name", "patronymic", separator=" ", ignore_nulls=True))
    words = name.str.to_lowercase().str.replace_many(list(_CYRILLIC), _LATIN).str.extract_all(r"[a-z]+")
    digits = pl.col("phone").str.replace_all(r"\D", "")
    address = pl.col("address").str.to_lowercase()
    table.select(
        words.list.sort().list.join(" ").alias("name"),
        digits.str.slice(-9).alias("phone"),
        pl.col("email").str.to_lowercase().str.strip_chars(),
        address.str.extract_all(r"\d+").list.join(" ").alias("numbers"),
        address.str.replace_all(r"\d+|\b(?:г|м|ул|вул|д|буд|кв)\b\.?|[.,/]", " ")
        .str.split(" ")
        .list.sort()
        .list.join(" "),
        pl.col("birth_date").cast(pl.String),
    )
    return _cost(start, spent, len(table))


def _cost(start: float, spent: float, count: int) -> dict[str, float]:
    wall, cpu = time.perf_counter() - start, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"rows": count, "wall s": round(wall, 2), "cpu s": round(cpu, 2), "rows/s": round(count / wall), "MiB": peak}


def _in_a_process(python: str, *arguments: str) -> dict[str, float]:
    out = subprocess.run([python, __file__, *arguments], capture_output=True, text=True, check=True)
    return json.loads(out.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--region", default="UA")
    parser.add_argument("--peer", metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(peer(given.path) if given.one == "peer" else ours(given.path, given.region, given.one)))
        return
    own = [str(Path(given.path)), "--region", given.region, "--one"]
    for column in (column for column in COLUMNS if given.rounds):
        print(f"{column}: {json.dumps(_in_a_process(sys.executable, *own, column))}", flush=True)
    rounds = []
    for turn in range(given.rounds):
        mine = _in_a_process(sys.executable, *own, "all")
        theirs = _in_a_process(given.peer, *own, "peer") if given.peer else None
        print(f"round {turn + 1}: ours {json.dumps(mine)}" + (f"; plain polars {json.dumps(theirs)}" if theirs else ""))
        rounds.append((mine, theirs))
    if given.peer and rounds:
        for cost in ("wall s", "cpu s"):
            ratio = statistics.median(mine[cost] / theirs[cost] for mine, theirs in rounds if theirs)
            print(f"{cost}: {ratio:.1f} times that of plain polars, median")


if __name__ == "__main__":
    main()
