"""Consent: who agreed to what, with proof and by date.

Refusals are kept apart in `suppressions` and beat every consent that is not newer. Which facts came first does not
matter for the result: both are kept with their dates and compared when asked.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import CONSENTS
from reactivate.ledger import contacts, keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import days_as_ticks, moments
from reactivate.ledger.store import Store, table_of

KIND_OF_CHANNEL = {"email": "email", "sms": "phone", "call": "phone", "messenger": "phone"}
"""Which address a kind of channel writes to."""

CONSENT_NOW = pa.schema(
    [
        ("person_id", pa.string()),
        ("channel", pa.string()),
        ("given_at", MOMENT),
        ("proof", pa.string()),
        ("source", pa.string()),
    ]
)


def import_consents(store: Store, connection: Connection, secret: bytes, table: pa.Table) -> int:
    """Take in a consents table; the same row twice counts once. Returns how many rows named somebody known.

    A consent given for an address is its holders', if the channel writes to such addresses or one person holds it.
    """
    table = CONSENTS.conform(table)
    found = contacts.resolved(connection, secret, table)
    found = found.filter(pc.is_valid(found["person_id"]))
    if found.num_rows == 0:
        return 0
    channel = table["channel"].take(found["row"])
    fits = _fits(found["kind"], channel)
    holders = holders_per_row(found)
    found = found.filter(pc.or_(pc.or_(pc.is_null(found["kind"]), fits), pc.equal(holders, 1)))
    claims = _claims(secret, table)
    rows = pa.table({"claim": claims.take(found["row"].combine_chunks()), "person_id": found["person_id"]})
    rows = rows.append_column("row", found["row"]).group_by(["claim", "person_id"]).aggregate([("row", "min")])
    given = table.take(rows["row_min"])
    columns = {
        "claim": rows["claim"],
        "person_id": rows["person_id"],
        **{name: given[name] for name in ("channel", "purpose", "source", "proof")},
        "at": days_as_ticks(given["given_on"]),
    }
    store.bulk(connection, store.put(t.consent).on_conflict_do_nothing(), columns)
    return int(pc.count_distinct(found["row"]).as_py())


def _fits(kinds: Any, channels: Any) -> Any:
    """Whether the address is of the kind that the channel writes to."""
    wanted = [KIND_OF_CHANNEL.get(name) for name in channels.to_pylist()]
    return pc.fill_null(pc.equal(kinds, pa.chunked_array([pa.array(wanted, pa.string())])), False)


def holders_per_row(found: pa.Table) -> pa.ChunkedArray:
    """How many persons each row of `found` shares its (row, kind) with, itself included."""
    code = pc.add(
        pc.multiply(found["row"], 4), pc.index_in(found["kind"], pa.array(["email", "phone"])).cast(pa.int64())
    )
    code = pc.fill_null(code, -1)
    counts = pc.value_counts(code)
    return counts.field("counts").take(pc.index_in(code, counts.field("values")))


def _claims(secret: bytes, table: pa.Table) -> pa.Array:
    """An id per consent row, from everything it says."""
    names = ("source", "record_id", "email", "phone", "channel", "purpose", "given_on", "proof")
    told = pc.binary_join_element_wise(*(pc.fill_null(table[name].cast(pa.string()), "") for name in names), "\x1f")
    return pa.array((keys.number_of(secret, f"consent\x1f{text}") for text in told.to_pylist()), pa.int64())


def consent_now(connection: Connection, purposes: tuple[str, ...]) -> pa.Table:
    """The newest proven consent per person and channel for one of `purposes`. Refusals are asked by `suppressed`."""
    c = t.consent.c
    newest = (
        select(c.person_id, c.channel, func.max(c.at).label("at"))
        .where(c.purpose.in_(purposes), c.at.is_not(None), c.proof.is_not(None))
        .group_by(c.person_id, c.channel)
        .subquery()
    )
    query = (
        select(c.person_id, c.channel, c.at, func.min(c.proof), func.min(c.source))
        .join(
            newest,
            (c.person_id == newest.c.person_id) & (c.channel == newest.c.channel) & (c.at == newest.c.at),
        )
        .where(c.purpose.in_(purposes), c.proof.is_not(None))
        .group_by(c.person_id, c.channel, c.at)
    )
    raw = pa.schema([*list(CONSENT_NOW)[:2], pa.field("given_at", pa.int64()), *list(CONSENT_NOW)[3:]])
    table = table_of(connection, query, raw)
    return table.set_column(2, "given_at", moments(table["given_at"]))
