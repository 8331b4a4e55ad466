"""Consent (given, with proof) and suppression (refused, closed): what may be written to whom, by date.

Suppression beats every consent that is not newer. Which facts came first does not matter for the result: both are
kept with their dates and compared when asked.
"""

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, bindparam, case, delete, func, or_, select

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import CONSENTS, SUPPRESSIONS
from reactivate.ledger import contacts, keys
from reactivate.ledger import schema as t
from reactivate.ledger.clock import days_as_ticks, micros, moments, ticks
from reactivate.ledger.store import Store, table_of

NOBODY, NOWHERE = "", 0
"""In `suppression`: no person = whoever holds the point; no point = whatever address the person has."""

LASTING = frozenset({"complaint", "do_not_call", "erased", "hard_bounce", "wrong_number", "legal"})
"""Reasons that no later consent lifts."""

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
    holders = _holders_per_row(found)
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


def _holders_per_row(found: pa.Table) -> pa.ChunkedArray:
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


def import_suppressions(store: Store, connection: Connection, secret: bytes, table: pa.Table, now: datetime) -> int:
    """Take in refusals; idempotent. A refusal without a day counts from its first import.

    It bars the address for whoever holds it, and the person behind the record or behind an address held alone.
    """
    table = SUPPRESSIONS.conform(table)
    found = contacts.resolved(connection, secret, table)
    if found.num_rows == 0:
        return 0
    row = found["row"]
    at = pc.fill_null(days_as_ticks(table["refused_on"]), _unknown_day(now)).take(row)
    facts = {
        "channel": table["channel"].take(row),
        "reason": pc.fill_null(table["reason"], "refused").take(row),
        "source": table["source"].take(row),
        "at": at,
    }
    nobody = pa.nulls(found.num_rows, pa.string())
    by_point = pa.concat_tables(
        pa.table({**facts, "point": found[name], "person_id": nobody}) for name in ("point", "canonical")
    )
    alone = pc.or_(pc.is_null(found["kind"]), pc.equal(_holders_per_row(found), 1))
    by_person = pa.table({**facts, "point": pa.nulls(found.num_rows, pa.int64()), "person_id": found["person_id"]})
    refuse(store, connection, by_point.filter(pc.is_valid(by_point["point"])))
    refuse(store, connection, by_person.filter(pc.and_(alone, pc.is_valid(by_person["person_id"]))))
    return int(pc.count_distinct(row).as_py())


def _unknown_day(now: datetime) -> int:
    return micros(now)


def refuse(store: Store, connection: Connection, rows: pa.Table, scope: str = "all") -> None:
    """Write suppressions: `person_id, point, channel, reason, source, at` (microseconds); the latest date stays."""
    if rows.num_rows == 0:
        return
    rows = rows.set_column(
        rows.schema.get_field_index("person_id"), "person_id", pc.fill_null(rows["person_id"], NOBODY)
    )
    rows = rows.set_column(rows.schema.get_field_index("point"), "point", pc.fill_null(rows["point"], NOWHERE))
    key = ["person_id", "point", "channel", "reason"]
    latest = rows.group_by(key).aggregate([("at", "max"), ("source", "min")])
    put = store.put(t.suppression)
    statement = put.on_conflict_do_update(
        index_elements=["person_id", "point", "channel", "scope", "reason"],
        set_={
            "at": case((t.suppression.c.at > put.excluded.at, t.suppression.c.at), else_=put.excluded.at),
        },
    )
    columns = {name: latest[name] for name in key} | {"at": latest["at_max"], "source": latest["source_min"]}
    store.bulk(connection, statement, {**columns, "scope": scope})


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


_BARS = pa.schema(
    [
        ("person_id", pa.string()),
        ("point", pa.int64()),
        ("reason", pa.string()),
        ("at", pa.int64()),
    ]
)
_PAUSES = pa.schema([("person_id", pa.string()), ("at", pa.int64())])
_LAST_YES = pa.schema([("person_id", pa.string()), ("yes_at", pa.int64())])


def suppressed(
    connection: Connection, secret: bytes, rows: pa.Table, channel: str | None, scope: str | None = None
) -> pa.Array:
    """Per row of `rows` (person_id, kind, value), whether nothing may be sent to it on this kind of channel.

    Without `channel` only refusals of everything count, unless a consent for whatever channel is newer; `scope` is a
    campaign's name.
    """
    if rows.num_rows == 0:
        return pa.array([], pa.bool_())
    bars = table_of(connection, _bars(channel, scope), _BARS)
    number = pa.array(range(rows.num_rows), pa.int64())
    asked = pa.concat_tables(
        pa.table(
            {"row": number, "person_id": rows["person_id"], "point": keys.points(secret, rows["kind"], rows[name])}
        )
        for name in ("value", "display")
        if name in rows.column_names
    )
    if bars.num_rows == 0:
        return pa.repeat(pa.scalar(False), rows.num_rows)
    yes = table_of(connection, _last_yes(channel), _LAST_YES)
    asked = asked.join(yes, keys="person_id", join_type="left outer") if yes.num_rows else _no_yes(asked)
    asked = asked.append_column("nobody", pa.repeat(pa.scalar(NOBODY), asked.num_rows))
    asked = asked.append_column("nowhere", pa.repeat(pa.scalar(NOWHERE, pa.int64()), asked.num_rows))
    barred = [
        _hit(asked, bars, left) for left in (["person_id", "nowhere"], ["nobody", "point"], ["person_id", "point"])
    ]
    hit = pa.chunked_array([chunk for column in barred for chunk in column.chunks], pa.int64())
    return pc.is_in(number, hit.combine_chunks())


