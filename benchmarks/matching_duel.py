"""Ours against Splink on the same normalised table, in turn: `python benchmarks/matching_duel.py FILE --peer PYTHON`.

FILE: from a generator; PYTHON: the interpreter of an environment with Splink. Each run is a process of its own that
reads its table and matches; normalising is timed apart. Prints one line a run, then the medians and their ratio.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def ours(arguments: list[str]) -> dict[str, object]:
    out = subprocess.run(
        [sys.executable, HERE / "bench_matching.py", *arguments], capture_output=True, text=True, check=True
    )
    lines = dict(line.split(": ", 1) for line in out.stdout.splitlines() if re.match(r"[a-z ]+(MiB)?: ", line))
    return {name: json.loads(value) for name, value in lines.items()}


def peer(python: str, folder: Path, *options: str) -> dict[str, float]:
    given = [python, HERE / "splink_peer.py", folder / "peer.parquet", folder / "splink.json"]
    out = subprocess.run([*given, *options], capture_output=True, text=True, check=True)
    return json.loads(out.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--peer", required=True, metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--region", default="UA")
    parser.add_argument("--field", action="append", default=[], metavar="COLUMN=KIND", help="compare it too, both do")
    parser.add_argument("--narrow", action="store_true", help="narrower rules for Splink: for a million rows")
    given = parser.parse_args()
    folder = Path(given.path).with_suffix(".kept")
    further = [word for item in given.field for word in ("--field", item)]
    first = ours([given.path, "--region", given.region, "--keep", str(folder), *further])
    print("normalise", first["seconds"]["normalise"], "s; peak with matching", first["peak MiB"], "MiB", flush=True)
    mine, theirs = [], []
    for turn in range(given.rounds):
        mine.append(ours(["--kept", str(folder), *further]))
        theirs.append(peer(given.peer, folder, *(["--narrow"] if given.narrow else [])))
        seconds = mine[-1]["seconds"]
        print(
            f"round {turn + 1}: ours {seconds['match']} s, {seconds['match cpu']} cpu s, {mine[-1]['peak MiB']} MiB;"
            f" splink {theirs[-1]['wall s']} s, {theirs[-1]['cpu s']} cpu s, {theirs[-1]['peak MiB']} MiB",
            flush=True,
        )
    ratio = [b["wall s"] / a["seconds"]["match"] for a, b in zip(mine, theirs, strict=True)]
    print("times faster, median:", round(statistics.median(ratio), 2))
    for name in ("shipped line", "best line", "recall of blocking", "given up", "bands"):
        print(f"ours, {name}: {json.dumps(mine[-1][name])}")
    print("splink, best line:", json.dumps(theirs[-1]["best"]), "recall of blocking", theirs[-1]["recall of blocking"])


if __name__ == "__main__":
    main()
