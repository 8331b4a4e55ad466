"""RFM for reading: how large each named group is, and where the scores were cut in this base."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.analytics.rfmgrid import WORDS
from reactivate.contracts.contract import MONEY


def groups(profiles: pa.Table, scored: pa.Table) -> pa.Table:
    """`rfm, people, share, revenue, revenue_share, since_last_order_days, orders`: the means are per person.

    `profiles` and `scored` have the same people in the same order. All eight words, also those of nobody; people
    without orders are in none.
    """
    table = pa.table(
        {
            "rfm": scored["rfm"],
            "revenue": profiles["revenue"].cast(pa.float64()),
            "silence": profiles["since_last_order"].cast(pa.float64()),
            "orders": profiles["orders"].cast(pa.float64()),
        }
    ).filter(pc.is_valid(scored["rfm"]))
    wanted = [("revenue", "sum"), ("silence", "mean"), ("orders", "mean"), ([], "count_all")]
    found = {row["rfm"]: row for row in table.group_by("rfm").aggregate(wanted).to_pylist()}
    total = float(pc.sum(table["revenue"]).as_py() or 0.0)
    rows = [_group(word, found.get(word), table.num_rows, total) for word in WORDS]
    return pa.Table.from_pylist(rows, schema=_GROUPS)


_GROUPS = pa.schema(
    [
        ("rfm", pa.string()),
        ("people", pa.int64()),
        ("share", pa.float64()),
        ("revenue", pa.float64()),
        ("revenue_share", pa.float64()),
        ("since_last_order_days", pa.float64()),
        ("orders", pa.float64()),
    ]
)


def _group(word: str, row: dict[str, Any] | None, people: int, revenue: float) -> dict[str, Any]:
    if row is None:
        return {"rfm": word, "people": 0, "share": 0.0, "revenue": 0.0, "revenue_share": 0.0}
    return {
        "rfm": word,
        "people": row["count_all"],
        "share": row["count_all"] / people,
        "revenue": row["revenue_sum"],
        "revenue_share": row["revenue_sum"] / revenue if revenue > 0 else None,
        "since_last_order_days": row["silence_mean"],
        "orders": row["orders_mean"],
    }


def cuts(profiles: pa.Table, scored: pa.Table) -> pa.Table:
    """`score, measure, people, lowest, highest`: what earned each score in this base.

    r in days of silence, f in orders, m in money. With a period, score 1 also holds who ordered only before it.
    """
    values = {"r": profiles["since_last_order"], "f": profiles["orders"], "m": profiles["revenue"].cast(MONEY)}
    rows = []
    for name, column in values.items():
        table = pa.table({"score": scored[name], "value": column.cast(pa.float64())}).filter(pc.is_valid(scored[name]))
        for found in table.group_by("score").aggregate([("value", "min_max"), ([], "count_all")]).to_pylist():
            low, high = found["value_min_max"]["min"], found["value_min_max"]["max"]
            rows.append(
                {"score": found["score"], "measure": name, "people": found["count_all"], "lowest": low, "highest": high}
            )
    schema = pa.schema(
        [
            ("score", pa.int8()),
            ("measure", pa.string()),
            ("people", pa.int64()),
            ("lowest", pa.float64()),
            ("highest", pa.float64()),
        ]
    )
    place = {"r": 0, "f": 1, "m": 2}
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (place[row["measure"]], -row["score"])), schema=schema)


def cells(scored: pa.Table) -> list[dict[str, int]]:
    """`r, f, people` of every cell that holds somebody: the map of recency and frequency."""
    known = scored.select(["r", "f"]).drop_null()
    if not known.num_rows:
        return []
    pair = np.asarray(known["r"], np.int64) * 10 + np.asarray(known["f"], np.int64)
    code, people = np.unique(pair, return_counts=True)
    return [{"r": int(c // 10), "f": int(c % 10), "people": int(n)} for c, n in zip(code, people, strict=True)]
