import json
from datetime import UTC, datetime, timedelta

import pytest

from reactivate.errors import EnvironmentFault, GuardStop, SpecError
from reactivate.stages.approval import Sums, from_plan, read

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
PLANNED = Sums(100, {"hello": 90}, cost=9.0)


def refused(done, wanted, *, spec_hash="h1", now=NOW, **more):
    with pytest.raises(GuardStop) as stop:
        from_plan("h1", PLANNED, NOW, per_day=60).check(spec_hash, now, done, wanted, **more)
    return [item.code for item in stop.value.diagnostics]


def test_the_plan_and_a_tenth_more_pass():
    from_plan("h1", PLANNED, NOW).check("h1", NOW, Sums(100, {"hello": 90}, 9.0), Sums(10, {"hello": 9}, 0.9))


def test_what_the_ledger_has_done_counts_too():
    assert refused(Sums(100), Sums(11)) == ["R703"]
    assert refused(Sums(messages={"hello": 90}), Sums(messages={"hello": 10})) == ["R704"]
    assert refused(Sums(cost=9.0), Sums(cost=0.91)) == ["R705"]


def test_a_step_that_was_not_in_the_plan_may_not_send():
    assert refused(Sums(), Sums(messages={"again": 1})) == ["R704"]


def test_each_day_has_a_ceiling_of_its_own():
    assert refused(Sums(), Sums(entrants=20), entered_today=41) == ["R703"]


def test_all_that_is_over_is_told_at_once():
    assert refused(Sums(), Sums(200, {"hello": 200}, 20.0)) == ["R703", "R703", "R704", "R705"]


def test_another_file_or_a_late_day_needs_a_new_plan():
    assert refused(Sums(), Sums(), spec_hash="h2") == ["R701"]
    assert refused(Sums(), Sums(), now=NOW + timedelta(days=31)) == ["R702"]


def test_an_approval_survives_its_file(tmp_path):
    approval = from_plan("h1", PLANNED, NOW, per_day=60)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"ceilings": approval.as_json()}))
    assert read(path) == approval


@pytest.mark.parametrize("text", ["{}", "[]", "not json", '{"ceilings": {"spec_hash": 1}}'])
def test_a_file_that_is_no_plan_is_refused(tmp_path, text):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(SpecError, match="R191"):
        read(path)
    with pytest.raises(EnvironmentFault, match="R903"):
        read(tmp_path / "absent.json")


def test_headroom_is_for_what_is_planned_not_for_what_is_done():
    approval = from_plan("h1", Sums(10, {"hello": 10}), NOW, done=Sums(1000, {"hello": 1000}))
    assert approval.ceilings.entrants == 1011
    assert approval.ceilings.messages == {"hello": 1011}
