"""Day by day: what was handed over per kind of channel, and what came back."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.opened import Opened

_BACK = {"answers": ("answered",), "refusals": ("unsubscribed", "complained", "refused")}


def timeline(opened: Opened, touches: pa.Table, events: pa.Table, passes: pa.Table) -> list[dict[str, Any]]:
    """One row per day on which something happened, oldest first."""
    kinds = {name: channel.reaches for name, channel in opened.business.channels.items()}
    days: dict[str, dict[str, int]] = {}
    sent = touches.filter(pc.is_in(touches["state"], pa.array(["accepted", "unknown"])))
    for channel, kind in kinds.items():
        mine = sent.filter(pc.equal(sent["channel"], channel))
        _add(days, kind, _per_day(opened, mine["done_at"]))
    for name, words in _BACK.items():
        of_kind = events.filter(pc.is_in(events["kind"], pa.array(list(words))))
        _add(days, name, _per_day(opened, of_kind["at"]))
    _add(days, "goals", _per_day(opened, passes["goal_at"].drop_null()))
    names = [*dict.fromkeys(kinds.values()), *_BACK, "goals"]
    return [{"day": day, **{name: days[day].get(name, 0) for name in names}} for day in sorted(days)]


def _per_day(opened: Opened, moments: pa.ChunkedArray) -> Iterable[tuple[str, int]]:
    local = pc.local_timestamp(moments.cast(pa.timestamp("us", tz=str(opened.zone)))).cast(pa.date32())
    return [(str(row["values"]), row["counts"]) for row in pc.value_counts(local).to_pylist()]


def _add(days: dict[str, dict[str, int]], name: str, found: Iterable[tuple[str, int]]) -> None:
    for day, number in found:
        row = days.setdefault(day, {})
        row[name] = row.get(name, 0) + number
