"""How long profiles, scores and models take: `python benchmarks/bench_profile.py [million lines] [--others] [--fit]`.

Order lines are drawn from a gamma mixture of buying rates and lifetimes, ten lines a customer. Each step is timed in
this process; `--others` runs the same profile and RFM written for pandas and polars (when installed), `--fit` the
models. Peak memory is that of the whole process.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate import analytics
from reactivate.analytics.btyd import BG_NBD, MBG_NBD, PARETO_NBD, fit, fit_gamma_gamma, patterns
from reactivate.analytics.orderfile import Mapping, collapse

AS_OF = date(2026, 6, 30)
LINES_PER_CUSTOMER = 10


def lines(count: int, seed: int = 1) -> pa.Table:
    """`count` order lines: customer, invoice, day as text, sum."""
    dice = np.random.default_rng(seed)
    customers = max(count // LINES_PER_CUSTOMER, 1)
    birth = dice.integers(0, 1000, customers)
    span = np.minimum(dice.exponential(400 / dice.gamma(1.5, 1.0, customers)), 1095 - birth)
    weight = np.cumsum(dice.gamma(0.7, 1.0, customers) * span + 20)
    orders = max(int(count / 2.5), 1)
    buyer = np.searchsorted(weight, dice.random(orders) * weight[-1])
    since = (dice.random(orders) * span[buyer]).astype(np.int64)
    day = np.datetime64("2023-07-01") + birth[buyer] + since
    order = np.sort(dice.integers(0, orders, count))
    ids = pa.array(np.arange(customers)).cast(pa.string())
    days = pa.array(day).cast(pa.string())
    return pa.table(
        {
            "customer": ids.take(pa.array(buyer[order])),
            "invoice": pa.array(order).cast(pa.string()),
            "day": days.take(pa.array(order)),
            "sum": np.round(dice.gamma(2, 15, count), 2),
        }
    )


def timed(name: str, work: Callable[[], Any]) -> Any:
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    wall = time.perf_counter() - start
    print(f"{name:<34}{wall:8.2f} s {time.process_time() - cpu:8.2f} s cpu {peak:6.2f} GB peak", flush=True)
    return found


def ours(table: pa.Table) -> None:
    read = timed("lines to orders", lambda: collapse(table, Mapping("customer", "day", "sum", "invoice")))
    print(f"  {len(read.people):,} customers, {read.orders.num_rows:,} orders")
    profiles = timed("profiles", lambda: analytics.profile(read.people, read.orders, as_of=AS_OF))
    timed("rfm", lambda: analytics.rfm(profiles, read.orders, as_of=AS_OF))
    timed("stage", lambda: analytics.stage(profiles, read.orders, as_of=AS_OF))
    if "--fit" in sys.argv:
        models(read)


def models(read: Any) -> None:
    seen = timed("patterns", lambda: patterns(read.people, read.orders, AS_OF))
    print(f"  {len(seen.customers):,} distinct patterns")
    for model in (BG_NBD, MBG_NBD, PARETO_NBD) if "--pareto" in sys.argv else (BG_NBD, MBG_NBD):
        found = timed(f"fit {model.name}", lambda model=model: fit(model, seen))
        print(f"  {found.trouble or 'converged'} {found.maximum.log_likelihood:,.1f}")
    dice = np.random.default_rng(2)
    repeats = np.maximum(seen.repeats[np.maximum(seen.of_person, 0)], 1)
    mean = dice.gamma(6.0 * repeats) / repeats * 15.0 / dice.gamma(4.0, size=len(repeats))
    timed("fit Gamma-Gamma", lambda: fit_gamma_gamma(repeats, mean))


def pandas_way(table: pa.Table) -> None:
    import pandas as pd

    def work() -> Any:
        frame = table.to_pandas()
        frame["day"] = pd.to_datetime(frame["day"])
        orders = frame.groupby(["customer", "invoice"], sort=False).agg(day=("day", "min"), total=("sum", "sum"))
        orders = orders.reset_index().sort_values(["customer", "day"])
        gap = orders["day"].diff().dt.days.where(orders["customer"].eq(orders["customer"].shift()))
        orders["gap"] = gap.where(gap > 0)
        found = orders.groupby("customer").agg(
            orders=("total", "size"), revenue=("total", "sum"), first=("day", "min"), last=("day", "max"),
            rhythm=("gap", "median"),
        )  # fmt: skip
        for name, column, sign in (("r", "last", 1), ("f", "orders", 1), ("m", "revenue", 1)):
            found[name] = (found[column].rank(pct=True) * sign * 5).clip(upper=4.999).astype(int) + 1
        return found

    timed("pandas: profile and scores", work)


def polars_way(table: pa.Table) -> None:
    import polars as pl

    def work() -> Any:
        frame = pl.from_arrow(table).lazy().with_columns(pl.col("day").str.to_date())
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
        return found.with_columns(scores).collect()

    timed("polars: profile and scores", work)


def main() -> None:
    million = next((float(word) for word in sys.argv[1:] if not word.startswith("-")), 1.0)
    table = lines(int(million * 1e6))
    print(f"{table.num_rows:,} lines")
    ours(table)
    if "--others" in sys.argv:
        pandas_way(table)
        polars_way(table)


if __name__ == "__main__":
    main()
