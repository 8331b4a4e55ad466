"""Passes: who is inside which campaign, where they stand, and how long they rest afterwards."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, bindparam, func, or_, select, update

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import PASSES
from reactivate.ledger import coupons, strata
from reactivate.ledger import schema as t
from reactivate.ledger.campaigns import campaign_id
from reactivate.ledger.clock import micros, moments, ticks
from reactivate.ledger.store import Store, table_of

_MOMENTS = ("entered_at", "since_at", "ended_at", "goal_at", "cool_until")
_COLUMNS = [
    ("pass_id", t.passage.c.id),
    ("person_id", t.passage.c.person_id),
    ("number", t.passage.c.number),
    ("version", t.passage.c.version_id),
    ("segment", t.passage.c.segment),
    ("arm", t.passage.c.arm),
    ("entered_at", t.passage.c.entered_at),
    ("node", t.passage.c.node),
    ("part", t.passage.c.part),
    ("since_at", t.passage.c.since_at),
    ("state", t.passage.c.state),
    ("outcome", t.passage.c.outcome),
    ("ended_at", t.passage.c.ended_at),
    ("goal_at", t.passage.c.goal_at),
    ("offer", t.passage.c.offer),
    ("cool_until", t.passage.c.cool_until),
    ("campaign", t.campaign.c.name),
]
_RAW = pa.schema([(name, pa.int64() if name in _MOMENTS else PASSES.schema.field(name).type) for name, _ in _COLUMNS])
COOLING = pa.schema([("person_id", pa.string()), ("until", MOMENT)])


def enter(
    store: Store,
    connection: Connection,
    campaign: str,
    version: int,
    entrants: pa.Table,
    now: datetime,
    seen: int | None = None,
) -> pa.Table:
    """Open a pass for each of `entrants` (person_id, segment, arm, offer, entered_at) who is not inside already.

    A column `stratum`, where the holdout is stratified, is kept beside the passes.

    The write transaction is the campaign's lock. Returns the new passes; whoever is inside is left out, and whoever has
    entered since `seen`, the `last_id` when the entrants were chosen: another run may have taken them in and through.
    """
    number = campaign_id(store, connection, campaign, now)
    if not store.is_sqlite:
        connection.execute(select(func.pg_advisory_xact_lock(1, number)))
    p = t.passage.c
    before = select(p.person_id, func.max(p.number)).where(p.campaign_id == number).group_by(p.person_id)
    past = table_of(connection, before, pa.schema([("person_id", pa.string()), ("n", pa.int32())]))
    barred = p.state == "inside" if seen is None else or_(p.state == "inside", p.id > seen)
    within = select(p.person_id).where(p.campaign_id == number, barred)
    inside = table_of(connection, within, pa.schema([("person_id", pa.string())]))["person_id"].combine_chunks()
    # In the order of the index its pages are written once each.
    fresh = entrants.filter(pc.invert(pc.is_in(entrants["person_id"], inside))).sort_by("person_id")
    last = connection.execute(select(func.coalesce(func.max(p.id), 0))).scalar_one()
    place = pc.index_in(fresh["person_id"].combine_chunks(), past["person_id"].combine_chunks())
    earlier = pc.fill_null(past["n"].combine_chunks().take(place), 0)
    entered = ticks(fresh["entered_at"])
    columns = {
        "person_id": fresh["person_id"],
        "number": pc.add(earlier, pa.scalar(1, pa.int32())),
        "segment": fresh["segment"],
        "arm": fresh["arm"],
        "offer": fresh["offer"] if "offer" in fresh.column_names else pa.nulls(fresh.num_rows, pa.string()),
        "entered_at": entered,
        "since_at": entered,
    }
    fixed = {"campaign_id": number, "version_id": version, "node": 0, "part": "journey", "state": "inside"}
    store.bulk(connection, store.put(t.passage).on_conflict_do_nothing(), {**columns, **fixed})
    opened = _passes(connection, (p.id > last) & (p.campaign_id == number))
    strata.put(store, connection, opened, fresh)
    return opened


def passes(connection: Connection, campaign: str | None, state: str | None) -> pa.Table:
    """Passes of one campaign or of all; `state` None = inside and ended."""
    condition = t.passage.c.id > 0
    if campaign is not None:
        condition &= t.campaign.c.name == campaign
    if state is not None:
        condition &= t.passage.c.state == state
    return _passes(connection, condition)


def _passes(connection: Connection, condition: object) -> pa.Table:
    query = (
        select(*(column for _, column in _COLUMNS))
        .join(t.campaign, t.campaign.c.id == t.passage.c.campaign_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(t.passage.c.id)
    )
    table = table_of(connection, query, _RAW)
    for name in _MOMENTS:
        table = table.set_column(table.schema.get_field_index(name), name, moments(table[name]))
    return PASSES.conform(table)


def save(store: Store, connection: Connection, changed: pa.Table, now: datetime) -> None:
    """Write where passes stand now, and cancel what was planned for those that have ended.

    A goal once seen and a pass once ended under a refusal stay so: an older view cannot open them again.
    """
    if changed.num_rows == 0:
        return
    changed = PASSES.conform(changed)
    p = t.passage.c
    statement = (
        update(t.passage)
        .where(p.id == bindparam("pass_id"))
        .values(
            node=bindparam("node"),
            part=bindparam("part"),
            since_at=bindparam("since_at"),
            state=bindparam("state"),
            outcome=bindparam("outcome"),
            ended_at=bindparam("ended_at"),
            goal_at=func.coalesce(p.goal_at, bindparam("goal_at")),
            cool_until=func.coalesce(bindparam("cool_until"), p.cool_until),
        )
    )
    columns = {name: changed[name] for name in ("pass_id", "node", "part", "state", "outcome")}
    columns |= {name: ticks(changed[name]) for name in ("since_at", "ended_at", "goal_at", "cool_until")}
    store.bulk(connection, statement, columns)
    ended = changed.filter(pc.equal(changed["state"], "ended"))
    cancel(store, connection, ended["pass_id"], "pass_ended", now)
    coupons.release(connection, ended["pass_id"].to_pylist(), micros(now))


def cancel(store: Store, connection: Connection, pass_ids: pa.ChunkedArray, reason: str, now: datetime) -> None:
    """Cancel the open touches of these passes; what is being handed over runs its course."""
    c = t.touch.c
    statement = (
        update(t.touch)
        .where(c.pass_id == bindparam("of_pass"), or_(c.state == "planned", c.state == "claimed"))
        .values(state="cancelled", reason=bindparam("why"), done_at=bindparam("at"), claim_token=None, worker_id=None)
    )
    store.bulk(connection, statement, {"of_pass": pass_ids, "why": reason, "at": micros(now)})


def cooling(connection: Connection, now: datetime) -> pa.Table:
    """Who rests after a pass that ended without the goal: `person_id, until`."""
    p = t.passage.c
    query = (
        select(p.person_id, func.max(p.cool_until))
        .where(p.cool_until > micros(now), p.goal_at.is_(None), p.state == "ended")
        .group_by(p.person_id)
    )
    table = table_of(connection, query, pa.schema([("person_id", pa.string()), ("until", pa.int64())]))
    return table.set_column(1, "until", moments(table["until"]))


def last_id(connection: Connection, campaign: str) -> int:
    """The highest id among the passes of this campaign, 0 without any. Ids of a campaign grow: its lock gives them."""
    p = t.passage.c
    query = select(func.coalesce(func.max(p.id), 0)).join(t.campaign, t.campaign.c.id == p.campaign_id)
    return int(connection.execute(query.where(t.campaign.c.name == campaign)).scalar_one())


def ever_entered(connection: Connection, campaign: str) -> pa.Array:
    """Ids of everybody who has ever had a pass of this campaign."""
    p = t.passage.c
    query = select(p.person_id).join(t.campaign, t.campaign.c.id == p.campaign_id).where(t.campaign.c.name == campaign)
    found = table_of(connection, query.distinct(), pa.schema([("person_id", pa.string())]))
    return found["person_id"].combine_chunks()
