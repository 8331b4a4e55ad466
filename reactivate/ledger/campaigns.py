"""Campaigns, the versions of their files and the names of their steps."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from reactivate.contracts.nodes import NodeTable
from reactivate.errors import EnvironmentFault
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store


def campaign_id(store: Store, connection: Connection, name: str, now: datetime) -> int:
    """Number of a campaign; its name is its identity, a new name begins a new one."""
    row = {"name": name, "status": "running", "created_at": micros(now)}
    connection.execute(store.put(t.campaign).values(**row).on_conflict_do_nothing())
    return int(connection.execute(select(t.campaign.c.id).where(t.campaign.c.name == name)).scalar_one())


def find_campaign(connection: Connection, name: str) -> int | None:
    """Number of a campaign that has been started; None otherwise."""
    return connection.execute(select(t.campaign.c.id).where(t.campaign.c.name == name)).scalar_one_or_none()


def version_of(
    store: Store,
    connection: Connection,
    name: str,
    spec_hash: str,
    nodes: Mapping[str, str],
    spec_json: str,
    now: datetime,
) -> int:
    """Number of this version of the campaign's file: the same hash gives the same number, for ever."""
    campaign = campaign_id(store, connection, name, now)
    v = t.campaign_version.c
    row = {"campaign_id": campaign, "spec_hash": spec_hash, "spec_json": spec_json, "created_at": micros(now)}
    connection.execute(store.put(t.campaign_version).values(**row).on_conflict_do_nothing())
    query = select(v.id).where(v.campaign_id == campaign, v.spec_hash == spec_hash)
    version = int(connection.execute(query).scalar_one())
    for segment, text in nodes.items():
        part = {"version_id": version, "segment": segment, "table_json": text}
        connection.execute(store.put(t.version_nodes).values(**part).on_conflict_do_nothing())
    return version


def node_tables(connection: Connection, version: int) -> dict[str, NodeTable]:
    """The journeys of a version, per segment. Raises R911 when the ledger does not hold it."""
    n = t.version_nodes.c
    found = connection.execute(select(n.segment, n.table_json).where(n.version_id == version)).all()
    if not found:
        raise EnvironmentFault.because(
            "R911",
            f"the ledger holds no journey for version {version}",
            "is `ledger:` the right place?",
        )
    return {segment: NodeTable.from_json(text) for segment, text in found}


def step_ids(store: Store, connection: Connection, campaign: int, names: Iterable[str]) -> dict[str, int]:
    """Numbers of these steps, made where they are new."""
    wanted = sorted(set(names))
    for name in wanted:
        connection.execute(store.put(t.step).values(campaign_id=campaign, name=name).on_conflict_do_nothing())
    s = t.step.c
    query = select(s.name, s.id).where(s.campaign_id == campaign, s.name.in_(wanted))
    return {row[0]: row[1] for row in connection.execute(query)}
