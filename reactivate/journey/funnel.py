"""Counts of what happened, each with the name and number of those it is a part of."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, frozen

HEARD = ("delivered", "opened", "clicked", "answered", "bounced", "unsubscribed")


@frozen
class Count:
    """`people` of `of_people`, who are called `of`. A share without people to share is null."""

    name: str
    people: int
    of: str
    of_people: int

    @property
    def share(self) -> float | None:
        return self.people / self.of_people if self.of_people else None

    def to_json(self) -> dict[str, object]:
        return {**asdict(self), "share": self.share}


def funnel(passes: pa.Table, touches: pa.Table, events: pa.Table, steps: Iterable[str]) -> list[Count]:
    """From entry to outcome, in the order of the journey.

    `passes`, `touches`: contracts. `events`: pass_id, step (null or '' = none), kind, value. `steps` in document order.
    """
    entered = passes.num_rows
    treated = passes.filter(pc.equal(passes["arm"], "treated"))
    counts = [
        Count("entered", entered, "entered", entered),
        Count("held out", entered - treated.num_rows, "entered", entered),
        Count("treated", treated.num_rows, "entered", entered),
    ]
    for step in steps:
        counts += _step(step, touches, events, treated.num_rows)
    counts += _outcomes(treated, "treated")
    return counts + _outcomes(passes.filter(pc.equal(passes["arm"], "holdout")), "held out")


def _step(step: str, touches: pa.Table, events: pa.Table, treated: int) -> list[Count]:
    mine = touches.filter(pc.equal(touches["step"], step))
    sent = mine.filter(pc.equal(mine["state"], "accepted"))
    told = events.filter(pc.and_(pc.equal(events["step"], step), pc.is_in(events["pass_id"], sent["pass_id"])))
    reached, count = mine.num_rows, sent.num_rows
    counts = [
        Count(f"{step}: reached", reached, "treated", treated),
        Count(f"{step}: sent", count, f"{step}: reached", reached),
    ]
    others = mine.filter(pc.not_equal(mine["state"], "accepted"))
    for word, people in _counted(pc.coalesce(others["reason"], others["state"])):
        counts.append(Count(f"{step}: {word}", people, f"{step}: reached", reached))
    kinds = set(told["kind"].to_pylist())
    if "bounced" in kinds:
        kinds.add("delivered")
    for kind in (kind for kind in HEARD if kind in kinds):
        people = _people(told, "bounced" if kind == "delivered" else kind)
        counts.append(
            Count(f"{step}: {kind}", count - people if kind == "delivered" else people, f"{step}: sent", count)
        )
    results = told.filter(pc.equal(told["kind"], "result"))
    counts += [Count(f"{step}: {word}", people, f"{step}: sent", count) for word, people in _counted(results["value"])]
    return counts


def _outcomes(passes: pa.Table, of: str) -> list[Count]:
    total = passes.num_rows
    found = [Count(f"{of}: {word}", people, of, total) for word, people in _counted(passes["outcome"].drop_null())]
    inside = pc.sum(pc.equal(passes["state"], "inside")).as_py() or 0
    reached = total - passes["goal_at"].null_count
    return [
        Count(f"{of}: reached the goal", reached, of, total),
        *found,
        Count(f"{of}: still inside", inside, of, total),
    ]


def _people(events: pa.Table, kind: str) -> int:
    of_kind = events.filter(pc.equal(events["kind"], kind))
    return int(pc.count_distinct(of_kind["pass_id"]).as_py())


def _counted(words: pa.ChunkedArray) -> list[tuple[str, int]]:
    """Words with their number, the most frequent first, ties by name."""
    counts = [(item["values"], item["counts"]) for item in pc.value_counts(words).to_pylist()]
    return sorted(((word or "?", count) for word, count in counts), key=lambda item: (-item[1], item[0]))
