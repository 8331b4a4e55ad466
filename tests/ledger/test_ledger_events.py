from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
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

from reactivate.contracts.messages import Receipt
from reactivate.contracts.schemas import EVENTS
from reactivate.ledger import Conditions, deliver

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with open_ledger(tmp_path, clock) as ledger:
        yield ledger


def event(number, kind, value=None, key=None, person=None, contact=None, at=START, source="mail"):
    return {
        "source": source,
        "event_id": str(number),
        "kind": kind,
        "value": value,
        "key": key,
        "person_id": person,
        "contact_kind": contact[0] if contact else None,
        "contact_value": contact[1] if contact else None,
        "at": at,
    }


def tell(ledger, *events, grants=None):
    return ledger.import_events(pa.Table.from_pylist(list(events)), grants)


def sent(ledger, count=1):
    ids = populate(ledger, count)
    due = plan(ledger, enter(ledger, ids))
    deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)))
    return ids, due["key"].to_pylist()


def barred(ledger, person, channel="email", value=None):
    return ledger.permissions.suppressed(contacts((person, "email", value or f"{person}@example.org")), channel)[
        0
    ].as_py()


def test_an_event_finds_its_message_person_and_pass(ledger):
    ids, keys = sent(ledger)
    assert tell(ledger, event(1, "clicked", key=keys[0])) == 1
    row = ledger.events("c").to_pylist()[0]
    assert (row["person_id"], row["campaign"], row["step"], row["kind"]) == (ids[0], "c", "hello", "clicked")
    assert row["pass_id"] == ledger.passes("c")["pass_id"][0].as_py()


def test_an_event_counts_once_however_often_it_is_told(ledger):
    _, keys = sent(ledger)
    assert tell(ledger, event(1, "clicked", key=keys[0]), event(1, "clicked", key=keys[0])) == 1
    assert tell(ledger, event(1, "clicked", key=keys[0])) == 0
    assert tell(ledger, event(1, "clicked", key=keys[0], source="sms")) == 1
    assert ledger.events().num_rows == 2


def test_an_event_is_found_by_the_providers_own_id(ledger):
    ids, keys = sent(ledger)
    tell(ledger, event(1, "delivered", key="p" + keys[0]))
    assert ledger.events("c")["person_id"].to_pylist() == ids


@pytest.mark.parametrize(
    ("kind", "value", "email", "sms"),
    [
        ("unsubscribed", None, True, False),
        ("unsubscribed", "all", True, True),
        ("complained", None, True, True),
        ("refused", None, True, True),
        ("bounced", "hard", True, False),
        ("bounced", "soft: mailbox full", False, False),
        ("result", "do_not_call", True, True),
        ("result", "refused", False, False),
        ("opened", None, False, False),
    ],
)
def test_what_came_back_closes_the_right_doors(ledger, kind, value, email, sms):
    ids, keys = sent(ledger)
    tell(ledger, event(1, kind, value, key=keys[0], at=START + timedelta(hours=1)))
    assert barred(ledger, ids[0]) is email
    assert barred(ledger, ids[0], "sms", "else@example.org") is sms


def test_a_wrong_number_is_wrong_for_this_person_only(ledger):
    ledger.commit_base(
        manifest(),
        members(r1="p1", r2="p2"),
        contacts(("p1", "phone", "+380501112233"), ("p2", "phone", "+380501112233")),
    )
    tell(ledger, event(1, "result", "wrong_number", person="p1", contact=("phone", "+38 050 111-22-33")))
    shared = contacts(
        ("p1", "phone", "+380501112233"), ("p2", "phone", "+380501112233"), ("p1", "phone", "+380509998877")
    )
    for channel in ("sms", "call"):
        assert ledger.permissions.suppressed(shared, channel).to_pylist() == [True, False, False]


def test_an_opt_out_by_address_alone_is_kept(ledger):
    tell(ledger, event(1, "unsubscribed", contact=("email", "Nobody@Yet.org")))
    assert barred(ledger, "p9", value="nobody@yet.org")


