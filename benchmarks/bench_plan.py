"""Plan of the bookshop from raw files: seconds and peak memory, at 4,000 records and as many as you name.

    python benchmarks/bench_plan.py [RECORDS …]     default 4000 40000; 400000 takes a while

With ONLINE_RETAIL set to the UCI lines (Parquet), its plan is measured too.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIGS = Path(__file__).parents[1] / "configs"


def planned(campaign: Path, as_of: str) -> tuple[float, float, dict[str, object]]:
    """Wall seconds, peak GiB of the largest child so far, and the plan."""
    start = time.perf_counter()
    words = [sys.executable, "-m", "reactivate", "plan", str(campaign), "--as-of", as_of, "--format", "json"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return time.perf_counter() - start, peak, json.loads(done.stdout)


def bookshop(records: int, folder: Path) -> Path:
    """A copy of the bookshop with so many records."""
    shop = folder / f"shop{records}"
    shutil.copytree(CONFIGS / "bookshop", shop, ignore=shutil.ignore_patterns(".reactivate", "out", "data"))
    made = [sys.executable, str(shop / "generate.py"), str(shop / "data"), "--records", str(records)]
    start = time.perf_counter()
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    print(f"{records:>9,} records made in {time.perf_counter() - start:.1f} s")
    return shop / "campaign.yml"


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for records in sizes:
            seconds, peak, plan = planned(bookshop(records, Path(name)), "2026-11-02T10:00")
            people = plan["people"]["people"]  # type: ignore[index]
            print(f"{records:>9,} records -> {people:,} people, planned in {seconds:.1f} s, peak {peak:.2f} GiB")
        if os.environ.get("ONLINE_RETAIL"):
            shutil.copytree(CONFIGS / "online-retail", Path(name) / "retail")
            seconds, peak, plan = planned(Path(name) / "retail" / "campaign.yml", "2011-12-09")
            print(
                f"541,909 lines of Online Retail planned in {seconds:.1f} s, peak {peak:.2f} GiB: {plan['base_rate']}"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [4_000, 40_000])
