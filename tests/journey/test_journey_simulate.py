from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from journey.journey_kit import KYIV, START, Rules, nodes, passes

from reactivate.contracts.values import Duration
from reactivate.errors import SpecError
from reactivate.journey import Responses, funnel, simulate
from reactivate.journey.lots import lots, seeds
from reactivate.journey.simulate import daily_runs

BOOKSHOP = nodes(
    {"send": "thanks", "by": ("email",), "ask": ("topics",)},
    {"wait": "7d"},
    {"send": "look", "by": ("sms",), "if": "thanks.delivered"},
    {"wait": "4d"},
    {"call": "ring", "by": ("desk",), "ask": ("topics",), "within": "21d"},
    {"stop": "silent", "if": "thanks.delivered"},
    {"tag": "outdated"},
    {"stop": "unreachable"},
)
ANSWERS = {
    "seed": "7",
    "steps": {
        "thanks": {"bounced": "10%", "clicked": "20%", "answered": {"share": "30%", "after": "2d"}},
        "look": {"answered": {"share": "25%", "after": "2d"}},
        "ring": {"result": {"after": "3d", "words": {"interested": "40%", "refused": "20%", "no_answer": "40%"}}},
    },
    "events": {"ordered": {"share": "5%", "after": "45d"}},
}


def run(people=None, answers=ANSWERS, table=BOOKSHOP, days=60, profiles=None, **options):
    people = passes(400) if people is None else people
    if profiles is None:
        profiles = pa.table({"person_id": people["person_id"]})
    return simulate(
        {"": table},
        people,
        profiles,
        Rules(),
        Responses.parse(answers),
        start=START,
        days=days,
        zone=KYIV,
        goal=["answered_topics"],
        within=Duration(45, "d"),
        runs=[START + timedelta(days=day) for day in range(days + 1)],
        **options,
    )


def counts(done, table=BOOKSHOP):
    names = [node.name for node in table.nodes if node.contacts]
    return {item.name: item for item in funnel(done.passes, done.touches, done.events, names)}


def test_the_bookshop_comes_out_as_its_answers_say():
    done = run(passes(2000))
    found = counts(done)
    assert found["thanks: sent"].people == 2000
    assert found["thanks: bounced"].share == pytest.approx(0.10, abs=0.02)
    assert found["thanks: answered"].share == pytest.approx(0.9 * 0.30, abs=0.03)
    assert found["look: sent"].people < 1450
    assert found["treated: goal"].people == found["treated: reached the goal"].people
    assert found["treated: still inside"].people == 0
    assert (
        sum(
            c.people
            for n, c in found.items()
            if n in {"treated: goal", "treated: silent", "treated: refused", "treated: unreachable"}
        )
        == 2000
    )


def test_the_same_seed_is_the_same_story_and_another_seed_another():
    one, two = run(), run()
    assert one.passes == two.passes
    assert one.touches == two.touches
    assert run(answers=ANSWERS | {"seed": "8"}).passes != one.passes


def test_a_person_lives_the_same_whoever_else_takes_part():
    alone = run(passes(400).slice(100, 50)).passes
    assert alone.to_pylist() == run().passes.slice(100, 50).to_pylist()


def test_a_script_goes_before_the_lots():
    answers = {"scripted": [{"person": "p1", "step": "thanks", "event": "answered", "after": "2h", "value": "novels"}]}
    done = run(passes(2), answers)
    assert done.passes["outcome"].to_pylist() == ["goal", "silent"]
    assert done.passes["goal_at"].to_pylist()[0] == START + timedelta(hours=2)
    assert [e["value"] for e in done.events.to_pylist() if e["kind"] == "answered"] == ["novels"]


def test_the_holdout_is_left_alone_until_its_time_is_over():
    done = run(passes(300, arm="holdout"))
    assert done.touches.num_rows == 0
    assert set(done.passes["outcome"].to_pylist()) == {"finished"}
    assert set(done.passes["ended_at"].to_pylist()) == {START + timedelta(days=45, hours=-1)}  # summer time began


