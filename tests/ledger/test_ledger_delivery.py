import pyarrow as pa
import pytest
from ledger.ledger_kit import EMAIL, Clock, Sink, build_for, enter, letter, mailbox, open_ledger, plan, populate, states

from reactivate.contracts.messages import Receipt
from reactivate.diagnostics import Diagnostic
from reactivate.ledger import Conditions, Verdict, deliver

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with open_ledger(tmp_path, clock) as ledger:
        yield ledger


def ready(ledger, count=3, **more):
    ids = populate(ledger, count, **more)
    return ids, plan(ledger, enter(ledger, ids))


def test_hands_every_touch_over_once(ledger):
    ids, due = ready(ledger, 12)
    sink = Sink()
    done = deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert done["state"].to_pylist() == ["accepted"] * 12
    assert [message.key for message in sink.taken] == due["key"].to_pylist()
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert len(sink.calls) == 12
    assert set(ledger.check().values()) == {0}


def test_nobody_without_proven_consent(ledger):
    ids, due = ready(ledger, 3, consent=False)
    sink = Sink()
    done = deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert set(done["state"].to_pylist()) == {"skipped"}
    assert set(done["reason"].to_pylist()) == {"no_consent"}
    assert not sink.calls


def test_no_consent_is_asked_where_the_policy_asks_for_none(ledger):
    ids, due = ready(ledger, 2, consent=False)
    done = deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)), conditions=Conditions(consent=None))
    assert done["state"].to_pylist() == ["accepted"] * 2


def test_a_refusal_committed_before_the_intent_stops_the_message(ledger):
    ids, due = ready(ledger, 2)
    sink = Sink()

    def refuse_while_building(rows):
        ledger.permissions.suppress(contact=("email", "P00001@example.org "), channel="email", reason="unsubscribed")
        return build_for(mailbox(ids))(rows)

    done = deliver(ledger, sink, EMAIL, due, refuse_while_building)
    assert done["state"].to_pylist() == ["accepted", "suppressed"]
    assert [message.person for message in sink.taken] == [ids[0]]


def test_one_message_per_address_and_step(ledger):
    ids, due = ready(ledger, 3)
    addresses = mailbox(ids) | {ids[2]: f"{ids[0]}@EXAMPLE.org"}
    done = deliver(ledger, Sink(), EMAIL, due, build_for(addresses))
    assert done["state"].to_pylist() == ["accepted", "accepted", "skipped"]
    assert done["reason"][2].as_py() == "shared_address"


def test_a_later_pass_may_use_the_shared_address_again(ledger, clock):
    ids, due = ready(ledger, 1)
    deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))
    first = ledger.passes("c")
    ended = first.set_column(first.schema.get_field_index("state"), "state", pa.array(["ended"]))
    ended = ended.set_column(
        ended.schema.get_field_index("ended_at"), "ended_at", pa.array([clock()], pa.timestamp("us", tz="UTC"))
    )
    ledger.save_passes(ended)
    clock.forward(days=30)
    again = plan(ledger, enter(ledger, ids))
    due = again.filter(pa.compute.equal(again["state"], "planned"))
    assert due.num_rows == 1
    assert deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))["state"].to_pylist() == ["accepted"]


def test_holdout_is_never_written_to(ledger):
    ids = populate(ledger, 2)
    due = plan(ledger, enter(ledger, ids, arm="holdout"))
    sink = Sink()
    done = deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert set(done["state"].to_pylist()) == {"cancelled"}
    assert not sink.calls


def test_expired_touches_do_not_leave(ledger, clock):
    ids, due = ready(ledger, 1)
    clock.forward(days=8)
    done = deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))
    assert done["state"].to_pylist() == ["expired"]


def test_full_cap_holds_and_later_lets_go(ledger, clock):
    ids, due = ready(ledger, 1)
    deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))
    second = plan(ledger, ledger.passes("c"), step="more")
    full = Conditions(cap=(1, clock()))
    done = deliver(ledger, Sink(), EMAIL, second, build_for(mailbox(ids)), conditions=full)
    assert (done["state"][0].as_py(), done["reason"][0].as_py()) == ("planned", "cap")
    clock.forward(days=1)
    free = Conditions(cap=(1, clock()))
    done = deliver(ledger, Sink(), EMAIL, second, build_for(mailbox(ids)), conditions=free)
    assert done["state"].to_pylist() == ["accepted"]


def test_channel_takes_no_more_than_its_rate(ledger, clock):
    ids, due = ready(ledger, 12)
    limited = Conditions(at_most=(7, clock()))
    done = deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)), conditions=limited)
    assert done["state"].to_pylist() == ["accepted"] * 7 + ["planned"] * 5


