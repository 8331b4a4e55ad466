from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journey.journey_kit import KYIV, START, FactRule, Rules, TestWorld, nodes, one_by_one, passes

from reactivate.contracts.schemas import PASSES
from reactivate.errors import DataError
from reactivate.journey import walk

DAY = timedelta(days=1)
WRITE_WAIT_STOP = nodes({"send": "hello", "by": ("email",)}, {"wait": "7d"}, {"stop": "silent"})


def go(table, people, world, now=START):
    return walk(table, people, world, now, zone=KYIV, rules=Rules())


def one(table, world, now=START, **columns):
    return go(table, passes(1, **columns), world, now).to_pylist()[0]


def test_sends_and_waits_in_one_walk():
    row = one(WRITE_WAIT_STOP, TestWorld())
    assert (row["node"], row["since_at"], row["state"]) == (1, START, "inside")


def test_a_wait_ends_at_the_first_run_after_its_time():
    world = TestWorld()
    people = go(WRITE_WAIT_STOP, passes(), world)
    people = go(WRITE_WAIT_STOP, people, world, START + 7 * DAY - timedelta(microseconds=1))
    assert people["node"].to_pylist() == [1]
    people = go(WRITE_WAIT_STOP, people, world, START + 9 * DAY)
    row = people.to_pylist()[0]
    assert (row["outcome"], row["ended_at"], row["since_at"]) == ("silent", START + 9 * DAY, START + 9 * DAY)


def test_days_of_a_wait_are_days_of_the_calendar():
    # Kyiv moves its clocks on 29 March 2026: seven calendar days are an hour short.
    before = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    row = one(WRITE_WAIT_STOP, TestWorld(), before + 7 * DAY - timedelta(hours=1), at=before, node=1)
    assert row["outcome"] == "silent"


def test_a_wait_for_a_date_goes_on_when_that_day_begins():
    table = nodes({"wait": "2026-04-01"}, {"stop": "april"})
    first = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)
    assert one(table, TestWorld(), first - timedelta(seconds=1))["state"] == "inside"
    assert one(table, TestWorld(), first)["outcome"] == "april"


def test_or_until_goes_on_as_soon_as_the_rule_is_true():
    table = nodes({"wait": "14d", "or_until": "farewell.answered"}, {"stop": "told"})
    assert one(table, TestWorld(known={("farewell.answered", "p1"): True}))["outcome"] == "told"
    assert one(table, TestWorld(known={("farewell.answered", "p1"): None}))["state"] == "inside"


def test_a_step_whose_if_is_not_true_is_passed_over_at_once():
    table = nodes({"send": "a", "if": "clicked"}, {"wait": "7d", "if": "clicked"}, {"stop": "end", "if": "not clicked"})
    for known, outcome in ((None, "finished"), (False, "end")):
        world = TestWorld(known={("clicked", "p1"): known})
        assert one(table, world)["outcome"] == outcome
        assert not world.touches


def test_a_passed_over_step_does_not_move_the_clock_of_the_next_wait():
    table = nodes({"send": "a", "if": "clicked"}, {"wait": "7d"})
    row = one(table, TestWorld(), START + 3 * DAY)
    assert (row["node"], row["since_at"]) == (1, START)


def test_a_held_message_keeps_the_person_at_its_step():
    world = TestWorld(fates={("hello", "p1"): ("held", 2 * DAY)})
    people = go(WRITE_WAIT_STOP, passes(), world)
    assert people["node"].to_pylist() == [0]
    row = go(WRITE_WAIT_STOP, people, world, START + 3 * DAY).to_pylist()[0]
    assert (row["node"], row["since_at"]) == (1, START + 2 * DAY)


def test_a_held_message_is_dropped_when_its_if_turns_false():
    table = nodes({"send": "a", "if": "wish"}, {"wait": "7d"})
    world = TestWorld(known={("wish", "p1"): True}, fates={("a", "p1"): ("held", 9 * DAY)})
    people = go(table, passes(), world)
    world.known["wish", "p1"] = False
    assert go(table, people, world, START + DAY)["node"].to_pylist() == [1]


def test_an_open_call_ignores_an_if_that_turned_false():
    table = nodes({"call": "ring", "if": "wish"}, {"stop": "called"})
    world = TestWorld(known={("wish", "p1"): True}, fates={("ring", "p1"): ("open", 5 * DAY)})
    people = go(table, passes(), world)
    world.known["wish", "p1"] = False
    people = go(table, people, world, START + DAY)
    assert people["node"].to_pylist() == [0]
    assert go(table, people, world, START + 6 * DAY)["outcome"].to_pylist() == ["called"]


