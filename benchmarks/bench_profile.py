"""Order lines to profiles and RFM, beside pandas and polars, each in a process of its own.

python benchmarks/bench_profile.py [millions …] [--peers PYTHON]

Lines are drawn from a gamma mixture of buying rates and lifetimes, ten a customer, into a Parquet file of text columns;
each way reads that file. `--peers` is an interpreter with pandas and polars (default: this one). What is timed:
reading, lines to orders, one row per customer with orders, revenue, first and last day, usual gap and scores. Ours
makes all columns of the profile; the peers make these seven only.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

LINES_PER_CUSTOMER = 10
AS_OF = date(2026, 6, 30)


def lines(count: int, seed: int = 1) -> Any:
    """`count` order lines of `count` / 10 customers: customer, invoice, day, sum; the first order of each included."""
    import numpy as np
    import pyarrow as pa

    dice = np.random.default_rng(seed)
    customers = max(count // LINES_PER_CUSTOMER, 1)
    birth = dice.integers(0, 1000, customers)
    span = np.minimum(dice.exponential(400 / dice.gamma(1.5, 1.0, customers)), 1095 - birth)
    weight = np.cumsum(dice.gamma(0.7, 1.0, customers) * span + 20)
    orders = max(int(count / 2.5), customers)
    more = np.searchsorted(weight, dice.random(orders - customers) * weight[-1])
    buyer = np.append(np.arange(customers), more)
    since = np.append(np.zeros(customers), dice.random(len(more)) * span[more]).astype(np.int64)
    day = np.datetime64("2023-07-01") + birth[buyer] + since
    by_day = np.argsort(day, kind="stable")
    buyer, day = buyer[by_day], day[by_day]
    order = np.sort(np.append(np.arange(orders), dice.integers(0, orders, count - orders)))
    ids = pa.array(np.arange(customers)).cast(pa.string())
    return pa.table(
        {
            "customer": ids.take(pa.array(buyer[order])),
            "invoice": pa.array(order).cast(pa.string()),
            "day": pa.array(day).cast(pa.string()).take(pa.array(order)),
            "sum": np.round(dice.gamma(2, 15, count), 2),
        }
    )


def ours(path: str) -> int:
    from reactivate import analytics
    from reactivate.analytics.orderfile import Mapping, read_orders

    read = read_orders(path, Mapping("customer", "day", "sum", "invoice"))
    profiles = analytics.profile(read.people, read.orders, as_of=AS_OF)
    return int(analytics.rfm(profiles, read.orders, as_of=AS_OF).num_rows)


def with_pandas(path: str) -> int:
    import pandas as pd

    frame = pd.read_parquet(path)
    frame["day"] = pd.to_datetime(frame["day"])
    # A sort and a comparison of neighbours: a grouped diff() would call Python once per customer.
    orders = frame.groupby(["customer", "invoice"], sort=False).agg(day=("day", "min"), total=("sum", "sum"))
    orders = orders.reset_index().sort_values(["customer", "day"])
    gap = orders["day"].diff().dt.days.where(orders["customer"].eq(orders["customer"].shift()))
    orders["gap"] = gap.where(gap > 0)
    found = orders.groupby("customer", sort=False).agg(
        orders=("total", "size"), revenue=("total", "sum"), first=("day", "min"), last=("day", "max"),
        rhythm=("gap", "median"),
    )  # fmt: skip
    for name, column in (("r", "last"), ("f", "orders"), ("m", "revenue")):
        found[name] = (found[column].rank(pct=True) * 5).clip(upper=4.999).astype(int) + 1
    return len(found)


def with_polars(path: str) -> int:
    import polars as pl

    frame = pl.scan_parquet(path).with_columns(pl.col("day").str.to_date())
    orders = frame.group_by("customer", "invoice").agg(day=pl.col("day").min(), total=pl.col("sum").sum())
    gap = pl.col("day").diff().dt.total_days()
    found = orders.sort("customer", "day").group_by("customer").agg(
        orders=pl.len(), revenue=pl.col("total").sum(), first=pl.col("day").min(), last=pl.col("day").max(),
        rhythm=gap.filter(gap > 0).median(),
    )  # fmt: skip
    scores = [
        (pl.col(column).rank() / pl.len() * 5).floor().clip(0, 4).cast(pl.Int8).alias(name)
        for name, column in (("r", "last"), ("f", "orders"), ("m", "revenue"))
    ]
    return found.with_columns(scores).collect().height


WAYS = {"ours": ours, "pandas": with_pandas, "polars": with_polars}


def measure(way: str, path: str) -> dict[str, float]:
    """Run in a process of its own: customers, seconds of wall and CPU, GB at the peak."""
    start = time.perf_counter()
    customers = WAYS[way](path)
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    return {"customers": customers, "wall": wall, "cpu": cpu, "peak": used.ru_maxrss / 2**20}


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(arguments[1], arguments[2])))
        return
    import pyarrow.parquet as pq

    peers = arguments[arguments.index("--peers") + 1] if "--peers" in arguments else sys.executable
    sizes = [float(word) for word in arguments if word.replace(".", "").isdigit()] or [1.0]
    print(f"{'lines':>12} {'way':<8}{'customers':>11}{'wall s':>8}{'cpu s':>8}{'peak GB':>9}{'us a line':>11}")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / "lines.parquet"
            pq.write_table(lines(round(size * 1e6)), path)
            for way in WAYS:
                python = sys.executable if way == "ours" else peers
                call = [python, __file__, "--one", way, str(path)]
                done = subprocess.run(call, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(f"{size * 1e6:>12,.0f} {way:<8} {done.stderr.strip().splitlines()[-1]}")
                    continue
                found = json.loads(done.stdout)
                print(f"{size * 1e6:>12,.0f} {way:<8}{found['customers']:>11,}{found['wall']:>8.2f}{found['cpu']:>8.2f}"
                      f"{found['peak']:>9.2f}{found['cpu'] / size:>11.2f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
