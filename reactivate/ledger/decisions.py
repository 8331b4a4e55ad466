"""What reviewers said about pairs of records: one person, or two. Kept by record key, so that any later sync obeys."""

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
from attrs import field, frozen
from sqlalchemy import Connection, and_, delete, select

from reactivate.contracts.contract import MOMENT
from reactivate.ledger import audit
from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.store import Store, table_of

Key = tuple[str, str]
"""Source and record id."""

DECISIONS = pa.schema(
    [
        ("left_source", pa.string()),
        ("left_record_id", pa.string()),
        ("right_source", pa.string()),
        ("right_record_id", pa.string()),
        ("same", pa.bool_()),
        ("at", MOMENT),
        ("by_whom", pa.string()),
        ("note", pa.string()),
    ]
)


@frozen
class Decision:
    """`left` and `right` are one person (`same`) or two. The smaller key stands left."""

    left: Key = field()
    right: Key = field()
    same: bool = field()
    note: str | None = None

    @classmethod
    def about(cls, one: Key, two: Key, same: bool, note: str | None = None) -> "Decision":
        """A decision about two records in any order."""
        return cls(min(one, two), max(one, two), same, note)


def read(connection: Connection) -> pa.Table:
    """All decisions that hold, by key."""
    c = t.decision.c
    query = select(
        c.left_source, c.left_record, c.right_source, c.right_record, c.same, c.at, c.by_whom, c.note
    ).order_by(c.left_source, c.left_record, c.right_source, c.right_record)
    stored = [*DECISIONS]
    stored[4], stored[5] = pa.field("same", pa.int64()), pa.field("at", pa.int64())
    return table_of(connection, query, pa.schema(stored)).cast(DECISIONS)


def put(store: Store, connection: Connection, decisions: Iterable[Decision], by_whom: str, now: datetime) -> int:
    """Write decisions; one about the same pair takes the place of the earlier. Returns how many are new or other."""
    changed = 0
    for one in decisions:
        row = {
            "left_source": one.left[0],
            "left_record": one.left[1],
            "right_source": one.right[0],
            "right_record": one.right[1],
            "same": int(one.same),
            "at": micros(now),
            "by_whom": by_whom,
            "note": one.note,
        }
        before = connection.execute(select(t.decision.c.same).where(_is(one))).scalar_one_or_none()
        if before == int(one.same):
            continue
        put = store.put(t.decision).values(**row)
        keys = ["left_source", "left_record", "right_source", "right_record"]
        new = {name: put.excluded[name] for name in ("same", "at", "by_whom", "note")}
        connection.execute(put.on_conflict_do_update(index_elements=keys, set_=new))
        _note(connection, "one person" if one.same else "two persons", one, by_whom, now)
        changed += 1
    return changed


def forget(connection: Connection, pairs: Iterable[Decision], by_whom: str, now: datetime) -> int:
    """Take decisions back, whatever they said; returns how many there were."""
    gone = 0
    for one in pairs:
        found = connection.execute(delete(t.decision).where(_is(one))).rowcount
        if found:
            _note(connection, "decision taken back", one, by_whom, now)
        gone += found
    return gone


def _is(one: Decision):  # type: ignore[no-untyped-def]
    c = t.decision.c
    return and_(
        c.left_source == one.left[0],
        c.left_record == one.left[1],
        c.right_source == one.right[0],
        c.right_record == one.right[1],
    )


def _note(connection: Connection, action: str, one: Decision, by_whom: str, now: datetime) -> None:
    audit.note(connection, by_whom, f"review: {action}", f"{':'.join(one.left)} {':'.join(one.right)}", now)
