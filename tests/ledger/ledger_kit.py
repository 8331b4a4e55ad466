"""Small worlds for the ledger's tests: a clock, people, passes, planned touches, a channel that remembers."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from reactivate.contracts.messages import Message, Receipt
from reactivate.contracts.schemas import CONSENTS, CONTACTS, MEMBERS, TOUCHES
from reactivate.host.descriptors import ChannelType
from reactivate.ledger import Ledger, Manifest

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self, at=START):
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **span):
        self.at += timedelta(**span)


class Sink:
    """A provider that keeps what it took; `answer` decides the receipt of a message."""

    def __init__(self, answer=None, knows=True):
        self.taken, self.calls, self.answer, self.knows = [], [], answer, knows

    def send(self, messages):
        for message in messages:
            self.calls.append(message.key)
            receipt = (
                self.answer(message) if self.answer else Receipt(message.key, "accepted", provider_id="p" + message.key)
            )
            if receipt.state == "accepted":
                self.taken.append(message)
            yield receipt

    def lookup(self, key):
        if not self.knows:
            return None
        found = any(message.key == key for message in self.taken)
        return Receipt(key, "accepted") if found else Receipt(key, "not_sent", reason="absent")


EMAIL = ChannelType(name="sink", summary="keeps letters", reaches="email", batch=5)


def letter(key, to, campaign="c", step="hello", person="p", channel="email"):
    return Message(key, campaign, step, person, channel, to, "text")


def build_for(addresses):
    """A `build` that writes to `addresses[person]`."""

    def build(rows):
        return {
            row["key"]: letter(row["key"], addresses[row["person_id"]], step=row["step"], person=row["person_id"])
            for row in rows.to_pylist()
        }

    return build


def manifest(number=1, at=START):
    return Manifest(f"base{number}", at, at, "base", (), {"people": number}, "hash")


def members(**records):
    """`members(r1="p1", r2="p1")`: records of source `crm` and their persons."""
    return MEMBERS.table(
        source=["crm"] * len(records),
        record_id=list(records),
        person_id=list(records.values()),
        probability=[1.0] * len(records),
    )


def contacts(*rows):
    """Rows of (person, kind, value) or (person, kind, value, display)."""
    full = [(*row, row[2])[:4] for row in rows]
    count = len(full)
    return CONTACTS.table(
        person_id=[row[0] for row in full],
        kind=[row[1] for row in full],
        value=[row[2] for row in full],
        display=[row[3] for row in full],
        good=[True] * count,
        persons=pa.array([1] * count, pa.int32()),
        source=["crm"] * count,
        rank=pa.array([1] * count, pa.int32()),
    )


def consents(*rows):
    """Rows of (record, channel, day, proof)."""
    return CONSENTS.table(
        source=["crm"] * len(rows),
        record_id=[row[0] for row in rows],
        channel=[row[1] for row in rows],
        purpose=["marketing"] * len(rows),
        given_on=pa.array([row[2] for row in rows], pa.date32()),
        proof=pa.array([row[3] for row in rows], pa.string()),
    )


SERVER = {"url": None}
"""Where ledgers are made instead of in files: `dialect` in conftest sets it."""


def open_ledger(folder: Path, clock=None, **more) -> Ledger:
    if SERVER["url"]:
        return Ledger.open(database(folder), create=True, now=clock or Clock(), home=folder / ".reactivate")
    return Ledger.open(folder / ".reactivate" / "ledger.db", create=True, now=clock or Clock(), **more)


def database(folder):
    """URL of a database of its own for this folder, made when there is none."""
    import psycopg

    name = "t" + sha256(str(folder).encode()).hexdigest()[:20]
    with psycopg.connect(SERVER["url"], dbname="postgres", autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            server.execute(f"CREATE DATABASE {name}")
    return SERVER["url"].replace("postgresql://", "postgresql+psycopg://") + name


def populate(ledger, count, consent=True):
    """`count` people with one record, one address and (unless told) a proven consent for e-mail."""
    from datetime import date

    ids = [f"p{n:05d}" for n in range(count)]
    rows = [(person, "email", f"{person}@example.org") for person in ids]
    given = [(f"r{n:05d}", "email", date(2025, 1, 1), "form 7") for n in range(count)] if consent else []
    ledger.commit_base(
        manifest(),
        members(**{f"r{n:05d}": person for n, person in enumerate(ids)}),
        contacts(*rows),
        consents(*given) if given else None,
    )
    return ids


def enter(ledger, ids, campaign="c", arm="treated", offer=None, seen=None):
    version = ledger.campaigns.campaign_version(campaign, "h1", {}, "{}")
    count = len(ids)
    return ledger.enter(
        campaign,
        version,
        pa.table(
            {
                "person_id": pa.array(ids, pa.string()),
                "segment": [""] * count,
                "arm": [arm] * count,
                "offer": pa.array([offer] * count, pa.string()),
                "entered_at": pa.array([ledger.now()] * count, pa.timestamp("us", tz="UTC")),
            }
        ),
        seen,
    )


def plan(ledger, passes, step="hello", channel="email", days=7, campaign="c"):
    count = passes.num_rows
    at = ledger.now()
    ledger.plan_touches(
        TOUCHES.table(
            pass_id=passes["pass_id"],
            person_id=passes["person_id"],
            step=[step] * count,
            channel=[channel] * count,
            state=["planned"] * count,
            planned_at=[at] * count,
            expires_at=[at + timedelta(days=days)] * count,
            key=["-"] * count,
        )
    )
    touches = ledger.touches(campaign)
    return touches.filter(pa.compute.equal(touches["step"], step))


def mailbox(ids):
    return {person: f"{person}@example.org" for person in ids}


def states(ledger):
    return ledger.figures()["touches"]