def test_who_cannot_be_reached_ends_unreachable():
    people = passes(3)
    profiles = pa.table(
        {
            "person_id": ["p3", "p2", "p1"],
            "can_email": [False, True, None],
            "can_sms": [False] * 3,
            "can_desk": [False] * 3,
        }
    )
    done = run(people, {}, profiles=profiles)
    assert done.passes["outcome"].to_pylist()[0::2] == ["unreachable"] * 2
    assert set(done.touches["person_id"].to_pylist()) == {"p2"}


def test_a_bounce_closes_the_channel_and_a_wrong_number_the_phone():
    table = nodes({"send": "a", "by": ("email",)}, {"wait": "1d"}, {"send": "b", "by": ("email", "sms")})
    done = run(passes(1), {"steps": {"a": {"bounced": {"share": "100%", "after": "1min"}}}}, table)
    assert [t["channel"] for t in done.touches.to_pylist()] == ["email", "sms"]
    table = nodes({"call": "a", "by": ("desk",)}, {"wait": "1d"}, {"call": "b", "by": ("desk",)})
    done = run(passes(1), {"steps": {"a": {"result": {"words": {"wrong_number": "100%"}}}}}, table)
    assert done.passes["outcome"].to_pylist() == ["unreachable"]


def test_a_refusal_on_the_phone_ends_the_pass():
    table = nodes({"call": "a", "by": ("desk",)}, {"send": "b", "by": ("email",)})
    done = run(passes(1), {"steps": {"a": {"result": {"words": {"refused": "100%"}}}}}, table)
    assert done.passes["outcome"].to_pylist() == ["refused"]
    assert done.touches["step"].to_pylist() == ["a"]


def test_a_call_without_supposed_result_is_not_answered_in_its_time():
    table = nodes({"call": "a", "by": ("desk",), "within": "10d"}, {"stop": "called"})
    done = run(passes(1), {}, table)
    assert done.passes["ended_at"].to_pylist() == [START + timedelta(days=10)]
    assert [e["value"] for e in done.events.to_pylist() if e["kind"] == "result"] == ["no_answer"]


def test_a_desk_takes_only_so_many_a_day_and_the_rest_wait_or_expire():
    table = nodes({"call": "a", "by": ("desk",), "within": "3d"}, {"stop": "called"})
    done = run(passes(50), {}, table, capacity={"desk": 10})
    states = done.touches["state"].to_pylist()
    assert (states.count("accepted"), states.count("expired")) == (30, 20)


def test_a_message_waits_for_its_hours_and_expires():
    table = nodes({"send": "a", "by": ("email",), "expires": "2d"}, {"stop": "end"})
    done = run(passes(2), {}, table, allowed=lambda node, people, now: pa.array([False] * people.num_rows))
    assert done.touches["reason"].to_pylist() == ["held_too_long"] * 2
    assert done.touches["done_at"].to_pylist() == [START + timedelta(days=2)] * 2


def test_days_on_the_profile_go_on():
    table = nodes({"wait": "1d", "or_until": "since_last_order"}, {"stop": "end"})
    profiles = pa.table({"person_id": ["p1"], "since_last_order": pa.array([10], pa.int32())})
    seen = []

    class Spy(dict):
        def __missing__(self, text):
            class Rule:
                names = frozenset({"since_last_order"})

                def true(self, facts):
                    seen.extend(facts["since_last_order"].to_pylist())
                    return pa.array([False])

            return Rule()

    simulate(
        {"": table}, passes(1), profiles, Spy(), Responses(), start=START, days=3, zone=KYIV, goal=["ordered"], within=Duration(9, "d"),
        runs=[START, START + timedelta(days=1)],
    )  # fmt: skip
    assert seen == [10, 11]


def test_who_enters_later_starts_later():
    people = passes(2, entered_at=[START, START + timedelta(days=5)], since_at=[START, START + timedelta(days=5)])
    done = run(people, {}, nodes({"send": "a", "by": ("email",)}))
    assert done.touches["planned_at"].to_pylist() == [START, START + timedelta(days=5)]


def test_runs_of_a_day_meet_whatever_hours_are_allowed():
    night = datetime(2026, 3, 2, 21, 59, 59, tzinfo=UTC)
    runs = list(daily_runs(night, 2, KYIV))
    assert runs[0] == night
    assert [run.astimezone(KYIV).strftime("%d %H:%M") for run in runs[1:]] == [
        "03 10:00", "03 12:00", "03 15:00", "03 18:00", "04 10:00", "04 12:00", "04 15:00", "04 18:00",
    ]  # fmt: skip


