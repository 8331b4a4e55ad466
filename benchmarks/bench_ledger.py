"""How fast the ledger assigns, plans and sends: `python benchmarks/bench_ledger.py [people]` (default 1,000,000)."""

import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from reactivate.contracts.messages import Message, Receipt
from reactivate.contracts.schemas import TOUCHES
from reactivate.host.descriptors import ChannelType
from reactivate.ledger import Conditions, Ledger, Manifest, deliver

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@contextmanager
def timed(name, rows):
    start, cpu = time.perf_counter(), time.process_time()
    yield
    took, used = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:32} {rows:>9,} rows {took:7.2f} s {rows / took:>10,.0f}/s  cpu {used:6.2f} s  peak {peak:,.0f} MB")


class NullProvider:
    def send(self, messages):
        return [Receipt(message.key, "accepted") for message in messages]

    def lookup(self, key):
        return None


def build(rows):
    return {
        row["key"]: Message(row["key"], "c", "hello", row["person_id"], "email", row["person_id"] + "@x.org", "text")
        for row in rows.to_pylist()
    }


def main(people=1_000_000):
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(Path(folder) / "ledger.db", create=True, now=lambda: NOW) as ledger,
    ):
        numbers = pa.array(range(people), pa.int64())
        ids = pa.compute.utf8_lpad(numbers.cast(pa.string()), 8, "0")
        records = pa.table({"source": pa.repeat("crm", people), "record_id": ids, "cluster": numbers})
        with timed("assign, all new", people):
            members = ledger.identity.assign(records)
        manifest = Manifest("b", NOW, NOW, "base", (), {}, "")
        with timed("commit members", people):
            ledger.commit_base(manifest, members)
        with timed("assign, all known", people):
            members = ledger.identity.assign(records)
        entrants = pa.table(
            {
                "person_id": members["person_id"],
                "segment": pa.repeat("", people),
                "arm": pa.repeat("treated", people),
                "entered_at": pa.repeat(pa.scalar(NOW, pa.timestamp("us", "UTC")), people),
            }
        )
        version = ledger.campaigns.campaign_version("c", "h", {}, "{}")
        with timed("enter", people):
            passes = ledger.enter("c", version, entrants)
        touches = TOUCHES.table(
            pass_id=passes["pass_id"],
            person_id=passes["person_id"],
            step=pa.repeat("hello", people),
            channel=pa.repeat("email", people),
            state=pa.repeat("planned", people),
            planned_at=pa.repeat(pa.scalar(NOW, pa.timestamp("us", "UTC")), people),
            expires_at=pa.repeat(pa.scalar(NOW + timedelta(days=7), pa.timestamp("us", "UTC")), people),
            key=pa.repeat("-", people),
        )
        with timed("plan touches", people):
            ledger.plan_touches(touches)
        with timed("plan the same again", people):
            ledger.plan_touches(touches)
        with timed("read touches with keys", people):
            due = ledger.touches("c")
        for batch, count in ((1, 1_000), (20, 10_000)):
            channel = ChannelType(name="null", summary="takes all", reaches="email", batch=batch)
            part = due.slice(0 if batch == 1 else 1_000, count)
            with timed(f"deliver, {batch} per intent", part.num_rows):
                deliver(ledger, NullProvider(), channel, part, build, conditions=Conditions(consent=None))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