def test_answers_are_kept_and_grant_consent(ledger):
    ids = populate(ledger, 2, consent=False)
    tell(
        ledger,
        event(1, "answered", "topics=cooking, gardens", person=ids[0]),
        event(2, "answered", "why=price=quality", person=ids[1]),
        grants={"topics": ["email"]},
    )
    answers = {(row["person_id"], row["question"]): row["value"] for row in ledger.answers().to_pylist()}
    assert answers == {(ids[0], "topics"): "cooking, gardens", (ids[1], "why"): "price=quality"}
    given = ledger.permissions.consent_now("marketing").to_pylist()
    assert [(row["person_id"], row["channel"], row["given_at"], row["proof"]) for row in given] == [
        (ids[0], "email", START, "mail:1")
    ]


def test_an_answer_lifts_an_older_unsubscription_of_its_channel(ledger):
    ids = populate(ledger, 1)
    ledger.permissions.suppress(person_id=ids[0], channel="email", reason="unsubscribed", at=START)
    assert barred(ledger, ids[0])
    later = event(1, "answered", "topics=all", person=ids[0], at=START + timedelta(days=1))
    tell(ledger, later, grants={"topics": ["email"]})
    assert not barred(ledger, ids[0])


def test_a_pause_ends_with_a_sign_of_life_and_not_with_our_own_notes(ledger):
    ids = populate(ledger, 2)
    ledger.permissions.suppress_people(pa.array(ids), channel="email", reason="pause", at=START)
    day = START + timedelta(days=1)
    tell(
        ledger,
        event(1, "opened", person=ids[0], at=day),
        event(2, "tagged", "x", person=ids[0], at=day, source="reactivate"),
    )
    assert barred(ledger, ids[0])
    tell(ledger, event(3, "clicked", person=ids[0], at=day))
    assert not barred(ledger, ids[0])
    assert barred(ledger, ids[1])


def orders(**days):
    """`orders(p1=3)`: one order of p1, three days after the start."""
    at = [START + timedelta(days=day) for day in days.values()]
    return pa.table(
        {"person_id": pa.array(list(days), pa.string()), "ordered_at": pa.array(at, pa.timestamp("us", tz="UTC"))}
    )


def test_an_order_after_the_pause_ends_it(ledger):
    ids = populate(ledger, 3)
    ledger.permissions.end_pauses_by_orders(orders(p00000=1))
    for channel in ("email", "sms"):
        ledger.permissions.suppress_people(pa.array(ids), channel=channel, reason="pause", at=START)
    ledger.permissions.suppress_people(pa.array(ids[2:]), channel="email", reason="unsubscribed", at=START)
    ledger.permissions.end_pauses_by_orders(orders())
    ledger.permissions.end_pauses_by_orders(orders(p00000=1, p00001=-1, p00002=1, stranger=1))
    assert [barred(ledger, person) for person in ids] == [False, True, True]
    assert [barred(ledger, person, "sms") for person in ids] == [False, True, False]
    ledger.permissions.suppress_people(pa.array(ids[:1]), channel="email", reason="pause", at=START + timedelta(days=2))
    ledger.permissions.end_pauses_by_orders(orders(p00000=1))
    assert barred(ledger, ids[0])


def test_events_of_sources_belong_to_their_records(ledger):
    table = EVENTS.table(
        source=["crm"] * 3,
        record_id=pa.array(["r1", None, None], pa.string()),
        email=pa.array([None, "b@x.org", "unknown@x.org"], pa.string()),
        event=["booked"] * 3,
        at=[START] * 3,
        event_id=["1", "2", "3"],
    )
    for _ in range(2):
        ledger.commit_base(manifest(), members(r1="p1", r2="p2"), contacts(("p2", "email", "b@x.org")), events=table)
    assert ledger.events().sort_by("event_id")["person_id"].to_pylist() == ["p1", "p2", None]


def test_a_spouse_on_the_same_address_does_not_get_the_event(ledger):
    ledger.commit_base(
        manifest(), members(r1="p1", r2="p2"), contacts(("p1", "email", "f@x.org"), ("p2", "email", "f@x.org"))
    )
    tell(ledger, event(1, "clicked", contact=("email", "f@x.org")))
    assert ledger.events()["person_id"].to_pylist() == [None]


