"""Touches: what a journey wants handed over, and what has become of it."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, or_, select

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import TOUCHES
from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.campaigns import step_ids
from reactivate.ledger.clock import micros, moments, money, ticks
from reactivate.ledger.store import Store, table_of

OPEN = ("planned", "claimed", "sending")
"""States from which a touch still has to move; every other state is terminal."""

REPLANNED = ("planned", "skipped", "expired", "cancelled", "suppressed")
"""What a journey may make of a touch that has not been taken in hand."""

HANDED = ("sending", "accepted", "unknown")
"""States in which the person may have received something."""

CONTACTED = pa.schema([("person_id", pa.string()), ("n", pa.int64()), ("last_at", MOMENT)])
_MOMENTS = ("planned_at", "expires_at", "done_at")


def plan(store: Store, connection: Connection, touches: pa.Table) -> None:
    """Write touches; one per (step, pass). Written again, a touch that is still planned takes the new state, channel
    and reason (held, skipped, expired); one that has gone further stays as it is.
    """
    if touches.num_rows == 0:
        return
    touches = TOUCHES.conform(touches)
    strange = set(pc.unique(touches["state"]).to_pylist()) - set(REPLANNED)
    if strange:
        raise ValueError(f"a journey cannot put touches into {sorted(strange)}")
    put = store.put(t.touch)
    c = t.touch.c
    changed = or_(
        c.state.is_distinct_from(put.excluded.state),
        c.channel.is_distinct_from(put.excluded.channel),
        c.reason.is_distinct_from(put.excluded.reason),
    )
    statement = put.on_conflict_do_update(
        index_elements=["pass_id", "step_id"],
        set_={name: put.excluded[name] for name in ("state", "channel", "reason", "done_at")},
        where=(c.state == "planned") & changed,
    )
    columns = {name: touches[name] for name in ("pass_id", "state", "channel", "variant", "offer", "reason")}
    columns |= {name: ticks(touches[name]) for name in _MOMENTS}
    columns["step_id"] = _steps_of(store, connection, touches)
    store.bulk(connection, statement, {**columns, "attempts": 0, "claims": 0})


def _steps_of(store: Store, connection: Connection, touches: pa.Table) -> pa.Array:
    """Step number per row: a step's name belongs to the campaign of its pass."""
    p = t.passage.c
    bounds = pc.min_max(touches["pass_id"]).as_py()
    query = select(p.id, p.campaign_id).where(p.id.between(bounds["min"], bounds["max"]))
    owners = table_of(connection, query, pa.schema([("id", pa.int64()), ("campaign", pa.int64())]))
    place = pc.index_in(touches["pass_id"].combine_chunks(), owners["id"].combine_chunks())
    campaign = owners["campaign"].combine_chunks().take(place)
    if campaign.null_count:
        raise ValueError(f"{campaign.null_count} touches belong to no pass of this ledger")
    named = pa.table({"campaign": campaign, "step": touches["step"]})
    pairs = named.group_by(["campaign", "step"]).aggregate([]).to_pylist()
    numbers: dict[int, dict[str, int]] = {}
    for owner in sorted({pair["campaign"] for pair in pairs}):
        own = [pair["step"] for pair in pairs if pair["campaign"] == owner]
        numbers[owner] = step_ids(store, connection, owner, own)
    coded = pc.binary_join_element_wise(campaign.cast(pa.string()), touches["step"], "\x1f")
    coded = (coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded).dictionary_encode()
    known = []
    for told in coded.dictionary.to_pylist():
        owner, _, step = told.partition("\x1f")
        known.append(numbers[int(owner)][step])
    return pa.array(known, pa.int64()).take(coded.indices)


