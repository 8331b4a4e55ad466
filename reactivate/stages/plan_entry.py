"""The plan's account of the entry: who meets the audience, who is left out and why, who enters by lot."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages import strata
from reactivate.stages.draft import Draft
from reactivate.stages.exploration import loss_of
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, counts, marked, whole

_SHOWN = 20
"""So many of those who explore are named, for `explain` to tell why."""


def entry(opened: Opened, drafted: Draft, found: Any) -> dict[str, Any]:
    """The keys of the plan about the audience and those who enter; `found`: people by class."""
    entrants = drafted.entry.entrants
    treated = entrants.filter(pc.equal(entrants["arm"], "treated"))
    return {
        "audience": {
            "people": len(drafted.audience.people),
            "classes": found,
            "undecided": dict(drafted.audience.undecided),
        },
        "left_out": _left_out(drafted),
        "reachable": _reachable(drafted, opened),
        "entrants": {"people": entrants.num_rows, "treated": treated.num_rows},
        "holdout": {
            "people": entrants.num_rows - treated.num_rows,
            "share": opened.campaign.holdout,
            "households": pc.count_distinct(entrants["household"]).as_py(),
            "by": list(opened.campaign.holdout_by),
            "strata": strata.told(entrants),
        },
        "capped": opened.memory.capped(whole(treated["person_id"])),
        "segments": _segments(entrants),
        "exploration": _exploration(drafted),
    }


def _left_out(drafted: Draft) -> list[dict[str, Any]]:
    verdicts = drafted.entry.verdicts
    said = verdicts.group_by(["reason", "detail"]).aggregate([([], "count_all")])
    # Of the sentences said under one reason, the most frequent stands for all.
    often = said.sort_by([("count_all", "ascending"), ("detail", "descending")]).to_pylist()
    details = {row["reason"]: row["detail"] for row in often}
    return [
        {"reason": reason, "people": people, "detail": details[reason] or ""}
        for reason, people in counts(verdicts["reason"]).items()
    ]


def _reachable(drafted: Draft, opened: Opened) -> int:
    """People of the audience whom at least one channel of the journey can reach."""
    able = pa.repeat(pa.scalar(False), len(drafted.audience.people))
    for way in opened.outbound.entry_ways:
        able = pc.or_(able, whole(pc.is_null(aligned(drafted.audience.people, drafted.reach[way])["why"])))
    return int(pc.sum(able).as_py() or 0)


def _segments(entrants: pa.Table) -> list[dict[str, Any]]:
    held = entrants.filter(pc.equal(entrants["arm"], "holdout"))
    out = counts(held["segment"])
    return [
        {"segment": segment, "people": people, "holdout": out.get(segment, 0)}
        for segment, people in counts(entrants["segment"]).items()
    ]


def _exploration(drafted: Draft) -> dict[str, Any] | None:
    """How many enter although the sums are against it, and what that is expected to cost; None without any."""
    choice = drafted.entry.choice
    if choice is None or choice.explored is None:
        return None
    entrants = drafted.entry.entrants
    tried = entrants.filter(marked(entrants["person_id"], choice.explored))
    return {
        "people": len(choice.explored),
        "expected_loss": round(loss_of(choice), 2),
        "segments": _segments(tried),
        "person_ids": sorted(tried["person_id"].to_pylist())[:_SHOWN],
    }
