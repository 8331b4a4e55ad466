"""The tables of the ledger: one shape for SQLite and PostgreSQL.

Moments are UTC microseconds in 64-bit integers, money is in minor units (hundredths), contact values stand only as
`point`: 64 bits of a keyed hash, so that the file gives no address away and suppression survives an erasure.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

VERSION = 1
"""Version of this schema; `open` refuses a ledger with a larger one. A table more is no new version."""

META = MetaData()

# SQLite gives out row ids only for a primary key spelt INTEGER; there it is 64 bits wide all the same.
SERIAL = BigInteger().with_variant(Integer(), "sqlite")


def _need(name: str, type_: Any = Text, **more: Any) -> Column[Any]:
    return Column(name, type_, nullable=False, **more)


def _may(name: str, type_: Any = Text) -> Column[Any]:
    return Column(name, type_)


def _table(name: str, *parts: Any, compact: bool = False) -> Table:
    """`compact`: rows live in the primary key's tree (SQLite), which spares an index on hot tables."""
    return Table(name, META, *parts, sqlite_with_rowid=not compact)


schema_info = _table(
    "schema_info", _need("version", Integer), _need("created_at", BigInteger), _need("app_version"), _need("key_id")
)

person = _table(
    "person",
    Column("person_id", Text, primary_key=True),
    _need("created_at", BigInteger),
    _may("merged_into"),
    _may("erased_at", BigInteger),
    compact=True,
)
member = _table(
    "member",
    _need("source"),
    _need("record_id"),
    _need("person_id"),
    _need("probability", Float),
    PrimaryKeyConstraint("source", "record_id"),
    Index("member_of", "person_id"),
    compact=True,
)
contact = _table(
    "contact",
    _need("point", BigInteger),
    _need("person_id"),
    _need("canonical", BigInteger),
    _need("kind"),
    PrimaryKeyConstraint("point", "person_id"),
    Index("contact_of", "person_id"),
    compact=True,
)
decision = _table(
    "decision",
    _need("left_source"),
    _need("left_record"),
    _need("right_source"),
    _need("right_record"),
    _need("same", Integer),
    _need("at", BigInteger),
    _need("by_whom"),
    _may("note"),
    PrimaryKeyConstraint("left_source", "left_record", "right_source", "right_record"),
    compact=True,
)
moved = _table(
    "moved",
    Column("id", SERIAL, primary_key=True),
    _need("gone"),
    _need("survivor"),
    _need("kind"),
    _need("row_json"),
    _need("at", BigInteger),
    Index("moved_from", "gone"),
)
base = _table(
    "base",
    Column("id", SERIAL, primary_key=True),
    _need("base_id", Text, unique=True),
    _need("synced_at", BigInteger),
    _need("committed_at", BigInteger),
    _need("folder"),
    _need("segments_json"),
    _need("counts_json"),
    _need("spec_hash"),
)

consent = _table(
    "consent",
    _need("claim", BigInteger),
    _need("person_id"),
    _need("channel"),
    _need("purpose"),
    _need("source"),
    _may("at", BigInteger),
    _may("proof"),
    PrimaryKeyConstraint("claim", "person_id"),
    Index("consent_of", "person_id", "channel", "purpose"),
)
suppression = _table(
    "suppression",
    _need("person_id"),
    _need("point", BigInteger),
    _need("channel"),
    _need("scope"),
    _need("reason"),
    _need("source"),
    _need("at", BigInteger),
    PrimaryKeyConstraint("person_id", "point", "channel", "scope", "reason"),
    Index("suppression_point", "point"),
    compact=True,
)

campaign = _table(
    "campaign",
    Column("id", SERIAL, primary_key=True),
    _need("name", Text, unique=True),
    _need("status"),
    _need("created_at", BigInteger),
)
campaign_version = _table(
    "campaign_version",
    Column("id", SERIAL, primary_key=True),
    _need("campaign_id", BigInteger),
    _need("spec_hash"),
    _need("spec_json"),
    _need("created_at", BigInteger),
    UniqueConstraint("campaign_id", "spec_hash"),
)
version_nodes = _table(
    "version_nodes",
    _need("version_id", BigInteger),
    _need("segment"),
    _need("table_json"),
    PrimaryKeyConstraint("version_id", "segment"),
)
step = _table(
    "step",
    Column("id", SERIAL, primary_key=True),
    _need("campaign_id", BigInteger),
    _need("name"),
    UniqueConstraint("campaign_id", "name"),
)