def test_the_goal_ends_a_pass_in_a_wait_and_releases_it_once():
    at = START + DAY
    world = TestWorld(ends={"p1": [("goal", at)]})
    people = go(WRITE_WAIT_STOP, passes(), world)
    row = go(WRITE_WAIT_STOP, people, world, START + 2 * DAY).to_pylist()[0]
    assert (row["outcome"], row["ended_at"], row["goal_at"]) == ("goal", at, at)
    assert world.log.count(("release", 1)) == 1


def test_the_goal_before_the_first_step_means_no_contact():
    world = TestWorld(ends={"p1": [("goal", START)]})
    assert one(WRITE_WAIT_STOP, world)["outcome"] == "goal"
    assert not world.touches


def test_after_the_goal_its_own_steps_follow_counted_from_the_goal():
    table = nodes({"wait": "30d"}, after=({"wait": "3d"}, {"send": "how"}))
    world = TestWorld(ends={"p1": [("goal", START + DAY)]})
    people = go(table, passes(), world, START + 2 * DAY)
    row = people.to_pylist()[0]
    assert (row["part"], row["node"], row["since_at"], row["outcome"]) == ("after_goal", 0, START + DAY, None)
    row = go(table, people, world, START + 4 * DAY).to_pylist()[0]
    assert (row["state"], row["outcome"], row["goal_at"]) == ("ended", "goal", START + DAY)
    assert (1, "how") in world.touches


def test_a_late_goal_reopens_an_ended_pass_for_what_follows_it():
    table = nodes({"stop": "silent"}, after=({"send": "how"},))
    world = TestWorld()
    people = go(table, passes(), world)
    world.ends["p1"] = [("goal", START + DAY)]
    row = go(table, people, world, START + DAY).to_pylist()[0]
    assert (row["outcome"], row["goal_at"], row["part"]) == ("goal", START + DAY, "after_goal")
    again = go(table, go(table, people, world, START + DAY), world, START + 2 * DAY)
    assert again.to_pylist() == [row]


def test_a_late_goal_without_after_goal_is_only_noted():
    people = passes(state="ended", outcome="sunset", ended_at=START)
    row = go(WRITE_WAIT_STOP, people, TestWorld(ends={"p1": [("goal", START + DAY)]}), START + DAY).to_pylist()[0]
    assert (row["outcome"], row["goal_at"]) == ("sunset", START + DAY)


def test_a_late_goal_reopens_no_pass_of_somebody_who_is_inside_again():
    table = nodes({"wait": "30d"}, after=({"wait": "3d"},))
    people = passes(6, person_id=["in", "in", "twice", "twice", "busy", "free"])
    rows = people.to_pylist()
    for row in (rows[0], *rows[2:]):
        row.update(state="ended", outcome="sunset", ended_at=START)
    people = PASSES.conform(pa.Table.from_pylist(rows, PASSES.schema))
    world = TestWorld(ends={who: [("goal", START + DAY)] for who in ("in", "twice", "busy", "free")})
    for _ in range(2):
        people = walk(table, people, world, START + DAY, zone=KYIV, rules=Rules(), busy=pa.array(["busy"]))
        assert people["goal_at"].to_pylist() == [START + DAY] * 6
        assert people["state"].to_pylist() == ["ended", "inside", "ended", "inside", "ended", "inside"]


@pytest.mark.parametrize(("outcome", "then"), [("finished", "goal"), ("refused", "refused")])
def test_a_late_goal_of_the_holdout_is_noted_and_followed_by_nothing(outcome, then):
    table = nodes({"stop": "silent"}, after=({"send": "how"},))
    people = passes(2, arm="holdout", state="ended", outcome=outcome, ended_at=START)
    world = TestWorld(ends={"p1": [("goal", START - DAY)], "p2": [("over", START)]})
    rows = go(table, people, world, START + DAY).to_pylist()
    assert [(row["state"], row["outcome"], row["goal_at"]) for row in rows] == [
        ("ended", then, START - DAY),
        ("ended", outcome, None),
    ]
    assert not world.touches


