"""Next product: pairs, sequences, recommendations and novelties of a made-up shop, from 0.1 to 1 million order lines.

python benchmarks/bench_nextproduct.py             the sizes of docs/benchmarks/insight.md
python benchmarks/bench_nextproduct.py 200000      one size
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from reactivate.analytics.nextproduct import bought_together, novelties, recommended, usually_next

AS_OF = date(2026, 6, 30)
_DAYS, _ITEMS, _CATEGORIES, _LINES_EACH = 730, 4_000, 40, 10


def shop(lines: int, seed: int = 7) -> pa.Table:
    """Lines of a shop whose titles sell by Zipf's law, ten lines a basket, five baskets a customer, 1 % returns."""
    draw = np.random.default_rng(seed)
    baskets, people = lines // _LINES_EACH, max(lines // _LINES_EACH // 5, 1)
    basket = np.repeat(np.arange(baskets), _LINES_EACH)
    rank = np.arange(1, _ITEMS + 1)
    item = draw.choice(_ITEMS, lines, p=(1 / rank) / (1 / rank).sum())
    # A third of the lines stands beside its neighbour's favourite, so that there is something to find.
    item[1::3] = (item[0::3][: len(item[1::3])] * 7 + 1) % _ITEMS
    day = (draw.integers(0, _DAYS, baskets) + np.datetime64(AS_OF, "D").astype(np.int64) - _DAYS)[basket]
    titles = pa.array([f"Title number {n}" for n in range(_ITEMS)])
    shelves = pa.array([f"Shelf {n % _CATEGORIES}" for n in range(_ITEMS)])
    quantity = np.where(draw.random(lines) < 0.01, -1, 1)
    return pa.table(
        {
            "source": pa.repeat("shop", lines),
            "order_id": pa.array(basket).cast(pa.string()),
            "ordered_on": pa.array(day.astype(np.int32)).cast(pa.date32()),
            "item": titles.take(pa.array(item)),
            "category": shelves.take(pa.array(item)),
            "quantity": pa.array(quantity.astype(np.int8)).cast(pa.decimal128(18, 3)),
            "is_product": pa.repeat(True, lines),
            "person_id": pa.array(draw.integers(0, people, baskets)[basket]).cast(pa.string()),
        }
    )


def timed(name: str, work: Callable[[], Any]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = work().num_rows
    print(f"  {name:<16} {time.perf_counter() - wall:6.1f} s  {time.process_time() - cpu:6.1f} s CPU  {rows:,} rows")


def main(sizes: list[int]) -> None:
    for size in sizes:
        lines = shop(size)
        people = pa.table({"person_id": lines["person_id"].unique()})
        print(f"{size:,} lines, {people.num_rows:,} customers, {_ITEMS:,} titles")
        timed("bought together", lambda lines=lines: bought_together(lines, as_of=AS_OF))
        timed("usually next", lambda lines=lines: usually_next(lines, as_of=AS_OF))
        timed("recommended", lambda lines=lines, people=people: recommended(people, lines, as_of=AS_OF))
        timed("novelties", lambda lines=lines, people=people: novelties(people, lines, as_of=AS_OF))
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100_000, 300_000, 1_000_000])
