"""Erasure, approvals, starting points, and the two roads to «may this be sent?»."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import (
    EMAIL,
    START,
    Clock,
    Sink,
    build_for,
    contacts,
    enter,
    mailbox,
    manifest,
    members,
    open_ledger,
    plan,
    populate,
    states,
)

from reactivate.ledger import Conditions, deliver
from reactivate.ledger.allowed import allowed
from reactivate.ledger.keys import point
from reactivate.ledger.schema import consent, suppression
from reactivate.ledger.suppressions import refuse


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path, Clock()) as ledger:
        yield ledger


class TestErasure:
    def test_the_person_is_gone_and_stays_refused(self, ledger):
        ids = populate(ledger, 2)
        due = plan(ledger, enter(ledger, ids))
        ledger.import_events(
            pa.table(
                {
                    "source": ["w"],
                    "event_id": ["1"],
                    "kind": ["answered"],
                    "value": ["why=a secret"],
                    "person_id": [ids[0]],
                    "at": [START],
                }
            )
        )
        assert ledger.control.forget(ids[0], "olga")
        assert not ledger.control.forget("nobody")
        assert ledger.answers().num_rows == 0
        assert ledger.events()["value"].to_pylist() == [None]
        deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))
        assert states(ledger) == {"accepted": 1, "cancelled": 1}
        assert ledger.passes("c", "ended")["outcome"].to_pylist() == ["erased"]
        assert set(ledger.check().values()) == {0}

    def test_a_new_import_finds_the_tombstone(self, ledger):
        ids = populate(ledger, 1)
        ledger.control.forget(ids[0])
        populate(ledger, 1)
        due = plan(ledger, enter(ledger, ids))
        sink = Sink()
        deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
        assert not sink.calls

    def test_the_address_is_barred_for_whoever_brings_it_next(self, ledger):
        ids = populate(ledger, 1)
        ledger.control.forget(ids[0])
        again = contacts(("other", "email", f"{ids[0]}@example.org"))
        assert ledger.permissions.suppressed(again, "email").to_pylist() == [True]


class TestApproval:
    def test_sums_run_over_all_versions_and_runs(self, ledger):
        ids = populate(ledger, 3)
        due = plan(ledger, enter(ledger, ids))
        deliver(
            ledger,
            Sink(),
            EMAIL,
            due,
            build_for(mailbox(ids)),
            conditions=Conditions(cost=lambda message: Decimal("0.90")),
        )
        done = ledger.campaigns.done("c")
        assert (done.entrants, done.messages, done.cost) == (3, {"hello": 3}, Decimal("2.70"))
        assert ledger.campaigns.done("unheard").entrants == 0

    def test_the_last_approval_holds(self, ledger):
        assert ledger.campaigns.last_approval("c") is None
        until = START + timedelta(days=30)
        for ceilings in ("{}", '{"entrants": 5}'):
            ledger.campaigns.approve("c", "hash", ceilings, until, "olga")
        last = ledger.campaigns.last_approval("c")
        assert (last.ceilings_json, last.valid_until, last.by_whom) == ('{"entrants": 5}', until, "olga")


def test_a_starting_point_is_written_once(ledger):
    ledger.campaigns.put_baseline("c", {("orders", "holdout", "90d"): (0.25, 400)})
    ledger.campaigns.put_baseline("c", {("orders", "holdout", "90d"): (0.5, 1)})
    assert ledger.campaigns.baseline("c") == {("orders", "holdout", "90d"): (0.25, 400)}
    assert ledger.campaigns.baseline("other") == {}


PEOPLE = ["p1", "p2"]
BOXES = ["a@x.org", "b@x.org"]
REFUSALS = st.tuples(
    st.sampled_from(["", *PEOPLE]),
    st.sampled_from([None, *BOXES]),
    st.sampled_from(["all", "email", "sms"]),
    st.sampled_from(["unsubscribe", "complaint", "pause", "hard_bounce"]),
    st.sampled_from(["all", "c", "d"]),
    st.integers(1, 4),
)
CONSENTS = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["email", "sms"]),
    st.sampled_from(["marketing", "service"]),
    st.integers(0, 5),
)


@given(refusals=st.lists(REFUSALS, max_size=6), given_=st.lists(CONSENTS, max_size=5), data=st.data())
@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
def test_the_plan_and_the_intent_read_the_same_law(ledger, refusals, given_, data):
    """`suppressed` and `consent_now` (columns, for the plan) agree with `allowed` (rows, at the door)."""
    channel = data.draw(st.sampled_from(["email", "sms"]))
    with ledger.store.write() as connection:
        connection.execute(suppression.delete())
        connection.execute(consent.delete())
        for person, box, kind, reason, scope, day in refusals:
            if not person and box is None:
                continue
            row = {"person_id": [person], "point": [point(ledger.secret, "email", box) if box else 0]}
            row |= {"channel": [kind], "reason": [reason], "source": ["s"], "at": [day]}
            refuse(ledger.store, connection, pa.table(row), scope)
        for number, (person, kind, purpose, day) in enumerate(given_):
            row = {"claim": number, "person_id": person, "channel": kind, "purpose": purpose, "source": "s"}
            connection.execute(consent.insert().values(**row, at=day or None, proof="form"))
    pairs = [(person, box) for person in PEOPLE for box in BOXES]
    barred = ledger.permissions.suppressed(
        contacts(*((person, "email", box) for person, box in pairs)), channel, "c"
    ).to_pylist()
    agreed = {
        row["person_id"] for row in ledger.permissions.consent_now("marketing").to_pylist() if row["channel"] == channel
    }
    with ledger.store.read() as connection:
        asked = [(person, frozenset([point(ledger.secret, "email", box)])) for person, box in pairs]
        verdicts = allowed(connection, asked, channel, "c", ("marketing",))
    planned = [
        "suppressed" if bar else None if person in agreed else "no_consent"
        for bar, (person, _) in zip(barred, pairs, strict=True)
    ]
    assert verdicts == planned


@given(st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
def test_whatever_the_matcher_says_records_of_a_cluster_are_one_person(tmp_path_factory, history):
    """Six records, clustered anew again and again: clusters and persons correspond, and nobody is left behind."""
    with open_ledger(tmp_path_factory.mktemp("history"), Clock()) as ledger:
        for number, clusters in enumerate(history):
            records = pa.table(
                {
                    "source": ["crm"] * 6,
                    "record_id": [f"r{n}" for n in range(6)],
                    "cluster": pa.array(clusters, pa.int64()),
                }
            )
            assigned = ledger.identity.assign(records)
            pairs = set(zip(clusters, assigned["person_id"].to_pylist(), strict=True))
            assert len(pairs) == len(set(clusters)) == len({person for _, person in pairs})
            ledger.commit_base(manifest(number), assigned)
            assert ledger.identity.assign(records)["person_id"].to_pylist() == assigned["person_id"].to_pylist()


def test_two_workers_share_the_work_and_nobody_gets_two(tmp_path):
    """The second worker starts while the first one sends, inside its channel: nothing is taken twice."""
    with open_ledger(tmp_path) as first, open_ledger(tmp_path) as second:
        ids = populate(first, 250)
        due = plan(first, enter(first, ids))
        taken = []

        class Meddling(Sink):
            def send(self, messages):
                if not taken:
                    taken.append("started")
                    deliver(second, other, EMAIL, due, build_for(mailbox(ids)))
                return super().send(messages)

        other, mine = Sink(), Meddling()
        deliver(first, mine, EMAIL, due, build_for(mailbox(ids)))
        sent = [message.key for message in (*mine.taken, *other.taken)]
        assert len(sent) == len(set(sent)) == 250
        assert other.taken
        assert mine.taken
        assert states(first) == {"accepted": 250}


def test_an_opt_out_between_any_two_batches_holds(ledger):
    ids = populate(ledger, 30)
    due = plan(ledger, enter(ledger, ids))

    class OptingOut(Sink):
        def send(self, messages):
            for following in ids[ids.index(messages[-1].person) + 2 :][:1]:
                ledger.permissions.suppress(person_id=following, reason="unsubscribed")
                refused.append(following)
            return super().send(messages)

    refused: list[str] = []
    sink = OptingOut()
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert len(refused) == 5
    assert {message.person for message in sink.taken} == set(ids) - set(refused)


def test_members_of_nothing(ledger):
    ledger.commit_base(manifest(), members())
    assert ledger.figures()["persons"] == 0


def test_locks_of_workers_that_are_gone_are_swept(tmp_path):
    for _ in range(3):
        with open_ledger(tmp_path) as ledger:
            ledger.worker.start()
            locks = list((ledger.folder / "workers").iterdir())
    assert [path.name for path in locks] == [ledger.worker.worker_id]