@pytest.mark.parametrize("outcome", ["refused", "erased"])
def test_who_refused_hears_nothing_after_a_late_goal(outcome):
    table = nodes({"wait": "9d"}, after=({"send": "how"},))
    world = TestWorld(ends={"p1": [(outcome, START), ("goal", START + DAY)]})
    people = go(table, passes(), world)
    row = go(table, people, world, START + DAY).to_pylist()[0]
    assert (row["outcome"], row["goal_at"]) == (outcome, START + DAY)
    assert not world.touches


def test_a_refusal_beats_the_goal_of_the_same_moment():
    world = TestWorld(ends={"p1": [("goal", START), ("refused", START), ("unreachable", START)]})
    assert one(WRITE_WAIT_STOP, world)["outcome"] == "refused"


def test_a_refusal_ends_what_follows_the_goal():
    table = nodes({"wait": "30d"}, after=({"wait": "3d"}, {"send": "how"}))
    world = TestWorld(ends={"p1": [("goal", START), ("refused", START + DAY)]})
    row = one(table, world, START + 4 * DAY)
    assert (row["outcome"], row["goal_at"]) == ("refused", START)
    assert not world.touches


def test_the_holdout_takes_no_step_and_ends_when_its_time_is_over():
    world = TestWorld(ends={"p1": [("goal", START + DAY)]})
    people = go(WRITE_WAIT_STOP, passes(2, arm="holdout"), world, START + 2 * DAY)
    assert people["state"].to_pylist() == ["inside", "inside"]
    assert people["goal_at"].to_pylist() == [START + DAY, None]
    for person in ("p1", "p2"):
        world.ends[person] = [*world.ends.get(person, []), ("over", START + 45 * DAY)]
    people = go(WRITE_WAIT_STOP, people, world, START + 50 * DAY)
    assert people["outcome"].to_pylist() == ["goal", "finished"]
    assert people["ended_at"].to_pylist() == [START + 45 * DAY] * 2
    assert not world.touches


def test_the_end_without_stop_is_finished():
    assert one(nodes({"send": "hello"}), TestWorld())["outcome"] == "finished"
    assert one(nodes(), TestWorld())["outcome"] == "finished"


def test_tag_and_stop_reach_the_world_with_those_concerned_only():
    table = nodes({"tag": "outdated", "if": "gone"}, {"stop": "lost", "if": "gone"}, {"stop": "rest"})
    world = TestWorld(known={("gone", "p2"): True})
    assert go(table, passes(3), world)["outcome"].to_pylist() == ["rest", "lost", "rest"]
    assert ("tag", "outdated", 2) in world.log
    assert sorted(entry for entry in world.log if entry[0] == "stop") == [
        ("stop", "lost", 2),
        ("stop", "rest", 1),
        ("stop", "rest", 3),
    ]


def test_variants_follow_their_shares_and_stay():
    table = nodes({"send": "hello", "split": {"a": 0.7, "b": 0.3}}, {"wait": "7d"})
    world = TestWorld()
    go(table, passes(2000), world)
    arms = [entry[3] for entry in world.log if entry[0] == "variant"]
    assert 1320 < arms.count("a") < 1480
    again = TestWorld()
    go(table, passes(2000).slice(500, 100), again)
    drawn = {entry[2]: entry[3] for entry in world.log if entry[0] == "variant"}
    assert all(drawn[entry[2]] == entry[3] for entry in again.log if entry[0] == "variant")


def test_no_people_is_no_trouble():
    assert go(WRITE_WAIT_STOP, passes(0), TestWorld()).num_rows == 0


def test_a_table_that_breaks_the_contract_is_refused():
    with pytest.raises(DataError, match="R604"):
        go(WRITE_WAIT_STOP, passes().set_column(5, "arm", pa.array(["both"])), TestWorld())


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="zone"):
        go(WRITE_WAIT_STOP, passes(), TestWorld(), datetime(2026, 3, 2))


def test_a_world_that_speaks_of_strangers_is_refused():
    class Confused(TestWorld):
        def endings(self, passes, now):
            return pa.table({"pass_id": [99], "outcome": ["goal"], "at": pa.array([now])})

    with pytest.raises(ValueError, match="not asked"):
        go(WRITE_WAIT_STOP, passes(), Confused())


NAMES = ["x", "y", "not x", "not y"]
RULE = st.none() | st.sampled_from(NAMES)
WAIT = st.sampled_from(["0d", "1d", "36h", "5d", "2026-03-05"])


