"""The plan's account of what was gathered: records, people, who can be reached."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, whole


def gathered(opened: Opened, everyone: pa.Table, found: Mapping[tuple[str, str], pa.Table]) -> dict[str, Any]:
    """The head of every plan, of a campaign's and of a business file's; `found`: reach by channel and purpose."""
    manifest = opened.base.manifest
    reach = {name: _reached(rows) for (name, purpose), rows in found.items() if purpose == opened.purpose}
    able = [whole(pc.is_null(rows["why"])) for (_, purpose), rows in found.items() if purpose == opened.purpose]
    anyone = pa.repeat(pa.scalar(False), everyone.num_rows)
    for can in able:
        anyone = pc.or_(anyone, can)
    if reach:
        reach["any"] = {"people": int(pc.sum(anyone).as_py() or 0), "why": {}}
    return {
        "format": "plan/1",
        "campaign": None,
        "brand": opened.business.brand,
        "spec": opened.loaded.path,
        "spec_hash": opened.loaded.hash,
        "as_of": str(opened.moment.day),
        "now": opened.moment.now.isoformat(),
        "currency": opened.business.currency,
        "policy": {"pack": opened.pack.word, "date": str(opened.pack.date)},
        "ledger": {"place": opened.ledger_place, "key_id": opened.ledger.key_id},
        "base": {
            "id": manifest.base_id,
            "synced_at": manifest.synced_at.isoformat(timespec="seconds"),
            "age_hours": round(opened.base_age_hours, 2),
        },
        "plugins": opened.plugins,
        "sources": manifest.counts.get("sources", []),
        "findings": manifest.counts.get("findings", []),
        "people": {
            "records": manifest.counts["records"],
            "people": manifest.counts["people"],
            "duplicates": manifest.counts["duplicates"],
        },
        # How the records were matched differs from sync to sync and changes nothing.
        "counts": {name: value for name, value in manifest.counts.items() if name != "matching"},
        "reach": reach,
        "rfm": _rfm(everyone),
        "remarks": [item.message for item in opened.loaded.unbuilt] + opened.remarks,
        "gates": [],
        "refusals": [],
    }


def _reached(rows: pa.Table) -> dict[str, Any]:
    return {"people": rows["why"].null_count, "why": counts(rows["why"])}


def _rfm(everyone: pa.Table) -> list[dict[str, Any]]:
    """People and revenue per recency and frequency score."""
    if not {"r", "f"} <= set(everyone.column_names):
        return []
    scored = everyone.filter(pc.is_valid(everyone["r"])).select(["r", "f", "revenue"])
    cells = scored.group_by(["r", "f"]).aggregate([("revenue", "sum"), ([], "count_all")])
    cells = cells.sort_by([("r", "descending"), ("f", "descending")])
    return [
        {"r": row["r"], "f": row["f"], "people": row["count_all"], "revenue": float(row["revenue_sum"] or 0)}
        for row in cells.to_pylist()
    ]
