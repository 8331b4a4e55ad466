"""Switches that stop sending at once: for everything, a campaign or a channel; and the file STOP beside the ledger."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, select

from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store

EVERYTHING = "global_stop"


def campaign_switch(name: str) -> str:
    return f"campaign_stop:{name}"


def channel_switch(name: str) -> str:
    return f"channel_stop:{name}"


def put_switch(store: Store, connection: Connection, key: str, value: str, by_whom: str, now: datetime) -> None:
    """Throw a switch; it holds from the moment this transaction commits."""
    row = {"key": key, "value": value, "by_whom": by_whom, "at": micros(now)}
    put = store.put(t.control).values(**row)
    connection.execute(put.on_conflict_do_update(index_elements=["key"], set_=row))


def lift_switch(connection: Connection, key: str) -> None:
    connection.execute(delete(t.control).where(t.control.c.key == key))


_THROWN = select(t.control.c.key).where(t.control.c.key.in_(bindparam("switches", expanding=True)))


def stopped(connection: Connection, folder: Path, campaign: str, channel: str) -> str | None:
    """Why nothing may leave now, in a word; None = go."""
    if (folder / "STOP").exists():
        return "stop_file"
    switches = {EVERYTHING: "stopped", campaign_switch(campaign): "paused", channel_switch(channel): "channel_stopped"}
    thrown = set(connection.execute(_THROWN, {"switches": list(switches)}).scalars())
    return next((word for key, word in switches.items() if key in thrown), None)
