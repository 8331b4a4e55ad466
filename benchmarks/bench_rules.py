"""Rules on a million profiles. Run: python benchmarks/bench_rules.py [ROWS]"""

import statistics
import sys
import time

import numpy as np
import pyarrow as pa

from reactivate.rules.compile import compile_rule
from reactivate.rules.types import Kind, Name, Vocabulary

SCOPE = Vocabulary([
    Name("orders", Kind.COUNT),
    Name("since_last_order", Kind.DURATION),
    Name("rhythm", Kind.DURATION),
    Name("revenue", Kind.MONEY),
    Name("rfm", Kind.TEXT),
    Name("city", Kind.TEXT),
    Name("tags", Kind.LIST),
])  # fmt: skip
RULES = {
    "numbers": "since_last_order > 180d and orders >= 2 and since_last_order <= 730d",
    "rhythm and tags": "since_last_order > 2 * rhythm and orders >= 2 and tags has премиум",
    "words": "rfm in (at_risk, cant_lose) and city != Омск and orders >= 1",
    "money": "revenue >= 15000 RUB or revenue / orders > 900 RUB or orders = 1",
    "top": "revenue in top 60% and since_last_order > 30d and orders >= 1",
}


def profiles(rows: int, seed: int = 1) -> pa.Table:
    draw = np.random.default_rng(seed)
    tags = pa.array([["премиум", "опт"], ["опт"], [], None, ["new"]])
    cents = pa.array(draw.integers(0, 5_000_000, rows))
    return pa.table({
        "orders": pa.array(draw.integers(0, 12, rows).astype("int32")),
        "since_last_order": pa.array(draw.integers(0, 1500, rows).astype("int32"), mask=draw.random(rows) < 0.03),
        "rhythm": pa.array(draw.gamma(2, 40, rows), mask=draw.random(rows) < 0.05),
        "revenue": cents.cast(pa.decimal128(19, 0)).view(pa.decimal128(18, 2)),
        "rfm": pa.array(["champions", "at_risk", "cant_lose", "lost", "new"]).take(draw.integers(0, 5, rows)),
        "city": pa.array([f"Город {n}" for n in range(2000)]).take(draw.integers(0, 2000, rows)),
        "tags": tags.take(draw.choice(5, rows, p=[0.1, 0.2, 0.57, 0.03, 0.1])),
    })  # fmt: skip


def main(rows: int, runs: int = 7) -> None:
    table = profiles(rows)
    print(f"{rows:,} profiles, median of {runs} runs")
    for title, text in RULES.items():
        start = time.perf_counter()
        rule = compile_rule(text, SCOPE, currency="RUB")
        compiled_ms = (time.perf_counter() - start) * 1000
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            mask = rule.mask(table)
            times.append(time.perf_counter() - start)
        median = statistics.median(times)
        print(
            f"{title:16} {median * 1000:6.0f} ms  {rows / median:13,.0f} rows/s  (compiled in {compiled_ms:.1f} ms)  "
            f"true {mask.true_count:,}, undecided {mask.null_count:,}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
