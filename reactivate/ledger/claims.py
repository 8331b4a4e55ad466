"""Due touches taken in hand: no two workers ever hold the same one, and what is settled early is put aside."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
from attrs import frozen
from sqlalchemy import Connection, select, update

from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.door import Claimed, Verdict
from reactivate.ledger.workers import LEASE_SECONDS, Worker, wall

if TYPE_CHECKING:
    from reactivate.ledger.ledger import Ledger


@frozen
class Step:
    """The one step and channel that a delivery is about."""

    id: int
    name: str
    channel: str
    campaign_id: int
    campaign: str

    @classmethod
    def of(cls, ledger: "Ledger", due: pa.Table) -> "Step":
        """The step of `due`, of which there is at least one row."""
        p, name = t.passage.c, due["step"][0].as_py()
        query = (
            select(t.step.c.id, p.campaign_id, t.campaign.c.name)
            .join(t.campaign, t.campaign.c.id == p.campaign_id)
            .join(t.step, t.step.c.campaign_id == p.campaign_id)
            .where(p.id == due["pass_id"][0].as_py(), t.step.c.name == name)
        )
        with ledger.store.read() as connection:
            step_id, campaign_id, campaign = connection.execute(query).one()
        return cls(step_id, name, due["channel"][0].as_py(), campaign_id, campaign)


def claim(
    connection: Connection, step: Step, rows: pa.Table, token: str, worker: Worker, now: datetime
) -> dict[int, Claimed]:
    """Take rows in hand by pass: planned, not waiting for a back-off. What others hold stays theirs."""
    c = t.touch.c
    wanted = (
        select(c.pass_id)
        .where(
            c.step_id == step.id,
            c.pass_id.in_(rows["pass_id"].to_pylist()),
            c.state == "planned",
            (c.next_attempt_at.is_(None)) | (c.next_attempt_at <= micros(now)),
        )
        .with_for_update(skip_locked=True)
    )
    taking = (
        update(t.touch)
        .where(c.step_id == step.id, c.pass_id.in_(wanted))
        .values(
            state="claimed",
            claim_token=token,
            worker_id=worker.worker_id,
            lease_until=wall() + LEASE_SECONDS * 1_000_000,
            claims=c.claims + 1,
            channel=step.channel,
        )
        .returning(c.pass_id)
    )
    taken = set(connection.execute(taking).scalars())
    due = zip(*(rows[name].to_pylist() for name in ("pass_id", "person_id", "key")), strict=True)
    return {
        pass_id: Claimed(pass_id, person, key, step.campaign_id, step.campaign, step.id, step.name, step.channel)
        for pass_id, person, key in due
        if pass_id in taken
    }


def put_aside(
    connection: Connection, verdicts: Mapping[str, Verdict], by_key: Mapping[str, Claimed], token: str, now: datetime
) -> None:
    """Write why claimed touches do not leave; those that this worker no longer holds are left as they are."""
    c = t.touch.c
    for key, verdict in verdicts.items():
        one = by_key[key]
        mine = (c.pass_id == one.pass_id) & (c.step_id == one.step_id) & (c.claim_token == token)
        done = None if verdict.state == "planned" else micros(now)
        changes = {"state": verdict.state, "reason": verdict.reason, "done_at": done, "claims": 0, "worker_id": None}
        connection.execute(
            update(t.touch).where(mine, c.state == "claimed").values(**changes, claim_token=None, lease_until=None)
        )
