"""What a sync found, as `sync/1`: figures of the manifest, and who can be reached now."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.draft import reaches
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts, whole

_KEPT = ("sources", "records", "people", "orders", "duplicates", "review", "findings")


def result(opened: Opened) -> dict[str, Any]:
    """JSON-ready; a change of its shape raises the number in `format`. Shares are 0 to 1, null = nobody there."""
    manifest = opened.base.manifest
    return {
        "format": "sync/1",
        "base": manifest.base_id,
        "synced_at": manifest.synced_at.isoformat(timespec="seconds"),
        "ledger": {"place": opened.ledger_place, "key_id": opened.ledger.key_id},
        **{name: manifest.counts[name] for name in _KEPT},
        "matching": manifest.counts.get("matching"),
        "junk_name": manifest.counts["junk.name"],
        "good": {name: manifest.counts[f"good.{name}"] for name in ("email", "phone", "any")},
        "reach": _reach(opened),
    }


def _reach(opened: Opened) -> dict[str, Any]:
    """Per channel how many people may be contacted for marketing, and why the others may not."""
    found = {name: rows for (name, purpose), rows in reaches(opened).items() if purpose == "marketing"}
    if not found:
        return {}
    anybody = pa.repeat(pa.scalar(False), opened.base.table("people").num_rows)
    for rows in found.values():
        anybody = pc.or_(anybody, whole(pc.is_null(rows["why"])))
    said = {name: {"people": rows["why"].null_count, "why": counts(rows["why"])} for name, rows in found.items()}
    return {**said, "any": {"people": pc.sum(anybody).as_py() or 0, "why": {}}}