def test_a_message_that_cannot_be_built_is_dead_and_the_others_go(ledger):
    ids, due = ready(ledger, 3)
    broken = due["key"][1].as_py()

    def build(rows):
        return build_for(mailbox(ids))(rows) | {broken: Diagnostic("R801", "the template has no text")}

    done = deliver(ledger, Sink(), EMAIL, due, build)
    assert done["state"].to_pylist() == ["accepted", "dead", "accepted"]
    assert done["reason"][1].as_py() == "the template has no text"


def test_the_gate_holds_or_refuses_a_moment_before(ledger):
    ids, due = ready(ledger, 3)
    keys = due["key"].to_pylist()
    gate = lambda rows: {keys[0]: Verdict("planned", "quiet_hours"), keys[2]: Verdict("skipped", "if")}  # noqa: E731
    done = deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)), gate=gate)
    assert done["state"].to_pylist() == ["planned", "accepted", "skipped"]


@pytest.mark.parametrize("switch", ["file", "pause", "everything"])
def test_nothing_leaves_while_stopped(ledger, switch):
    ids, due = ready(ledger, 3)
    sink = Sink()
    if switch == "file":
        (ledger.folder / "STOP").touch()
    elif switch == "pause":
        ledger.control.pause("c")
    else:
        ledger.control.stop_everything()
    done = deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert set(done["state"].to_pylist()) == {"planned"}
    assert not sink.calls
    (ledger.folder / "STOP").unlink(missing_ok=True)
    ledger.control.resume("c")
    ledger.control.start_again()
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert states(ledger) == {"accepted": 3}


def test_the_kill_switch_works_between_two_intents(ledger):
    ids, due = ready(ledger, 20)

    def answer(message):
        (ledger.folder / "STOP").touch()
        return Receipt(message.key, "accepted")

    deliver(ledger, Sink(answer), EMAIL, due, build_for(mailbox(ids)))
    assert states(ledger) == {"accepted": EMAIL.batch, "planned": 20 - EMAIL.batch}


def test_proof_that_nothing_left_means_another_try_after_a_pause(ledger, clock):
    ids, due = ready(ledger, 1)
    refusing = Sink(lambda message: Receipt(message.key, "not_sent", reason="421 busy"))
    done = deliver(ledger, refusing, EMAIL, due, build_for(mailbox(ids)))
    assert (done["state"][0].as_py(), done["reason"][0].as_py()) == ("planned", "421 busy")
    deliver(ledger, refusing, EMAIL, due, build_for(mailbox(ids)))
    assert len(refusing.calls) == 1, "too early"
    clock.forward(hours=2)
    assert deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))["state"].to_pylist() == ["accepted"]


def test_a_dead_address_closes_the_channel_for_the_person(ledger):
    ids, due = ready(ledger, 1)
    gone = Sink(lambda message: Receipt(message.key, "rejected", code="550", dead_address=True))
    deliver(ledger, gone, EMAIL, due, build_for(mailbox(ids)))
    assert states(ledger) == {"rejected": 1}
    second = plan(ledger, ledger.passes("c"), step="more")
    done = deliver(ledger, Sink(), EMAIL, second, build_for({ids[0]: "other@example.org"}))
    assert done["state"].to_pylist() == ["suppressed"]


def test_what_the_channel_does_not_account_for_is_unknown(ledger):
    ids, due = ready(ledger, 8)

    def broken(message):
        if message.person == ids[2]:
            raise ConnectionResetError("reset")
        return Receipt(message.key, "accepted")

    sink = Sink(broken, knows=False)
    done = deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert done["state"].to_pylist() == ["accepted"] * 2 + ["unknown"] * 3 + ["planned"] * 3
    assert "ConnectionResetError" in done["reason"][2].as_py()
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert states(ledger)["unknown"] == 3, "never resent by itself"


def test_a_person_resolves_what_is_unknown(ledger):
    ids, due = ready(ledger, 1)
    sink = Sink(lambda message: Receipt(message.key, "unknown"), knows=False)
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    key = due["key"][0].as_py()
    assert ledger.control.resolve(key, "accepted", "olga")
    assert not ledger.control.resolve(key, "accepted", "olga")
    assert states(ledger) == {"accepted": 1}
    assert set(ledger.check().values()) == {0}


def test_message_of_another_key_is_not_sent(ledger):
    _, due = ready(ledger, 1)
    done = deliver(ledger, Sink(), EMAIL, due, lambda rows: {due["key"][0].as_py(): letter("X" * 26, "a@b.c")})
    assert done["state"].to_pylist() == ["dead"]


def test_an_empty_table_is_fine(ledger):
    assert deliver(ledger, Sink(), EMAIL, ledger.touches().slice(0, 0), build_for({})).num_rows == 0


def test_failing_channel_is_left_alone(ledger):
    ids, due = ready(ledger, 60)
    sink = Sink(lambda message: Receipt(message.key, "unknown"), knows=False)
    deliver(ledger, sink, EMAIL, due, build_for(mailbox(ids)))
    assert states(ledger) == {"unknown": 20, "planned": 40}