passage = _table(
    "pass",
    Column("id", SERIAL, primary_key=True),
    _need("campaign_id", BigInteger),
    _need("person_id"),
    _need("number", Integer),
    _need("version_id", BigInteger),
    _need("segment"),
    _need("arm"),
    _may("offer"),
    _need("entered_at", BigInteger),
    _need("node", Integer),
    _need("part"),
    _need("since_at", BigInteger),
    _need("state"),
    _may("outcome"),
    _may("ended_at", BigInteger),
    _may("goal_at", BigInteger),
    _may("cool_until", BigInteger),
    UniqueConstraint("person_id", "campaign_id", "number"),
    Index("pass_inside", "campaign_id", "person_id", unique=True, sqlite_where=text("state = 'inside'"),
          postgresql_where=text("state = 'inside'")),
)  # fmt: skip
stratum = _table(
    "stratum",
    Column("pass_id", BigInteger, primary_key=True, autoincrement=False),
    _need("name"),
    compact=True,
)
touch = _table(
    "touch",
    _need("pass_id", BigInteger),
    _need("step_id", BigInteger),
    _need("state"),
    _may("channel"),
    _may("variant"),
    _may("offer"),
    _may("reason"),
    _need("planned_at", BigInteger),
    _need("expires_at", BigInteger),
    _may("done_at", BigInteger),
    _may("next_attempt_at", BigInteger),
    _need("attempts", Integer),
    _need("claims", Integer),
    _may("claim_token"),
    _may("worker_id"),
    _may("lease_until", BigInteger),
    _may("cost", BigInteger),
    PrimaryKeyConstraint("pass_id", "step_id"),
    Index("touch_open", "state", "step_id", sqlite_where=text("done_at IS NULL"),
          postgresql_where=text("done_at IS NULL")),
    # Whoever holds a touch, or left it in doubt: few rows, read at every opening.
    Index("touch_worker", "worker_id", "state", sqlite_where=text("worker_id IS NOT NULL"),
          postgresql_where=text("worker_id IS NOT NULL")),
    Index("touch_claim", "claim_token", sqlite_where=text("claim_token IS NOT NULL"),
          postgresql_where=text("claim_token IS NOT NULL")),
    compact=True,
)  # fmt: skip
message = _table(
    "message",
    Column("key", Text, primary_key=True),
    _need("pass_id", BigInteger),
    _need("step_id", BigInteger),
    _need("person_id"),
    _need("channel"),
    _need("reaches"),
    _need("purpose"),
    _need("point", BigInteger),
    _need("intent_at", BigInteger),
    _need("counted", Integer),
    _may("provider_id"),
    UniqueConstraint("pass_id", "step_id"),
    Index("message_point", "step_id", "point"),
    Index("message_person", "person_id", "step_id"),
    Index("message_channel", "channel", "intent_at"),
    Index("message_provider", "provider_id"),
    compact=True,
)
attempt = _table(
    "attempt",
    Column("id", SERIAL, primary_key=True),
    _need("key"),
    _need("n", Integer),
    _need("worker_id"),
    _need("at", BigInteger),
    _need("outcome"),
    _may("code"),
    _may("reason"),
    Index("attempt_key", "key"),
)
worker = _table(
    "worker",
    Column("worker_id", Text, primary_key=True),
    _need("started_at", BigInteger),
    _need("version"),
)

event = _table(
    "event",
    Column("id", SERIAL, primary_key=True),
    _need("source"),
    _need("event_id"),
    _may("person_id"),
    _need("kind"),
    _may("value"),
    _need("at", BigInteger),
    _may("key"),
    _may("point", BigInteger),
    _may("campaign_id", BigInteger),
    _may("step_id", BigInteger),
    _may("pass_id", BigInteger),
    UniqueConstraint("source", "event_id"),
    Index("event_of", "person_id"),
    Index("event_pass", "pass_id"),
)
answer = _table(
    "answer",
    _need("event_key", BigInteger),
    _need("person_id"),
    _need("question"),
    _need("value"),
    _need("at", BigInteger),
    PrimaryKeyConstraint("event_key", "question"),
    Index("answer_of", "person_id"),
)

coupon = _table(
    "coupon",
    _need("campaign_id", BigInteger),
    _need("offer"),
    _need("code"),
    _need("code_hash", BigInteger),
    _need("position", Integer),
    _need("state"),
    _may("person_id"),
    _may("pass_id", BigInteger),
    _may("reserved_at", BigInteger),
    _may("issued_at", BigInteger),
    _may("expires_at", BigInteger),
    _may("redeemed_at", BigInteger),
    _may("order_id"),
    PrimaryKeyConstraint("campaign_id", "offer", "code"),
    Index("coupon_code", "code_hash"),
    # One code is one person's, whichever campaigns and offers name the file that it stands in.
    Index("coupon_once", "code_hash", unique=True, sqlite_where=text("state <> 'free'"),
          postgresql_where=text("state <> 'free'")),
    Index("coupon_holder", "pass_id", "offer", unique=True, sqlite_where=text("pass_id IS NOT NULL"),
          postgresql_where=text("pass_id IS NOT NULL")),
    Index("coupon_free", "campaign_id", "offer", "position", sqlite_where=text("state = 'free'"),
          postgresql_where=text("state = 'free'")),
)  # fmt: skip
budget = _table(
    "budget",
    _need("campaign_id", BigInteger),
    _need("period"),
    _need("cap", BigInteger),
    _need("reserved", BigInteger),
    _need("spent", BigInteger),
    PrimaryKeyConstraint("campaign_id", "period"),
)
booking = _table(
    "booking",
    _need("campaign_id", BigInteger),
    _need("ref"),
    _need("period"),
    _need("reserved", BigInteger),
    _need("spent", BigInteger),
    PrimaryKeyConstraint("campaign_id", "ref"),
    compact=True,
)
approval = _table(
    "approval",
    Column("id", SERIAL, primary_key=True),
    _need("campaign_id", BigInteger),
    _need("spec_hash"),
    _need("ceilings_json"),
    _need("at", BigInteger),
    _need("valid_until", BigInteger),
    _need("by_whom"),
)
baseline = _table(
    "baseline",
    _need("campaign_id", BigInteger),
    _need("metric"),
    _need("arm"),
    _need("period"),
    _may("value", Float),
    _may("n", BigInteger),
    _need("at", BigInteger),
    PrimaryKeyConstraint("campaign_id", "metric", "arm", "period"),
)
control = _table(
    "control",
    Column("key", Text, primary_key=True),
    _need("value"),
    _need("by_whom"),
    _need("at", BigInteger),
)
audit = _table(
    "audit",
    Column("id", SERIAL, primary_key=True),
    _need("actor"),
    _need("action"),
    _need("object"),
    _need("at", BigInteger),
    _need("prev_hash"),
    _need("hash"),
)
