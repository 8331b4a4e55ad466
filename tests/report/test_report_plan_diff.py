from reactivate.report.plan_diff import changes


def test_names_what_changed_what_came_and_what_went():
    before = {"audience": {"people": 10}, "steps": [{"step": "hello", "at_most": 3}], "now": "1"}
    after = {
        "audience": {"people": 12},
        "steps": [{"step": "first", "at_most": 1}, {"step": "hello", "at_most": 3}],
        "now": "2",
    }
    assert [str(change) for change in changes(before, after)] == [
        "~ audience.people: 10 -> 12",
        "+ steps[first].step: first",
        "+ steps[first].at_most: 1",
    ]
    assert [str(change) for change in changes(after, before)][-1] == "- steps[first].at_most: 1"


def test_equal_plans_have_no_changes():
    plan = {"format": "plan/1", "gates": [{"rule": "a > 1", "passed": True}]}
    assert changes(plan, dict(plan)) == []
