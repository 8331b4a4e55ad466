"""A campaign on a fake clock: the journey of every pass, day by day, with supposed answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.nodes import NodeTable
from reactivate.contracts.schemas import PASSES, TOUCHES
from reactivate.contracts.values import Duration
from reactivate.journey.clock import after
from reactivate.journey.drawn import Drawn
from reactivate.journey.fates import Fates
from reactivate.journey.lots import seeds
from reactivate.journey.memory import Allowed, MemoryWorld, Touches
from reactivate.journey.responses import Responses
from reactivate.journey.state import moments
from reactivate.journey.walk import walk
from reactivate.journey.world import Rule


@frozen
class Simulation:
    """How it ended. `passes`, `touches`: contracts; `events`: pass_id, person_id, step ('' = none), kind, value, at;
    `tags`: pass_id, tag, at.
    """

    passes: pa.Table
    touches: pa.Table
    events: pa.Table
    tags: pa.Table


def simulate(
    tables: Mapping[str, NodeTable],
    passes: pa.Table,
    profiles: pa.Table,
    rules: Mapping[str, Rule],
    responses: Responses,
    *,
    start: datetime,
    days: int,
    zone: ZoneInfo,
    goal: Sequence[str],
    within: Duration,
    runs: Iterable[datetime] | None = None,
    allowed: Allowed | None = None,
    capacity: Mapping[str, int] | None = None,
    marks: AbstractSet[str] = frozenset(),
    fates: Fates | None = None,
    progress: Callable[[int], object] | None = None,
) -> Simulation:
    """Walk `passes` from `start` for so many days and tell what happened.

    `runs` are the moments of the walks in order; by default `daily_runs`.

    `tables` by segment; `profiles` has one row per person with the columns that rules read, `can_<channel>` among
    them (a channel without such a column reaches everybody); `goal` names events, one of which is the goal.
    `capacity`: contacts per channel and calendar day. `marks`: questions whose answers are read as numbers from 0 to
    10, as a run reads them. `fates`: orders that a response model decided, aligned with
    `passes`. `progress` is told the number of each day.
    """
    passes = PASSES.conform(passes).combine_chunks()
    aligned = profiles.take(pc.index_in(passes["person_id"], profiles["person_id"].combine_chunks()))
    numbers = zip(passes["person_id"].to_pylist(), passes["number"].to_pylist(), strict=True)
    own = seeds((f"{person}/{number}" for person, number in numbers), responses.seed)
    drawn = Drawn(np.array(passes["person_id"].to_pylist(), dtype=object), own, responses, fates)
    drawn.by_themselves(np.arange(passes.num_rows), moments(passes["entered_at"]))
    world = MemoryWorld(passes, aligned, tables, drawn, goal, within, zone, allowed, capacity or {}, marks)
    for now in daily_runs(start, days, zone) if runs is None else runs:
        world.now = now
        passes = _walked(tables, passes, world, now, zone, rules)
        if progress is not None:
            progress((now - start).days)
    return Simulation(passes, _touches(world, zone), _events(world), _tags(world))


def daily_runs(start: datetime, days: int, zone: ZoneInfo) -> Iterator[datetime]:
    """`start`, then every day morning, noon, afternoon and evening: whatever hours are allowed, some run meets them."""
    yield start
    first, end = start.astimezone(zone).date(), start + timedelta(days=days)
    clocks = [datetime.combine(first + timedelta(days=day), at, zone) for day in range(days + 1) for at in _CLOCK]
    yield from (moment.astimezone(UTC) for moment in clocks if start < moment <= end)


_CLOCK = (time(10), time(12), time(15), time(18))


def _walked(
    tables: Mapping[str, NodeTable],
    passes: pa.Table,
    world: MemoryWorld,
    now: datetime,
    zone: ZoneInfo,
    rules: Mapping[str, Rule],
) -> pa.Table:
    """One walk over every segment; who enters later is not moved yet."""
    here = pc.less_equal(passes["entered_at"], pa.scalar(now, MOMENT))
    moved = [passes.filter(pc.invert(here))]
    for segment, table in tables.items():
        mine = passes.filter(pc.and_(here, pc.equal(passes["segment"], segment)))
        moved.append(walk(table, mine, world, now, zone=zone, rules=rules) if mine.num_rows else mine)
    strangers = pc.invert(pc.is_in(passes["segment"], pa.array(list(tables), pa.string())))
    moved.append(passes.filter(pc.and_(here, strangers)))
    return PASSES.conform(pa.concat_tables(moved)).sort_by("pass_id").combine_chunks()


def _touches(world: MemoryWorld, zone: ZoneInfo) -> pa.Table:
    lengths = {
        str(node.name): Duration.parse(node.within if node.verb == "call" else node.expires)
        for table in world.tables.values()
        for node in (*table.nodes, *table.after_goal)
        if node.contacts
    }
    parts = [_step_touches(world, step, touches, lengths[step], zone) for step, touches in world.touches.items()]
    return TOUCHES.conform(pa.concat_tables(parts)) if parts else TOUCHES.empty()


def _step_touches(world: MemoryWorld, step: str, touches: Touches, patience: Duration, zone: ZoneInfo) -> pa.Table:
    rows = np.flatnonzero(~np.isnat(touches.planned_at))
    ids = world.passes["pass_id"].take(pa.array(rows))
    planned = touches.planned_at[rows]
    return TOUCHES.table(
        pass_id=ids,
        person_id=world.passes["person_id"].take(pa.array(rows)),
        step=pa.repeat(pa.scalar(step), len(rows)),
        channel=pa.array(touches.channel[rows], pa.string()),
        variant=pa.array(touches.variant[rows], pa.string()),
        offer=pa.array(touches.offer[rows], pa.string()),
        state=pa.array(touches.state[rows], pa.string()),
        reason=pa.array(touches.reason[rows], pa.string()),
        planned_at=pa.array(planned, pa.timestamp("us")),
        expires_at=pa.array(after(planned, patience, zone), pa.timestamp("us")),
        done_at=pa.array(touches.done_at[rows], pa.timestamp("us")),
        key=pc.binary_join_element_wise("simulated", ids.cast(pa.string()), step, "-"),
    )


def _events(world: MemoryWorld) -> pa.Table:
    """Everything drawn whose moment has come."""
    parts = []
    for (step, kind), at in world.drawn.at.items():
        rows = np.flatnonzero(at <= world.clock)
        words = world.drawn.words[step, kind]
        parts.append(
            pa.table(
                {
                    "pass_id": world.passes["pass_id"].take(pa.array(rows)),
                    "person_id": world.passes["person_id"].take(pa.array(rows)),
                    "step": pa.repeat(pa.scalar(step), len(rows)),
                    "kind": pa.repeat(pa.scalar(kind), len(rows)),
                    "value": pa.array(words[rows], pa.string()),
                    "at": pa.array(at[rows], pa.timestamp("us")).cast(MOMENT),
                }
            )
        )
    return pa.concat_tables(parts) if parts else _EVENTS.empty_table()


def _tags(world: MemoryWorld) -> pa.Table:
    rows = [
        (int(world.passes["pass_id"][int(row)].as_py()), tag, at) for tag, places, at in world.tags for row in places
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(dict(zip(_TAGS.names, map(list, columns), strict=True)), schema=_TAGS)


_EVENTS = pa.schema(
    [
        ("pass_id", pa.int64()),
        ("person_id", pa.string()),
        ("step", pa.string()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("at", MOMENT),
    ]
)
_TAGS = pa.schema([("pass_id", pa.int64()), ("tag", pa.string()), ("at", MOMENT)])
