"""The studies of RFM, lapse and cohorts on a made-up shop with 20,000 categories.

python benchmarks/bench_study.py            0.1 and 1 million orders
python benchmarks/bench_study.py 300000     one size
"""

import sys
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa

from reactivate.analytics.lifecycle import Learn
from reactivate.analytics.studies.cohorts import study_cohorts
from reactivate.analytics.studies.lapse import study_lapse
from reactivate.analytics.studies.rfm import study_rfm
from reactivate.analytics.studies.shop import Shop

AS_OF, BEFORE = date(2026, 6, 30), date(2026, 4, 1)
_DAYS, _CATEGORIES, _ORDERS_EACH = 900, 20_000, 5


def shop(orders: int, seed: int = 1) -> Shop:
    """Orders of people who come at random over 900 days, five each on average."""
    draw, people = np.random.default_rng(seed), max(orders // _ORDERS_EACH, 1)
    who = draw.integers(0, people, orders)
    day = np.datetime64(AS_OF, "D").astype(np.int64) - draw.integers(0, _DAYS, orders)
    ids = pa.array([f"c{number:07}" for number in range(people)])
    table = pa.table(
        {
            "source": pa.repeat("shop", orders),
            "record_id": ids.take(pa.array(who)),
            "order_id": pa.array(np.arange(orders)).cast(pa.string()),
            "ordered_at": pa.array(day * 86_400_000_000).cast(pa.timestamp("us", "UTC")),
            "ordered_on": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "amount": pa.array((draw.random(orders) * 100).round(2)).cast(pa.decimal128(18, 2)),
            "paid": pa.repeat(True, orders),
            "category": pa.array(draw.integers(0, _CATEGORIES, orders)).cast(pa.string()),
            "person_id": ids.take(pa.array(who)),
        }
    )
    return Shop("made up", ids, table, AS_OF)


def timed(name: str, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    print(f"  {name:<16} {time.perf_counter() - wall:6.1f} s  {time.process_time() - cpu:6.1f} s CPU")


def main(sizes: list[int]) -> None:
    for size in sizes:
        made = shop(size)
        print(f"{size:,} orders, {len(made.people):,} customers, {_CATEGORIES:,} categories")
        timed("rfm, two days", lambda made=made: study_rfm(made, since=BEFORE))
        timed("lapse", lambda made=made: study_lapse(made, learn=Learn()))
        timed("cohorts", lambda made=made: study_cohorts(made))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100_000, 1_000_000])
