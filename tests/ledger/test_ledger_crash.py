"""A crash at every point of the protocol: before and after each commit, around each byte that leaves.

The process is played by one `Ledger`: when its fate strikes, every further touch of the database fails, so no
clean-up runs, and the lock that proves it alive is let go. The next process finds what a kill would leave.
"""

import random
from collections import Counter
from contextlib import contextmanager

import pytest
from attrs import define, field
from ledger.ledger_kit import EMAIL, Clock, Sink, build_for, enter, mailbox, open_ledger, plan, populate
from sqlalchemy import event

from reactivate.contracts.messages import Receipt
from reactivate.ledger import Ledger, deliver
from reactivate.ledger.store import Store


class Crash(BaseException):
    """The process is gone."""


@define
class Fate:
    """Strikes at the n-th step; afterwards nothing works any more."""

    at: int
    point: str | None = None
    steps: int = 0

    def step(self, point):
        self.steps += 1
        if self.point is not None or self.steps == self.at:
            self.point = self.point or point
            raise Crash(self.point)


@define
class MortalStore(Store):
    fate: Fate = field(factory=lambda: Fate(0))

    @contextmanager
    def write(self):
        self.fate.step("before begin")
        with Store.write(self) as connection:
            yield connection
            self.fate.step("before commit")
        self.fate.step("after commit")

    @contextmanager
    def read(self):
        self.fate.step("reading")
        with Store.read(self) as connection:
            yield connection


@define
class Provider:
    """Takes messages, or not, by lot; `taken` is the truth, whatever became of the receipt."""

    lots: random.Random
    knows: bool
    taken: list = field(factory=list)
    fate: Fate = field(factory=lambda: Fate(0))

    def send(self, messages):
        for message in messages:
            self.fate.step("before the first byte")
            kind = self.lots.choices(["accepted", "rejected", "not_sent", "unknown"], [12, 1, 1, 1])[0]
            if kind in ("accepted", "unknown"):
                self.taken.append(message.key)
            self.fate.step("after the last byte")
            yield Receipt(message.key, kind)

    def lookup(self, key):
        self.fate.step("looking up")
        if not self.knows:
            return None
        return Receipt(key, "accepted" if key in self.taken else "not_sent")


def live(place, clock, provider, fate, addresses):
    """One process: open, deliver everything due, close; or die on the way."""
    ledger = Ledger.open(place, create=False, now=clock)
    event.listen(ledger.store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    ledger.store = MortalStore(ledger.store.engine, ledger.store.place, fate)
    ledger.worker.store = ledger.store
    provider.fate = fate
    try:
        due = ledger.touches("c", states=("planned",))
        deliver(ledger, provider, EMAIL, due, build_for(addresses))
    except Crash:
        return fate.point
    finally:
        fate.at, fate.point = 0, None
        ledger.close()
    return None


def story(folder, seed, *, touches=12):
    """A campaign under some crashes, then in peace; returns the points where it died."""
    lots = random.Random(seed)
    clock = Clock()
    with open_ledger(folder, clock) as ledger:
        ids = populate(ledger, touches)
        plan(ledger, enter(ledger, ids), days=300)
    place = folder / ".reactivate" / "ledger.db"
    provider = Provider(lots, knows=lots.random() < 0.5)
    points = []
    for _ in range(lots.randrange(1, 8)):
        points.append(live(place, clock, provider, Fate(lots.randrange(1, 45)), mailbox(ids)))
        clock.forward(hours=lots.choice([0, 2]))
    for _ in range(25):
        clock.forward(hours=2)
        live(place, clock, provider, Fate(0), mailbox(ids))
        with Ledger.open(place, create=False, now=clock) as ledger:
            states = ledger.figures()["touches"]
            if "planned" not in states:
                break
    verify(place, clock, provider, touches, states)
    return [point for point in points if point]


def verify(place, clock, provider, touches, states):
    with Ledger.open(place, create=False, now=clock) as ledger:
        assert max(Counter(provider.taken).values(), default=0) <= 1, "a message left twice"
        assert sum(states.values()) == touches, "something was lost"
        assert set(states) <= {"accepted", "rejected", "unknown"}, states
        assert set(ledger.check().values()) == {0}, ledger.check()
        known = ledger.touches("c", states=("accepted", "unknown"))["key"].to_pylist()
        assert set(provider.taken) <= set(known), "something left and is not shown"


@pytest.mark.parametrize("seed", range(12))
def test_no_crash_sends_twice_or_loses(tmp_path, seed):
    story(tmp_path, seed)


def test_the_crashes_happen_at_every_point(tmp_path):
    met = Counter(point for seed in range(100, 112) for point in story(tmp_path / str(seed), seed, touches=6))
    assert set(met) == {
        "reading",
        "before begin",
        "before commit",
        "after commit",
        "before the first byte",
        "after the last byte",
        *(["looking up"] if "looking up" in met else []),
    }


def many_stories(folder, seeds):
    points = Counter()
    for seed in seeds:
        points.update(story(folder / str(seed), seed))
    return points


@pytest.mark.slow
def test_a_thousand_crashes(tmp_path):
    points = many_stories(tmp_path, range(1000, 1400))
    print(sum(points.values()), points)
    assert sum(points.values()) >= 1000


def test_the_harness_sees_a_protocol_that_marks_after_sending(tmp_path, monkeypatch):
    """The usual loop - send, then mark - fails here, so the harness can fail."""
    import reactivate.ledger.recovery as recovery

    def careless(channel, key, *, proven):
        return Receipt(key, "not_sent")

    monkeypatch.setattr(recovery, "_asked", careless)
    with pytest.raises(AssertionError, match="twice"):
        many_stories(tmp_path, range(2000, 2060))


def test_a_touch_that_kills_every_worker_is_set_aside_alone(tmp_path):
    clock = Clock()
    with open_ledger(tmp_path, clock) as ledger:
        ids = populate(ledger, 8)
        plan(ledger, enter(ledger, ids))
    place = tmp_path / ".reactivate" / "ledger.db"

    def poisonous(rows):
        if ids[3] in rows["person_id"].to_pylist():
            fate.point = "building"
            raise Crash
        return build_for(mailbox(ids))(rows)

    for _ in range(12):
        fate = Fate(0)
        with Ledger.open(place, create=False, now=clock) as ledger:
            ledger.store = MortalStore(ledger.store.engine, ledger.store.place, fate)
            due = ledger.touches("c", states=("planned",))
            try:
                deliver(ledger, Sink(), EMAIL, due, poisonous)
            except Crash:
                clock.forward(minutes=1)
    with Ledger.open(place, create=False, now=clock) as ledger:
        touches = {row["person_id"]: (row["state"], row["reason"]) for row in ledger.touches().to_pylist()}
    assert touches.pop(ids[3]) == ("dead", "poison")
    assert set(touches.values()) == {("accepted", None)}
