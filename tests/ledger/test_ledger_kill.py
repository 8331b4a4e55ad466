"""The real thing: SIGKILL at random moments of a real process, and no key goes out twice."""

import os
import random
import select
import signal
import warnings
from collections import Counter
from functools import partial

import pytest
from ledger import kill_worker
from ledger.ledger_kit import enter, open_ledger, plan, populate

IN_FLIGHT = 10
"""Two batches: the one being sent, and the one whose receipts are written with it."""


class Forked:
    """`work()` in a copy of this process: it starts at once, for everything is imported."""

    def __init__(self, work):
        with warnings.catch_warnings():
            # Python 3.12 warns of forking beside threads; the copy uses none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        self.code = None

    def over(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def kill_often(folder, *, kills, touches, lookup, seed):
    """Deliver `touches` with workers that are killed; returns what was taken, how many kills, and the ledger.

    A worker is killed a moment after it has sent some random number of messages more, so that a slow machine
    meets the same moments as a fast one.
    """
    print("seed", seed)
    lots = random.Random(seed)
    with open_ledger(folder) as ledger:
        plan(ledger, enter(ledger, populate(ledger, touches)))
    place, sink = folder / ".reactivate" / "ledger.db", folder / "taken.txt"
    sink.touch()
    killed, share = 0, 2 * touches // kills
    while killed < kills:
        worker = Forked(partial(kill_worker.deliver_into, place, sink, lookup))
        goal = lines(sink) + lots.randrange(share)
        while not worker.over() and lines(sink) < goal:
            select.select([], [], [], 0.001)
        select.select([], [], [], lots.uniform(0, 0.01))
        if not worker.over():
            worker.kill()
            killed += 1
        assert worker.code in (0, -signal.SIGKILL)
        if worker.code == 0:
            break
    for hours in (3, 6):
        kill_worker.deliver_into(place, sink, lookup, hours)
    return sink.read_text().split(), killed, open_ledger(folder)


def lines(sink):
    return sink.stat().st_size // 27


def check(taken, killed, ledger, touches, lookup):
    with ledger:
        assert max(Counter(taken).values()) == 1, "a message left twice"
        states = ledger.figures()["touches"]
        assert sum(states.values()) == touches, "planned = sum of the states"
        assert set(states) <= {"accepted", "unknown"}, "every state is terminal"
        assert set(ledger.check().values()) == {0}
        unknown = ledger.touches("c", states=("unknown",))["key"].to_pylist()
        accepted = ledger.touches("c", states=("accepted",))["key"].to_pylist()
        assert len(unknown) <= killed * IN_FLIGHT
        assert set(accepted) <= set(taken) <= set(accepted) | set(unknown)
        if lookup:
            assert not unknown
            assert len(taken) == touches


@pytest.mark.parametrize("lookup", [False, True], ids=["blind", "lookup"])
def test_twenty_kills_send_nothing_twice_and_lose_nothing(tmp_path, lookup):
    seed = random.SystemRandom().randrange(10**6)
    taken, killed, ledger = kill_often(tmp_path, kills=20, touches=400, lookup=lookup, seed=seed)
    print("killed", killed, ledger.figures()["touches"], "taken", len(taken))
    assert killed >= 8
    check(taken, killed, ledger, 400, lookup)


@pytest.mark.slow
def test_two_hundred_kills(tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    taken, killed, ledger = kill_often(tmp_path, kills=200, touches=1500, lookup=False, seed=seed)
    print("killed", killed, ledger.figures()["touches"], "taken", len(taken))
    assert killed >= 100
    check(taken, killed, ledger, 1500, lookup=False)
