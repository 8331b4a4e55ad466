from datetime import date

import pyarrow as pa
import pytest
from ledger.ledger_kit import START, Clock, consents, contacts, enter, manifest, members, open_ledger, plan, populate

from reactivate.contracts.schemas import PASSES, SUPPRESSIONS

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with open_ledger(tmp_path, clock) as ledger:
        yield ledger


def records(**clusters):
    """`records(r1=0, r2=0)`: records of `crm` and their clusters."""
    return pa.table(
        {
            "source": ["crm"] * len(clusters),
            "record_id": list(clusters),
            "cluster": pa.array(clusters.values(), pa.int64()),
        }
    )


def who(table):
    return dict(zip(table["record_id"].to_pylist(), table["person_id"].to_pylist(), strict=True))


def settle(ledger, **clusters):
    assigned = ledger.identity.assign(records(**clusters))
    ledger.commit_base(manifest(), assigned)
    return who(assigned)


def test_ids_are_derived_from_the_smallest_record_and_not_from_its_place(ledger):
    first = who(ledger.identity.assign(records(b=7, a=7, c=1)))
    second = who(ledger.identity.assign(records(c=0, a=3, b=3)))
    assert first == second
    assert first["a"] == first["b"] != first["c"]
    assert len(first["a"]) == 12


def test_a_known_record_keeps_its_person(ledger):
    before = settle(ledger, b=0, c=1)
    after = who(ledger.identity.assign(records(a=0, b=0, c=1)))
    assert after["a"] == after["b"] == before["b"]
    assert after["c"] == before["c"]


def test_nothing_known_nothing_new(ledger):
    assert ledger.identity.assign(records()).num_rows == 0


def test_the_older_id_survives_a_merge(ledger, clock):
    older = settle(ledger, z=0)
    clock.forward(days=1)
    assigned = ledger.identity.assign(records(z=0, a=1))
    ledger.commit_base(manifest(2), assigned)
    clock.forward(days=1)
    merged = who(ledger.identity.assign(records(z=5, a=5)))
    assert set(merged.values()) == {older["z"]}


def test_a_merge_takes_touches_and_refusals_along(ledger, clock):
    before = settle(ledger, a=0)
    clock.forward(days=1)
    assigned = ledger.identity.assign(records(a=0, b=1))
    ledger.commit_base(manifest(2), assigned)
    young = who(assigned)["b"]
    plan(ledger, enter(ledger, [young]))
    ledger.permissions.suppress(person_id=young, channel="email", reason="unsubscribed")
    clock.forward(days=1)
    ledger.commit_base(manifest(3), ledger.identity.assign(records(a=0, b=0)))
    survivor = before["a"]
    assert ledger.touches()["person_id"].to_pylist() == [survivor]
    asked = contacts((survivor, "email", "new@example.org"))
    assert ledger.permissions.suppressed(asked, "email").to_pylist() == [True]
    assert ledger.identity.assign(records(a=9, b=9))["person_id"].to_pylist() == [survivor] * 2


def test_holdout_wins_a_merge(ledger, clock):
    assigned = ledger.identity.assign(records(a=0, b=1))
    ledger.commit_base(manifest(), assigned)
    people = who(assigned)
    plan(ledger, enter(ledger, [people["a"]]))
    enter(ledger, [people["b"]], arm="holdout")
    ledger.commit_base(manifest(2), ledger.identity.assign(records(a=0, b=0)))
    inside = ledger.passes("c")
    assert inside["arm"].to_pylist() == ["holdout"]
    assert ledger.touches()["state"].to_pylist() == ["cancelled"]


def test_both_parts_of_a_split_keep_the_refusal(ledger):
    before = settle(ledger, a=0, b=0, c=0)
    ledger.permissions.suppress(person_id=before["a"], reason="unsubscribed")
    assigned = ledger.identity.assign(records(a=0, b=1, c=1))
    after = who(assigned)
    assert after["b"] == after["c"] == before["a"], "the part with most known records keeps the id"
    assert after["a"] != before["a"]
    ledger.commit_base(manifest(2), assigned)
    asked = contacts((after["a"], "email", "x@y.z"), (after["b"], "email", "x@y.z"))
    assert ledger.permissions.suppressed(asked).to_pylist() == [True, True]


def test_who_entered_since_the_entrants_were_chosen_is_not_taken_in_again(ledger, clock):
    assert ledger.last_pass_id("c") == 0
    ids = populate(ledger, 3)
    first = enter(ledger, ids[:2])
    end(ledger, first)
    enter(ledger, ids[:1], campaign="other")
    seen = ledger.last_pass_id("c")
    assert seen == max(first["pass_id"].to_pylist())
    clock.forward(days=1)
    end(ledger, enter(ledger, ids[1:], seen=seen))
    late = enter(ledger, ids, seen=seen)
    assert [(row["person_id"], row["number"]) for row in late.to_pylist()] == [(ids[0], 2)]
    assert enter(ledger, ids).num_rows == 2, "without `seen` only those inside are left out"


def end(ledger, passes):
    """These passes are over."""
    rows = passes.to_pylist()
    for row in rows:
        row.update(state="ended", outcome="finished", ended_at=ledger.now())
    ledger.save_passes(PASSES.conform(pa.Table.from_pylist(rows, PASSES.schema)))


