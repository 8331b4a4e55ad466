"""Reviewers' decisions are kept; a merge that is taken back gives everything back."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from ledger.ledger_kit import Clock, consents, contacts, enter, manifest, open_ledger, plan
from ledger.test_ledger_persons import records, who
from sqlalchemy import inspect

from reactivate.ledger import Ledger
from reactivate.ledger.decisions import Decision

pytestmark = pytest.mark.usefixtures("dialect")
A, B, C = (("crm", name) for name in "abc")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    with open_ledger(tmp_path, clock) as ledger:
        yield ledger


def said(ledger):
    return {
        (row["left_record_id"], row["right_record_id"]): row["same"] for row in ledger.identity.decisions().to_pylist()
    }


class TestDecisions:
    def test_they_are_kept_by_key_in_one_order(self, ledger):
        assert ledger.identity.decide_pairs([Decision.about(B, A, True), Decision.about(B, C, False)], "anna") == 2
        assert said(ledger) == {("a", "b"): True, ("b", "c"): False}
        assert set(ledger.identity.decisions()["by_whom"].to_pylist()) == {"anna"}

    def test_the_same_again_changes_nothing_and_another_word_replaces(self, ledger):
        ledger.identity.decide_pairs([Decision.about(A, B, True)], "anna")
        assert ledger.identity.decide_pairs([Decision.about(A, B, True)], "oleg") == 0
        assert ledger.identity.decisions()["by_whom"].to_pylist() == ["anna"]
        assert ledger.identity.decide_pairs([Decision.about(B, A, False)], "oleg") == 1
        assert said(ledger) == {("a", "b"): False}

    def test_they_can_be_taken_back(self, ledger):
        ledger.identity.decide_pairs([Decision.about(A, B, True)], "anna")
        assert ledger.identity.forget_decisions([Decision.about(B, A, False), Decision.about(A, C, True)], "anna") == 1
        assert said(ledger) == {}

    def test_a_ledger_of_an_older_version_gets_the_tables(self, tmp_path, clock):
        with open_ledger(tmp_path, clock) as ledger:
            place = ledger.store.engine.url.render_as_string(hide_password=False)
            with ledger.store.write() as connection:
                for name in ("decision", "moved"):
                    connection.exec_driver_sql(f"DROP TABLE {name}")
        place = place if "postgresql" in place else tmp_path / ".reactivate" / "ledger.db"
        with Ledger.open(place, create=False, now=clock, home=tmp_path / ".reactivate") as again:
            assert again.identity.decide_pairs([Decision.about(A, B, True)], "anna") == 1
            with again.store.read() as connection:
                assert "moved" in inspect(connection).get_table_names()


def commit(ledger, number, clusters, **more):
    assigned = ledger.identity.assign(records(**clusters))
    ledger.commit_base(manifest(number), assigned, **more)
    return who(assigned)


def everything(ledger):
    """What the ledger holds, person by person, in an order of its own."""
    passes = ledger.passes(state=None).select(["pass_id", "person_id", "number", "arm", "state", "outcome"])
    touches = ledger.touches().select(["pass_id", "person_id", "step", "state", "reason"])
    agreed = ledger.permissions.consent_now("marketing").select(["person_id", "channel", "proof"])
    with ledger.store.read() as connection:
        held = connection.exec_driver_sql("SELECT person_id, point FROM contact").all()
    return {
        "passes": sorted(passes.to_pylist(), key=str),
        "touches": sorted(touches.to_pylist(), key=str),
        "consents": sorted(agreed.to_pylist(), key=str),
        "contacts": sorted(map(tuple, held)),
        "events": sorted(ledger.events().select(["person_id", "kind", "event_id"]).to_pylist(), key=str),
    }


class TestUndo:
    def two(self, ledger, clock, arms=("treated", "treated")):
        """Two persons with a pass, a touch, an address, a consent each; the older is a."""
        commit(ledger, 1, {"a": 0})
        clock.forward(days=1)
        people = commit(
            ledger, 2, {"a": 0, "b": 1, "c": 1}, contacts=None, consents=consents(("a", "email", date(2025, 1, 1), "x"))
        )
        points = contacts((people["a"], "email", "a@x.org"), (people["b"], "email", "b@x.org"))
        given = consents(("a", "email", date(2025, 1, 1), "x"), ("b", "sms", date(2025, 1, 2), "y"))
        more = {"contacts": points, "consents": given}
        commit(ledger, 3, {"a": 0, "b": 1, "c": 1}, **more)
        for person, arm in zip((people["a"], people["b"]), arms, strict=True):
            entered = enter(ledger, [person], arm=arm)
            if arm == "treated":
                plan(ledger, entered)
            clock.forward(hours=1)
        return people, more

    @pytest.mark.parametrize("arms", [("treated", "treated"), ("holdout", "treated"), ("treated", "holdout")])
    def test_a_merge_taken_back_leaves_no_trace(self, ledger, clock, arms):
        people, more = self.two(ledger, clock, arms)
        before = everything(ledger)
        clock.forward(days=1)
        merged = commit(ledger, 4, {"a": 0, "b": 0, "c": 0})
        assert set(merged.values()) == {people["a"]}
        assert everything(ledger) != before
        clock.forward(days=1)
        parted = commit(ledger, 5, {"a": 0, "b": 1, "c": 1}, **more)
        assert parted == people
        assert everything(ledger) == before

    def test_the_part_with_more_records_does_not_take_the_name_of_the_survivor(self, ledger, clock):
        people, _ = self.two(ledger, clock)
        commit(ledger, 4, {"a": 0, "b": 0, "c": 0})
        assert commit(ledger, 5, {"a": 0, "b": 1, "c": 1}) == people

    def test_refusals_stay_with_both(self, ledger, clock):
        people, more = self.two(ledger, clock)
        ledger.permissions.suppress(person_id=people["b"], channel="email", reason="unsubscribed")
        commit(ledger, 4, {"a": 0, "b": 0, "c": 0})
        commit(ledger, 5, {"a": 0, "b": 1, "c": 1}, **more)
        asked = contacts((people["a"], "email", "a@x.org"), (people["b"], "email", "b@x.org"))
        assert ledger.permissions.suppressed(asked, "email").to_pylist() == [True, True]

    def test_a_person_merged_twice_over_comes_back_with_what_it_had_taken_in(self, ledger, clock):
        commit(ledger, 1, {"a": 0})
        clock.forward(days=1)
        commit(ledger, 2, {"a": 0, "b": 1})
        clock.forward(days=1)
        people = commit(ledger, 3, {"a": 0, "b": 1, "c": 2})
        clock.forward(days=1)
        assert commit(ledger, 4, {"a": 0, "b": 1, "c": 1})["c"] == people["b"]
        assert set(commit(ledger, 5, {"a": 0, "b": 0, "c": 0}).values()) == {people["a"]}
        assert ledger.identity.records_moved_from(people["b"]) == [B, C]
        assert commit(ledger, 6, {"a": 0, "b": 1, "c": 1}) == people | {"c": people["b"]}
        assert commit(ledger, 7, {"a": 0, "b": 1, "c": 2}) == people

    def test_what_happened_since_stays_with_the_survivor(self, ledger, clock):
        people, more = self.two(ledger, clock)
        commit(ledger, 4, {"a": 0, "b": 0, "c": 0})
        entered = enter(ledger, [people["a"]], campaign="later")
        commit(ledger, 5, {"a": 0, "b": 1, "c": 1}, **more)
        later = ledger.passes("later")
        assert later["person_id"].to_pylist() == [people["a"]]
        assert later["pass_id"].equals(entered["pass_id"])

    def test_a_split_elsewhere_than_at_the_seam_is_an_ordinary_one(self, ledger, clock):
        people, _ = self.two(ledger, clock)
        commit(ledger, 4, {"a": 0, "b": 0, "c": 0})
        parted = commit(ledger, 5, {"a": 0, "b": 0, "c": 1})
        assert parted["a"] == parted["b"] == people["a"]
        assert parted["c"] == people["b"], "it was the whole of what b had brought that is not a's"

    def test_ids_stay_through_many_merges_and_splits(self, ledger, clock):
        people, _ = self.two(ledger, clock)
        for number in range(4, 12):
            clock.forward(days=1)
            together = number % 2 == 0
            found = commit(ledger, number, {"a": 0, "b": 0 if together else 1, "c": 0 if together else 1})
            assert found == (dict.fromkeys("abc", people["a"]) if together else people)
        assert pc.count_distinct(ledger.passes("c")["person_id"]).as_py() == 2
        assert isinstance(ledger.identity.decisions(), pa.Table)
