"""People live on between the walks: goals, refusals, changed facts and late results come in any order."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from journey.journey_kit import KYIV, START, Rules, TestWorld, nodes, one_by_one, passes

from reactivate.journey import walk

TABLE = nodes(
    {"send": "hello", "by": ("email",), "split": {"a": 0.5, "b": 0.5}},
    {"wait": "3d", "or_until": "x"},
    {"send": "more", "by": ("sms",), "if": "x"},
    {"call": "ring", "by": ("desk",), "if": "not y"},
    {"stop": "talked", "if": "x"},
    {"tag": "quiet"},
    {"wait": "2d"},
    {"send": "farewell", "by": ("email",)},
    {"stop": "sunset"},
    after=({"wait": "1d"}, {"send": "thanks", "by": ("email",), "if": "not x"}),
)
PEOPLE = [f"p{i}" for i in range(1, 7)]
WHO = st.sampled_from(PEOPLE)
STEPS = st.sampled_from(["hello", "more", "ring", "farewell", "thanks"])


class Campaign(RuleBasedStateMachine):
    """The columnar walk on two halves, and the pencil on all; the same world told to both."""

    def __init__(self):
        super().__init__()
        people = passes(6, arm=["treated"] * 5 + ["holdout"])
        self.halves = [people.slice(0, 2), people.slice(2)]
        self.pencil = people
        self.ours, self.theirs = TestWorld(), TestWorld()
        self.now = START
        self.ended = {}

    @rule(hours=st.integers(1, 60))
    def time_goes_on(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    def a_run(self):
        self.halves = [walk(TABLE, half, self.ours, self.now, zone=KYIV, rules=Rules()) for half in self.halves]
        self.pencil = one_by_one(TABLE, self.pencil, self.theirs, self.now)

    @rule(who=WHO, word=st.sampled_from(["goal", "refused", "erased", "unreachable"]))
    def something_ends(self, who, word):
        if who == "p6" and word == "unreachable":
            word = "over"
        for world in (self.ours, self.theirs):
            world.ends[who] = [*world.ends[who], (word, self.now)]

    @rule(who=WHO, name=st.sampled_from(["x", "y"]), value=st.sampled_from([True, False, None]))
    def a_fact_changes(self, who, name, value):
        for world in (self.ours, self.theirs):
            world.known[name, who] = value

    @rule(who=WHO, step=STEPS, days=st.integers(0, 5), state=st.sampled_from(["held", "open"]))
    def a_step_will_last(self, who, step, days, state):
        for world in (self.ours, self.theirs):
            world.fates[step, who] = (state, timedelta(days=days))

    @invariant()
    def both_roads_meet(self):
        rows = [row for half in self.halves for row in half.to_pylist()]
        assert rows == self.pencil.to_pylist()
        assert self.ours.touches == self.theirs.touches

    @invariant()
    def nobody_is_written_twice_and_nobody_ends_twice(self):
        touched = [entry for entry in self.ours.log if entry[0] == "touch"]
        assert len(touched) == len(set(touched))
        assert not any(number == 6 for _, _, number in touched)
        for half in self.halves:
            for row in half.to_pylist():
                before = self.ended.get(row["pass_id"])
                if row["state"] == "ended" and before is None:
                    self.ended[row["pass_id"]] = (row["outcome"], row["ended_at"])
                elif before is not None and row["goal_at"] is None:
                    assert (row["outcome"], row["ended_at"]) == before


TestCampaign = Campaign.TestCase
TestCampaign.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
