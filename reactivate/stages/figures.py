"""What a sync counted: the figures of `expect`, rows per source, findings by kind. Shares are 0 to 1, null = nobody."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.clean import NO_JUNK
from reactivate.stages.extract import Extract
from reactivate.stages.same_ids import bare


def figures(extracts: Mapping[str, Extract], tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """JSON-ready counts for the manifest. `good.*` are shares of people, `duplicates` and `junk.name` of records."""
    records, people = tables["records"], tables["people"].num_rows
    fine = pc.is_in(records["n_name_flaw"], value_set=pa.array([None, *sorted(NO_JUNK)]))
    good = tables["contacts"].filter(tables["contacts"]["good"])
    # A number in a file of orders is no second card of its customer.
    cards = records.num_rows - (pc.sum(bare(records)).as_py() or 0)
    cards = cards or records.num_rows
    email, phone = (_holders(good, kind) for kind in ("email", "phone"))
    either = len(set(email.to_pylist()) | set(phone.to_pylist()))
    return {
        "sources": [_source(name, one) for name, one in extracts.items()],
        "findings": _findings(tables["findings"]),
        "records": records.num_rows,
        "people": people,
        "orders": tables["orders"].num_rows,
        "duplicates": _share(max(0, cards - people), cards),
        "junk.name": _share(pc.sum(pc.invert(fine)).as_py() or 0, records.num_rows),
        "good.email": _share(len(email), people),
        "good.phone": _share(len(phone), people),
        "good.any": _share(either, people),
        "review": tables["links"].filter(pc.equal(tables["links"]["band"], "review")).num_rows,
    }


def _source(name: str, one: Extract) -> dict[str, Any]:
    given = {kind: getattr(one, kind).num_rows for kind in ("records", "orders", "lines", "events", "consents")}
    refusals = one.suppressions.num_rows
    bad = pc.count_distinct(one.findings.filter(one.findings["bad"])["row"]).as_py()
    return {"name": name, "rows": one.rows, **given, "refusals": refusals, "bad_rows": bad}


def _findings(table: pa.Table) -> list[dict[str, Any]]:
    """Kinds of findings, most frequent first; `dropped`: the rows were kept aside."""
    kinds = table.group_by(["code", "reason", "dropped"], use_threads=False).aggregate([([], "count_all")])
    kinds = kinds.sort_by([("count_all", "descending"), ("code", "ascending")])
    return [
        {"code": row["code"], "count": row["count_all"], "dropped": row["dropped"], "reason": row["reason"]}
        for row in kinds.to_pylist()
    ]


def _holders(good: pa.Table, kind: str) -> Any:
    return pc.unique(good.filter(pc.equal(good["kind"], kind))["person_id"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