def _no_yes(asked: pa.Table) -> pa.Table:
    return asked.append_column("yes_at", pa.nulls(asked.num_rows, pa.int64()))


def _hit(asked: pa.Table, bars: pa.Table, left: list[str]) -> pa.ChunkedArray:
    joined = asked.select(["row", "yes_at", *left]).join(
        bars, keys=left, right_keys=["person_id", "point"], join_type="inner"
    )
    lifted = pc.and_(
        pc.fill_null(pc.greater(joined["yes_at"], joined["at"]), False),
        pc.invert(pc.is_in(joined["reason"], pa.array(sorted(LASTING)))),
    )
    return joined.filter(pc.invert(lifted))["row"]


def _bars(channel: str | None, scope: str | None) -> Any:
    s = t.suppression.c
    return select(s.person_id, s.point, s.reason, s.at).where(
        s.channel.in_(["all", *([channel] if channel else [])]), s.scope.in_(["all", *([scope] if scope else [])])
    )


def _last_yes(channel: str | None) -> Any:
    c = t.consent.c
    query = select(c.person_id, func.max(c.at)).where(c.at.is_not(None), c.proof.is_not(None)).group_by(c.person_id)
    return query.where(c.channel == channel) if channel else query


def allowed(
    connection: Connection,
    asked: list[tuple[str, frozenset[int]]],
    channel: str,
    scope: str,
    purposes: tuple[str, ...] | None,
) -> list[str | None]:
    """Per (person, points of the address), inside the intent transaction: None = may be written to, else why not.

    The words are `suppressed` and `no_consent`. The same law as `suppressed` and `consent_now`, for a handful of rows.
    """
    persons = [person for person, _ in asked]
    points = sorted({point for _, own in asked for point in own})
    bars = _bars_of(connection, persons, points, channel, scope)
    proven, last_yes = _consents_of(connection, persons, channel, purposes)
    found: list[str | None] = []
    for person, own in asked:
        yes = last_yes.get(person)
        places = [(person, NOWHERE), *((who, point) for who in (NOBODY, person) for point in own)]
        hits = [
            reason
            for place in places
            for reason, at in bars.get(place, ())
            if reason in LASTING or yes is None or yes <= at
        ]
        lacks = purposes is not None and person not in proven
        found.append("suppressed" if hits else "no_consent" if lacks else None)
    return found


_BARS_OF = select(t.suppression.c.person_id, t.suppression.c.point, t.suppression.c.reason, t.suppression.c.at).where(
    t.suppression.c.channel.in_(["all", bindparam("channel")]),
    t.suppression.c.scope.in_(["all", bindparam("scope")]),
    or_(
        t.suppression.c.person_id.in_(bindparam("people", expanding=True)),
        (t.suppression.c.person_id == NOBODY) & t.suppression.c.point.in_(bindparam("points", expanding=True)),
    ),
)
_CONSENTS_OF = select(t.consent.c.person_id, t.consent.c.purpose, t.consent.c.at).where(
    t.consent.c.person_id.in_(bindparam("people", expanding=True)),
    t.consent.c.channel == bindparam("channel"),
    t.consent.c.at.is_not(None),
    t.consent.c.proof.is_not(None),
)


def _bars_of(
    connection: Connection, persons: list[str], points: list[int], channel: str, scope: str
) -> dict[tuple[str, int], list[tuple[str, int]]]:
    asked = {"people": persons, "points": points, "channel": channel, "scope": scope}
    bars: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for person, point, reason, at in connection.execute(_BARS_OF, asked):
        bars.setdefault((person, point), []).append((reason, at))
    return bars


def _consents_of(
    connection: Connection, persons: list[str], channel: str, purposes: tuple[str, ...] | None
) -> tuple[set[str], dict[str, int]]:
    """Persons with a proven consent for one of `purposes`, and the date of their last proven one for anything."""
    proven: set[str] = set()
    last_yes: dict[str, int] = {}
    for person, purpose, at in connection.execute(_CONSENTS_OF, {"people": persons, "channel": channel}):
        last_yes[person] = max(at, last_yes.get(person, at))
        if purposes is not None and purpose in purposes:
            proven.add(person)
    return proven, last_yes


def lift_pauses(connection: Connection, persons: list[str], before: int) -> None:
    """End the pauses of people who ordered, clicked, answered or asked after they were paused."""
    s = t.suppression.c
    connection.execute(delete(t.suppression).where(s.person_id.in_(persons), s.reason == "pause", s.at <= before))


def pauses(connection: Connection) -> pa.Table:
    """Who is paused, once per pause: `person_id, at`."""
    s = t.suppression.c
    table = table_of(connection, select(s.person_id, s.at).where(s.reason == "pause"), _PAUSES)
    return table.set_column(1, "at", moments(table["at"]))


def end_pauses(store: Store, connection: Connection, over: pa.Table) -> None:
    """Delete these pauses (`person_id, at`); one begun anew meanwhile has another moment and stays."""
    s = t.suppression.c
    statement = delete(t.suppression).where(
        s.person_id == bindparam("who"), s.at == bindparam("since"), s.reason == "pause"
    )
    store.bulk(connection, statement, {"who": over["person_id"], "since": ticks(over["at"])})


__all__ = [
    "CONSENT_NOW",
    "KIND_OF_CHANNEL",
    "LASTING",
    "NOBODY",
    "NOWHERE",
    "allowed",
    "consent_now",
    "end_pauses",
    "import_consents",
    "import_suppressions",
    "lift_pauses",
    "pauses",
    "refuse",
    "suppressed",
]