def test_tables_of_nothing_are_taken(ledger):
    assert ledger.import_events(pa.table({"source": [], "event_id": [], "kind": [], "at": []})) == 0
    assert ledger.permissions.import_consents(pa.table({})) == 0
    assert ledger.permissions.import_suppressions(pa.table({})) == 0
    assert ledger.permissions.suppressed(contacts()).to_pylist() == []


class TestCoupons:
    def test_one_code_per_pass_and_offer(self, ledger):
        passes = enter(ledger, populate(ledger, 3))["pass_id"].to_pylist()
        assert ledger.money.add_codes("c", "spring", ["A", "B", "A"]) == 2
        first = ledger.money.reserve_code(passes[0], "spring")
        assert ledger.money.reserve_code(passes[0], "spring") == first == "A"
        assert ledger.money.reserve_code(passes[1], "spring") == "B"
        assert ledger.money.reserve_code(passes[2], "spring") is None, "the pool is dry"

    def test_a_code_is_issued_with_the_intent_and_redeemed_once(self, ledger):
        ids = populate(ledger, 1)
        passes = enter(ledger, ids, offer="spring")
        ledger.money.add_codes("c", "spring", ["A"])
        ledger.money.reserve_code(passes["pass_id"][0].as_py(), "spring")
        assert ledger.figures()["coupons"] == {"reserved": 1}
        deliver(ledger, Sink(), EMAIL, plan(ledger, passes), build_for(mailbox(ids)))
        assert ledger.figures()["coupons"] == {"issued": 1}
        assert ledger.money.redeem_code(" a ", "order 7")
        assert not ledger.money.redeem_code("A", "order 8")
        assert not ledger.money.redeem_code("Z")

    def test_codes_nobody_has_seen_go_back_when_the_pass_ends(self, ledger, clock):
        passes = enter(ledger, populate(ledger, 1))
        ledger.money.add_codes("c", "spring", ["A"])
        ledger.money.reserve_code(passes["pass_id"][0].as_py(), "spring")
        ended = passes.set_column(
            passes.schema.get_field_index("state"), passes.schema.field("state"), pa.array(["ended"])
        )
        ledger.save_passes(ended)
        assert ledger.figures()["coupons"] == {"free": 1}


class TestBudget:
    def test_contacts_are_paid_from_the_budget_and_never_over_it(self, ledger):
        ids = populate(ledger, 5)
        due = plan(ledger, enter(ledger, ids))
        ledger.money.set_budget("c", Decimal("2.00"))
        costly = Conditions(cost=lambda message: Decimal("0.90"))
        done = deliver(ledger, Sink(), EMAIL, due, build_for(mailbox(ids)), conditions=costly)
        assert done["state"].to_pylist() == ["accepted"] * 2 + ["skipped"] * 3
        assert set(done["reason"].to_pylist()[2:]) == {"budget"}
        assert ledger.money.budget("c") == {"all": (Decimal("2.00"), Decimal(0), Decimal("1.80"))}
        assert ledger.touches("c", ("accepted",))["cost"].to_pylist() == [Decimal("0.90")] * 2

    def test_what_did_not_leave_is_not_paid(self, ledger):
        ids = populate(ledger, 1)
        due = plan(ledger, enter(ledger, ids))
        ledger.money.set_budget("c", Decimal(2))
        costly = Conditions(cost=lambda message: Decimal("0.90"))
        refusing = Sink(lambda message: Receipt(message.key, "not_sent"))
        deliver(ledger, refusing, EMAIL, due, build_for(mailbox(ids)), conditions=costly)
        assert ledger.money.budget("c") == {"all": (Decimal(2), Decimal(0), Decimal(0))}
        assert states(ledger) == {"planned": 1}

    def test_an_offer_is_booked_once_and_the_rest_comes_back(self, ledger):
        ledger.money.set_budget("c", Decimal(10))
        assert ledger.money.book("c", "pass 1", Decimal(6))
        assert ledger.money.book("c", "pass 1", Decimal(6)), "the same booking"
        assert not ledger.money.book("c", "pass 2", Decimal(5))
        for _ in range(2):
            ledger.money.unbook("c", "pass 1", spent=Decimal("2.50"))
        assert ledger.money.budget("c") == {"all": (Decimal(10), Decimal(0), Decimal("2.50"))}
        assert ledger.money.book("c", "pass 2", Decimal(5))
