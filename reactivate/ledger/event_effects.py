"""What events do at once: refusals close doors, answers are kept and may grant consent, a sign of life ends a pause.

Called in the transaction that writes the events, with the table that `event_persons.named` gives.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from reactivate.ledger import keys
from reactivate.ledger import schema as t
from reactivate.ledger.store import Store
from reactivate.ledger.suppressions import lift_pauses, refuse

ANSWER = "answer"
"""Source of consents that were given by answering a question."""

HOST = "reactivate"
"""Source of what we note ourselves (tags, rests): no sign of life of a person."""

_PASSIVE = frozenset({"delivered", "opened", "bounced", "complained", "unsubscribed", "refused", "result"})
"""Kinds that are no sign of interest; every other kind ends a pause."""


def refusals(store: Store, connection: Connection, named: pa.Table) -> None:
    """Which doors these events close."""
    reaches = pc.coalesce(named["reaches"], _channel_of(named["contact_kind"]), pa.scalar("all"))
    kind, value = named["kind"], pc.fill_null(named["value"], "")
    for found, channel, reason, whose in (
        (pc.equal(kind, "complained"), "all", "complaint", "both"),
        (pc.equal(kind, "refused"), "all", "refused", "both"),
        (_result(kind, value, "do_not_call"), "all", "do_not_call", "both"),
        (pc.and_(pc.equal(kind, "unsubscribed"), pc.equal(value, "all")), "all", "unsubscribed", "both"),
        (pc.and_(pc.equal(kind, "unsubscribed"), pc.not_equal(value, "all")), reaches, "unsubscribed", "both"),
        (pc.and_(pc.equal(kind, "bounced"), pc.invert(pc.starts_with(value, "soft"))), reaches, "hard_bounce", "both"),
        *(
            (_result(kind, value, "wrong_number"), name, "wrong_number", "pair")
            for name in ("call", "sms", "messenger")
        ),
    ):
        _close(store, connection, named, found, channel, reason, whose)


def _result(kind: Any, value: Any, word: str) -> Any:
    return pc.and_(pc.equal(kind, "result"), pc.equal(value, word))


def _channel_of(kinds: Any) -> Any:
    """An address alone: an e-mail closes e-mail, a phone everything that goes to phones."""
    return pc.if_else(pc.equal(kinds, "email"), pa.scalar("email"), pa.scalar(None, pa.string()))


def _close(
    store: Store, connection: Connection, named: pa.Table, found: Any, channel: Any, reason: str, whose: str
) -> None:
    """`both`: the person everywhere and the address for everybody; `pair`: this address for this person only."""
    part = named.filter(found)
    if part.num_rows == 0:
        return
    channels = channel.filter(found) if isinstance(channel, (pa.Array, pa.ChunkedArray)) else _same(channel, part)
    facts = {"channel": channels, "reason": _same(reason, part), "source": part["source"], "at": part["at_us"]}
    person, point = part["person_id"], part["point"]
    nobody, nowhere = pa.nulls(part.num_rows, pa.string()), pa.nulls(part.num_rows, pa.int64())
    if whose == "pair":
        rows = [pa.table({**facts, "person_id": person, "point": point})]
    else:
        rows = [
            pa.table({**facts, "person_id": person, "point": nowhere}).filter(pc.is_valid(person)),
            pa.table({**facts, "person_id": nobody, "point": point}).filter(pc.is_valid(point)),
        ]
    for table in rows:
        refuse(store, connection, table)


def _same(word: str, part: pa.Table) -> pa.Array:
    return pa.repeat(pa.scalar(word), part.num_rows)


def answers(
    store: Store, connection: Connection, secret: bytes, named: pa.Table, grants: Mapping[str, Iterable[str]]
) -> None:
    """`question=answer` becomes an answer of the person, and a consent where the question grants one."""
    found = pc.and_(pc.equal(named["kind"], "answered"), pc.is_valid(named["person_id"]))
    part = named.filter(pc.and_(found, pc.match_substring(pc.fill_null(named["value"], ""), "=")))
    if part.num_rows == 0:
        return
    question = pc.replace_substring_regex(part["value"], r"=(?s:.*)$", "")
    value = pc.replace_substring_regex(part["value"], r"^[^=]*=", "")
    told = pc.binary_join_element_wise(part["source"], part["event_id"], "\x1f").to_pylist()
    number = pa.array((keys.number_of(secret, f"event\x1f{one}") for one in told), pa.int64())
    rows = {"event_key": number, "person_id": part["person_id"], "question": question, "value": value}
    store.bulk(connection, store.put(t.answer).on_conflict_do_nothing(), {**rows, "at": part["at_us"]})
    for name, channels in grants.items():
        given = pc.equal(question, name)
        proof = pc.binary_join_element_wise(part["source"], part["event_id"], ":")
        for channel in channels:
            claim = pa.array((keys.number_of(secret, f"grant\x1f{channel}\x1f{one}") for one in told), pa.int64())
            columns = {"claim": claim, "person_id": part["person_id"], "at": part["at_us"], "proof": proof}
            table = pa.table(columns).filter(given)
            fixed = {"channel": channel, "purpose": "marketing", "source": ANSWER}
            put = store.put(t.consent).on_conflict_do_nothing()
            store.bulk(connection, put, {name_: table[name_] for name_ in table.column_names} | fixed)


def wake(connection: Connection, named: pa.Table) -> None:
    """Whoever clicks, answers or asks is no longer paused."""
    passive = pc.or_(pc.is_in(named["kind"], pa.array(sorted(_PASSIVE))), pc.equal(named["source"], HOST))
    active = named.filter(pc.and_(pc.invert(passive), pc.is_valid(named["person_id"])))
    if active.num_rows == 0:
        return
    latest = active.group_by("person_id").aggregate([("at_us", "max")])
    paused = select(t.suppression.c.person_id).where(t.suppression.c.reason == "pause").distinct()
    waiting = set(connection.execute(paused).scalars())
    for row in latest.filter(pc.is_in(latest["person_id"], pa.array(sorted(waiting), pa.string()))).to_pylist():
        lift_pauses(connection, [row["person_id"]], row["at_us_max"])
