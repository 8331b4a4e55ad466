"""Who approved what, what has been done under it, and the starting points that campaigns are held to."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, func, insert, select

from reactivate.ledger import audit
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros, moment
from reactivate.ledger.store import Store
from reactivate.ledger.touches import HANDED


@frozen
class Approved:
    """One approval: of which version of the files, by whom, until when, with which ceilings (JSON)."""

    spec_hash: str
    ceilings_json: str
    at: datetime
    valid_until: datetime
    by_whom: str


@frozen
class Done:
    """What a campaign has done in all: people entered, messages handed over per step, money spent on contacts."""

    entrants: int
    messages: Mapping[str, int]
    cost: Decimal


def approve(connection: Connection, campaign: int, name: str, approved: Approved) -> None:
    """Write an approval down, and who gave it."""
    row = {
        "campaign_id": campaign,
        "spec_hash": approved.spec_hash,
        "ceilings_json": approved.ceilings_json,
        "at": micros(approved.at),
        "valid_until": micros(approved.valid_until),
        "by_whom": approved.by_whom,
    }
    connection.execute(insert(t.approval).values(**row))
    audit.note(connection, approved.by_whom, f"approve {approved.spec_hash[:12]}", name, approved.at)


def last_approval(connection: Connection, campaign: int) -> Approved | None:
    """The newest approval of a campaign."""
    a = t.approval.c
    query = select(t.approval).where(a.campaign_id == campaign).order_by(a.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Approved(row.spec_hash, row.ceilings_json, moment(row.at), moment(row.valid_until), row.by_whom)


def done(connection: Connection, campaign: int) -> Done:
    """The cumulative sums that ceilings are checked against; what may have been received counts."""
    p, c = t.passage.c, t.touch.c
    entrants = connection.execute(select(func.count()).where(p.campaign_id == campaign)).scalar_one()
    query = (
        select(t.step.c.name, func.count(), func.coalesce(func.sum(c.cost), 0))
        .join(t.step, t.step.c.id == c.step_id)
        .where(t.step.c.campaign_id == campaign, c.state.in_([*HANDED, "rejected"]))
        .group_by(t.step.c.name)
    )
    rows = connection.execute(query).all()
    return Done(int(entrants), {row[0]: row[1] for row in rows}, Decimal(int(sum(row[2] for row in rows))) / 100)


def put_baseline(
    store: Store,
    connection: Connection,
    campaign: int,
    figures: Mapping[tuple[str, str, str], tuple[float, int]],
    at: int,
) -> None:
    """Keep figures as (metric, arm, period) -> (value, people). What was written once stays: a start is a start."""
    for (metric, arm, period), (value, count) in figures.items():
        row = {"campaign_id": campaign, "metric": metric, "arm": arm, "period": period, "value": value, "n": count}
        connection.execute(store.put(t.baseline).values(**row, at=at).on_conflict_do_nothing())


def baseline(connection: Connection, campaign: int) -> dict[tuple[str, str, str], tuple[Any, int]]:
    """The figures of the start: (metric, arm, period) -> (value, people)."""
    b = t.baseline.c
    query = select(b.metric, b.arm, b.period, b.value, b.n).where(b.campaign_id == campaign)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in connection.execute(query)}