_COLUMNS = [
    ("pass_id", t.touch.c.pass_id, pa.int64()),
    ("person_id", t.passage.c.person_id, pa.string()),
    ("step", t.step.c.name, pa.string()),
    ("channel", t.touch.c.channel, pa.string()),
    ("variant", t.touch.c.variant, pa.string()),
    ("offer", t.touch.c.offer, pa.string()),
    ("state", t.touch.c.state, pa.string()),
    ("reason", t.touch.c.reason, pa.string()),
    ("planned_at", t.touch.c.planned_at, pa.int64()),
    ("expires_at", t.touch.c.expires_at, pa.int64()),
    ("done_at", t.touch.c.done_at, pa.int64()),
    ("key", t.message.c.key, pa.string()),
    ("cost", t.touch.c.cost, pa.int64()),
    ("campaign", t.campaign.c.name, pa.string()),
    ("number", t.passage.c.number, pa.int32()),
]


def read(connection: Connection, secret: bytes, campaign: str | None, states: tuple[str, ...] | None) -> pa.Table:
    """Touches of one campaign or of all, in the order of their passes; `states` None = every state."""
    query = (
        select(*(column for _, column, _ in _COLUMNS))
        .select_from(t.touch)
        .join(t.passage, t.passage.c.id == t.touch.c.pass_id)
        .join(t.step, t.step.c.id == t.touch.c.step_id)
        .join(t.campaign, t.campaign.c.id == t.passage.c.campaign_id)
        .outerjoin(t.message, (t.message.c.pass_id == t.touch.c.pass_id) & (t.message.c.step_id == t.touch.c.step_id))
        .order_by(t.touch.c.pass_id, t.touch.c.step_id)
    )
    if campaign is not None:
        query = query.where(t.campaign.c.name == campaign)
    if states is not None:
        query = query.where(t.touch.c.state.in_(states))
        if set(states) <= set(OPEN):
            # The index of open touches is found only through its own condition.
            query = query.where(t.touch.c.done_at.is_(None))
    table = table_of(connection, query, pa.schema([(name, kind) for name, _, kind in _COLUMNS]))
    for name in _MOMENTS:
        table = table.set_column(table.schema.get_field_index(name), name, moments(table[name]))
    table = table.set_column(table.schema.get_field_index("key"), "key", _keys(secret, table))
    table = table.set_column(table.schema.get_field_index("cost"), "cost", money(table["cost"]))
    return TOUCHES.conform(table.drop_columns(["number"]))


def _keys(secret: bytes, table: pa.Table) -> pa.Array:
    """The key that a message went out under, else the one it will go out under."""
    names = ("key", "campaign", "step", "person_id", "number")
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return pa.array(
        (
            sent or keys.message_key(secret, campaign, step, person, number)
            for sent, campaign, step, person, number in rows
        ),
        pa.string(),
    )


def contacted(connection: Connection, since: datetime) -> pa.Table:
    """Contacts that count against the cap since a moment: `person_id, n, last_at`.

    Calls count once; ads, staff tasks and service messages do not; what may have been received counts.
    """
    m = t.message.c
    query = (
        select(m.person_id, func.count(), func.max(m.intent_at))
        .join(t.touch, (t.touch.c.pass_id == m.pass_id) & (t.touch.c.step_id == m.step_id))
        .where(m.counted == 1, m.intent_at >= micros(since), t.touch.c.state.in_(HANDED))
        .group_by(m.person_id)
    )
    raw = pa.schema([("person_id", pa.string()), ("n", pa.int64()), ("last_at", pa.int64())])
    table = table_of(connection, query, raw)
    return table.set_column(2, "last_at", moments(table["last_at"]))


def counts(connection: Connection, campaign: str | None) -> dict[str, int]:
    """Touches by state."""
    query = select(t.touch.c.state, func.count()).group_by(t.touch.c.state)
    if campaign is not None:
        query = (
            query.join(t.passage, t.passage.c.id == t.touch.c.pass_id)
            .join(t.campaign, t.campaign.c.id == t.passage.c.campaign_id)
            .where(t.campaign.c.name == campaign)
        )
    return {row[0]: row[1] for row in connection.execute(query)}