def test_an_answer_to_a_reminder_answers_the_question_before_it():
    done = run(passes(1), {"steps": {"look": {"answered": {"share": "100%", "words": {"novels": "100%"}}}}})
    assert done.passes["outcome"].to_pylist() == ["goal"]


def test_offers_go_with_the_steps_that_carry_them():
    table = nodes(
        {"send": "a", "by": ("email",), "offer": "best"},
        {"send": "b", "by": ("email",), "offer": "ten"},
        {"send": "c", "by": ("email",)},
    )
    done = run(passes(2, offer=["saffron", None]), {}, table)
    found = {(t["step"], t["person_id"]): t["offer"] for t in done.touches.to_pylist()}
    assert found == {("a", "p1"): "saffron", ("a", "p2"): None, ("b", "p1"): "ten", ("b", "p2"): "ten", ("c", "p1"): None, ("c", "p2"): None}  # fmt: skip


def test_nobody_at_all():
    done = run(passes(0))
    assert (done.passes.num_rows, done.touches.num_rows, done.events.num_rows, done.tags.num_rows) == (0, 0, 0, 0)


def test_tags_are_told():
    done = run(passes(1), {}, nodes({"tag": "outdated"}))
    assert done.tags.to_pylist() == [{"pass_id": 1, "tag": "outdated", "at": START}]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ([], "the file: expected keys and values"),
        ({"stepz": {}}, "unknown key 'stepz'"),
        ({"seed": "x"}, "seed: expected a number"),
        ({"steps": {"a": {"clicked": "0.2"}}}, "steps.a.clicked: expected a share such as 15%, got '0.2'"),
        ({"steps": {"a": {"clicked": {"after": "2d"}}}}, "a share is missing"),
        ({"steps": {"a": {"clicked": {"share": "20%", "after": "soon"}}}}, "steps.a.clicked.after"),
        ({"steps": {"a": {"result": {"words": {"x": "50%"}}}}}, "sum to 50%"),
        ({"steps": {"a": []}}, "steps.a: expected keys and values"),
        ({"scripted": [{"person": "p1"}]}, "scripted[1]: event is missing"),
        ({"scripted": {"person": "p1"}}, "scripted: expected a list"),
        ({"events": {"ordered": "120%"}}, "events.ordered: expected a share"),
    ],
)
def test_faults_of_the_answers_are_told_with_their_place(raw, said):
    with pytest.raises(SpecError) as fault:
        Responses.parse(raw)
    assert any(said in item.message for item in fault.value.diagnostics)
    assert {item.code for item in fault.value.diagnostics} == {"R280"}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30))
def test_touches_and_events_add_up(seed, capacity):
    done = run(
        passes(40, arm=["treated"] * 30 + ["holdout"] * 10), ANSWERS | {"seed": str(seed)}, capacity={"desk": capacity}
    )
    assert done.touches.filter(pa.compute.equal(done.touches["state"], "planned")).num_rows == 0
    assert set(done.touches["person_id"].to_pylist()) <= {f"p{i}" for i in range(1, 31)}
    for item in counts(done).values():
        assert 0 <= item.people <= item.of_people
    ended = done.passes.to_pylist()
    assert all(row["state"] == "ended" for row in ended)
    assert all(row["goal_at"] is None or row["goal_at"] >= row["entered_at"] for row in ended)


def test_lots_are_even_and_independent():
    own = seeds((f"p{i}" for i in range(20000)), 3)
    first, second = lots(own, "a"), lots(own, "b")
    assert abs(first.mean() - 0.5) < 0.01
    assert abs(((first < 0.3) & (second < 0.3)).mean() - 0.09) < 0.01
    assert 0 <= first.min() <= first.max() < 1


def test_the_answers_of_the_reference_page_and_of_the_bookshop_can_be_read():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "reference" / "responses.md").read_text(encoding="utf-8")
    written = [
        page.split("```yaml")[1].split("```")[0],
        (root / "configs" / "bookshop" / "responses.yml").read_text(encoding="utf-8"),
    ]
    for text in written:
        parsed = Responses.parse(yaml.load(text, Loader=yaml.BaseLoader))
        assert parsed.seed == 7
        assert parsed.steps