@st.composite
def steps(draw, prefix):
    made = []
    for i in range(draw(st.integers(0, 6))):
        verb = draw(st.sampled_from(["send", "call", "wait", "tag", "stop"]))
        step = {verb: draw(WAIT) if verb == "wait" else f"{prefix}{i}", "if": draw(RULE)}
        if verb == "wait":
            step["or_until"] = draw(RULE)
        if verb == "send" and draw(st.booleans()):
            step["split"] = {"a": 0.5, "b": 0.5}
        made.append(step)
    return made


@st.composite
def stories(draw):
    table = nodes(*draw(steps("s")), after=draw(steps("g")))
    count = draw(st.integers(1, 6))
    people = passes(
        count, arm=draw(st.lists(st.sampled_from(["treated", "treated", "holdout"]), min_size=count, max_size=count))
    )
    world = {}
    moments = st.integers(0, 10).map(lambda days: START + days * DAY)
    words = st.sampled_from(["goal", "goal", "refused", "unreachable", "erased"])
    for i in range(count):
        arm = people["arm"][i].as_py()
        found = draw(st.lists(st.tuples(words, moments), max_size=2))
        world[f"p{i + 1}"] = [*found, ("over", START + 8 * DAY)] if arm == "holdout" else found
    known = {(n, f"p{i + 1}"): draw(st.sampled_from([True, False, None])) for n in "xy" for i in range(count)}
    fates = {
        (f"{prefix}{k}", f"p{i + 1}"): (draw(st.sampled_from(["held", "open"])), draw(st.integers(0, 4)) * DAY)
        for prefix in "sg"
        for k in range(6)
        for i in range(count)
        if draw(st.booleans())
    }
    days = sorted(draw(st.lists(st.integers(0, 12), min_size=1, max_size=5)))
    return table, people, world, known, fates, days


def world_of(ends, known, fates):
    return TestWorld(ends=dict(ends), known=dict(known), fates=dict(fates))


@settings(max_examples=150, deadline=None)
@given(stories())
def test_the_columnar_walk_is_the_walk_of_each_person_alone(story):
    table, people, *script, days = story
    ours, theirs = world_of(*script), world_of(*script)
    mine = other = people
    for day in days:
        now = START + day * DAY
        mine, other = go(table, mine, ours, now), one_by_one(table, other, theirs, now)
        assert mine.to_pylist() == other.to_pylist()
    told = [entry for entry in ours.log if entry[0] != "variant"]
    assert sorted(told, key=str) == sorted(theirs.log, key=str)
    assert ours.touches == theirs.touches


@settings(max_examples=80, deadline=None)
@given(stories(), st.data())
def test_neither_order_nor_halves_matter(story, data):
    table, people, *script, days = story
    order = data.draw(st.permutations(range(people.num_rows)))
    cut = data.draw(st.integers(0, people.num_rows))
    whole, parts = world_of(*script), world_of(*script)
    left = people
    halves = [people.take(pa.array(half, pa.int64())) for half in (order[:cut], order[cut:])]
    for day in days:
        now = START + day * DAY
        left = go(table, left, whole, now)
        halves = [go(table, half, parts, now) for half in halves]
    together = pa.concat_tables(halves).sort_by("pass_id")
    assert together.to_pylist() == left.to_pylist()
    assert sorted(whole.log, key=str) == sorted(parts.log, key=str)


@settings(max_examples=80, deadline=None)
@given(stories())
def test_walking_again_at_the_same_moment_changes_nothing(story):
    table, people, *script, days = story
    world = world_of(*script)
    for day in days:
        now = START + day * DAY
        people = go(table, people, world, now)
        said = list(world.log)
        assert go(table, people, world, now).to_pylist() == people.to_pylist()
        assert [e for e in world.log if e[0] != "variant"] == [e for e in said if e[0] != "variant"]


@settings(max_examples=80, deadline=None)
@given(stories())
def test_each_pass_ends_at_most_once_unless_its_goal_comes_late(story):
    table, people, *script, days = story
    world = world_of(*script)
    for day in days:
        before = people
        people = go(table, people, world, START + day * DAY)
        for old, new in zip(before.to_pylist(), people.to_pylist(), strict=True):
            if old["state"] == "ended" and new != old:
                assert old["goal_at"] is None
                assert new["goal_at"] is not None
            assert (new["outcome"] is None) == (new["ended_at"] is None) == (new["state"] == "inside")
            assert new["entered_at"] == old["entered_at"]


def test_rules_are_asked_by_their_text():
    assert FactRule("not x").names == {"x"}
