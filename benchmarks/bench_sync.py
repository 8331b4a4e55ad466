"""Sync, stage by stage: the bookshop at any size, and Online Retail when it is there.

Run: python benchmarks/bench_sync.py [RECORDS]      ONLINE_RETAIL=…/lines.parquet for the order lines
"""

import importlib.util
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from attrs import define, field

from reactivate.host.registry import Registry
from reactivate.ledger import Ledger
from reactivate.spec.load import load
from reactivate.stages.sync import sync

CONFIGS = Path(__file__).parents[1] / "configs"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@define
class Watch:
    """Prints wall and processor seconds of each stage."""

    rows: list[tuple[str, float, float]] = field(factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.rows.append((name, time.perf_counter() - wall, time.process_time() - cpu))
        print(f"  {name:<24}{self.rows[-1][1]:8.2f} s wall{self.rows[-1][2]:8.2f} s cpu", flush=True)


def timed_sync(spec: Path) -> None:
    registry, watch = Registry(), Watch()
    business = load(spec, registry).raise_if_failed().business
    shutil.rmtree(spec.parent / ".reactivate", ignore_errors=True)
    with Ledger.open(spec.parent / ".reactivate" / "ledger.db", create=True, now=lambda: NOW) as ledger:
        start = time.perf_counter()
        base = sync(business, registry, ledger, now=NOW, progress=watch)
        took = time.perf_counter() - start
    counts = base.manifest.counts
    rows = sum(source["rows"] for source in counts["sources"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    size = f"{rows:,} rows, {counts['records']:,} records, {counts['people']:,} people"
    print(f"  {size}: {took:.2f} s, peak {peak:.2f} GiB\n")


def bookshop(records: int, folder: Path) -> None:
    shutil.copytree(CONFIGS / "bookshop", folder, ignore=shutil.ignore_patterns("data", ".reactivate", "out"))
    found = importlib.util.spec_from_file_location("generate", CONFIGS / "bookshop" / "generate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["generate"] = module
    found.loader.exec_module(module)
    print(f"bookshop, {records:,} records")
    with Watch().stage("generator"):
        module.generate(folder / "data", round(records * 0.93), records)
    timed_sync(folder / "business.yml")


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    with tempfile.TemporaryDirectory() as folder:
        bookshop(records, Path(folder) / "bookshop")
        if os.environ.get("ONLINE_RETAIL"):
            shutil.copytree(CONFIGS / "online-retail", Path(folder) / "retail")
            print("Online Retail")
            timed_sync(Path(folder) / "retail" / "business.yml")


if __name__ == "__main__":
    main()