def test_everybody_comes_back_after_a_split_and_a_new_merge(ledger):
    settle(ledger, a=0, b=0)
    ledger.commit_base(manifest(2), ledger.identity.assign(records(a=0, b=1)))
    ledger.commit_base(manifest(3), ledger.identity.assign(records(a=0, b=0)))
    assert len(set(ledger.identity.assign(records(a=0, b=0))["person_id"].to_pylist())) == 1


def test_the_last_base_is_the_one_committed_last(ledger):
    assert ledger.last_base() is None
    for number in (1, 2, 1):
        ledger.commit_base(manifest(number), members(a="p"))
    assert ledger.last_base() == manifest(1)


def test_consent_needs_day_and_proof(ledger):
    rows = [
        ("r1", "email", date(2025, 1, 1), "form"),
        ("r2", "email", None, "form"),
        ("r3", "email", date(2025, 1, 1), None),
    ]
    ledger.commit_base(manifest(), members(r1="p1", r2="p2", r3="p3"), None, consents(*rows))
    for _ in range(2):
        assert ledger.permissions.consent_now("marketing").select(["person_id", "channel"]).to_pylist() == [
            {"person_id": "p1", "channel": "email"}
        ]
        ledger.permissions.import_consents(consents(*rows))
    assert ledger.permissions.consent_now("service").num_rows == 0


def refusal(record=None, email=None, day=None, channel="email", reason="unsubscribe"):
    return SUPPRESSIONS.table(
        source=["crm"],
        record_id=pa.array([record], pa.string()),
        email=pa.array([email], pa.string()),
        channel=[channel],
        refused_on=pa.array([day], pa.date32()),
        reason=[reason],
    )


@pytest.mark.parametrize(
    ("refused", "consented", "reason", "expected"),
    [
        (date(2025, 5, 1), date(2025, 4, 1), "unsubscribe", True),
        (date(2025, 5, 1), date(2025, 5, 1), "unsubscribe", True),
        (date(2025, 5, 1), date(2025, 6, 1), "unsubscribe", False),
        (date(2025, 5, 1), date(2025, 6, 1), "complaint", True),
        (None, date(2025, 6, 1), "unsubscribe", True),
    ],
    ids=["older consent", "same day", "newer consent", "complaints last", "unknown day"],
)
@pytest.mark.parametrize("order", ["refusal first", "consent first"])
def test_a_refusal_beats_every_consent_that_is_not_newer(ledger, refused, consented, reason, expected, order):
    ledger.commit_base(manifest(), members(r1="p1"), contacts(("p1", "email", "a@b.c")))
    steps = [
        lambda: ledger.permissions.import_suppressions(refusal("r1", day=refused, reason=reason)),
        lambda: ledger.permissions.import_consents(consents(("r1", "email", consented, "form"))),
    ]
    for step in steps if order == "refusal first" else reversed(steps):
        step()
    assert ledger.permissions.suppressed(contacts(("p1", "email", "a@b.c")), "email").to_pylist() == [expected]


@pytest.mark.parametrize(
    ("reason", "day", "everything"),
    [
        ("unsubscribe", date(2025, 6, 1), False),
        ("unsubscribe", date(2025, 4, 1), True),
        ("complaint", date(2025, 6, 1), True),
    ],
    ids=["newer consent", "older consent", "complaints last"],
)
def test_a_refusal_of_everything_is_over_once_a_consent_for_some_channel_is_newer(ledger, reason, day, everything):
    ledger.commit_base(manifest(), members(r1="p1"), contacts(("p1", "email", "a@b.c")))
    ledger.permissions.import_suppressions(refusal("r1", day=date(2025, 5, 1), channel="all", reason=reason))
    ledger.permissions.import_consents(consents(("r1", "email", day, "form")))
    asked = contacts(("p1", "email", "a@b.c"))
    assert ledger.permissions.suppressed(asked).to_pylist() == [everything]
    assert ledger.permissions.suppressed(asked, "email").to_pylist() == [everything]
    assert ledger.permissions.suppressed(asked, "sms").to_pylist() == [True]


def test_an_address_refused_before_anybody_held_it_stays_refused(ledger):
    ledger.permissions.import_suppressions(refusal(email="A@B.c ", day=date(2025, 1, 1)))
    ledger.commit_base(manifest(), members(r1="p1"), contacts(("p1", "email", "a@b.c")))
    assert ledger.permissions.suppressed(contacts(("p1", "email", "a@b.c")), "email").to_pylist() == [True]
    assert ledger.permissions.suppressed(contacts(("p1", "email", "a@b.c")), "sms").to_pylist() == [False]


def test_the_ledger_holds_no_address(ledger, dialect):
    if dialect != "sqlite":
        pytest.skip("one can look into a file only")
    ids = populate(ledger, 3)
    ledger.close()
    stored = b"".join(path.read_bytes() for path in ledger.folder.glob("ledger.db*"))
    assert f"{ids[0]}".encode() in stored
    assert b"@example.org" not in stored


def test_entering_twice_is_entering_once(ledger):
    ids = populate(ledger, 3)
    assert enter(ledger, ids[:2]).num_rows == 2
    again = enter(ledger, ids)
    assert again["person_id"].to_pylist() == [ids[2]]
    assert ledger.passes("c")["number"].to_pylist() == [1, 1, 1]
    assert sorted(ledger.ever_entered("c").to_pylist()) == ids
    assert ledger.passes("c")["entered_at"][0].as_py() == START
