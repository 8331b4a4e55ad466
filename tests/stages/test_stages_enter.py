from functools import partial

import pyarrow as pa
import pytest

from reactivate.stages.choice import Choice
from reactivate.stages.enter import Rules, enter

PEOPLE = [f"p{i}" for i in range(12)]


def ids(*names):
    return pa.array(list(names), pa.string())


def sieve(people=PEOPLE, *, why=None, segment=None, household=None, profit=None, **changes):
    given = {"inside": ids(), "before": ids(), "cooling": ids()}
    given.update({key: changes.pop(key) for key in list(changes) if key in given})
    rules = Rules("letter", b"secret", **{"holdout_share": 0.0, **changes})
    return enter(
        ids(*people),
        rules=rules,
        segments=pa.table({"person_id": ids(*people), "segment": pa.array([(segment or {}).get(p, "") for p in people], pa.string())}),
        households=pa.table({"person_id": ids(*people), "household": pa.array([(household or {}).get(p) for p in people], pa.string())}),
        reach={
            channel: pa.table({"person_id": ids(*people), "why": pa.array([found.get(p) for p in people], pa.string())})
            for channel, found in (why or {}).items()
        },
        choose=None if profit is None else partial(chosen, profit),
        **given,
    )  # fmt: skip


def chosen(profit, people):
    """Who brings nothing stays out, who is not known comes in."""
    known = {person: profit.get(person) for person in people.to_pylist()}
    taken = [person for person, value in known.items() if value is None or value > 0]
    left = [person for person in known if person not in taken]
    worth = pa.array([known[person] for person in taken], pa.float64())
    said = pa.repeat(pa.scalar("loses_money"), len(left))
    return Choice(
        taken=pa.table({"person_id": ids(*taken), "offer": pa.array(["none"] * len(taken)), "expected_profit": worth}),
        left=pa.table({"person_id": ids(*left), "reason": said, "detail": pa.nulls(len(left), pa.string())}),
        allocation=None,
        undecided=0,
    )


def told(entry):
    return dict(zip(entry.verdicts["person_id"].to_pylist(), entry.verdicts["reason"].to_pylist(), strict=True))


def test_everybody_enters_or_has_a_verdict():
    entry = sieve(inside=ids("p1"), before=ids("p2"), cooling=ids("p3"), why={"email": {"p4": "no_consent"}})
    assert told(entry) == {"p1": "inside", "p2": "passed_before", "p3": "cooling_off", "p4": "no_consent"}
    assert sorted(entry.entrants["person_id"].to_pylist() + list(told(entry))) == sorted(PEOPLE)


def test_one_open_channel_is_enough_and_the_nearest_reason_is_told():
    why = {"email": {"p1": "no_consent", "p2": "no_address"}, "sms": {"p2": "refused", "p3": "no_address"}}
    assert told(sieve(why=why)) == {"p2": "refused"}


def test_who_passed_before_may_enter_a_recurring_campaign():
    assert told(sieve(before=ids("p2"), once=False)) == {}


def test_a_segment_without_a_journey_does_not_enter():
    assert told(sieve(["p1", "p2"], segment={"p1": "gold", "p2": "rest"}, journeys=frozenset(["gold"]))) == {
        "p2": "no_journey"
    }


def test_the_best_enter_within_the_limit_and_losses_never():
    profit = {person: float(i - 2) for i, person in enumerate(PEOPLE)}
    entry = sieve(profit=profit, room=3)
    assert sorted(entry.entrants["person_id"].to_pylist()) == ["p10", "p11", "p9"]
    assert entry.count("loses_money") == 3
    assert entry.count("over_limit") == 6


def test_undecided_profit_does_not_keep_out():
    assert told(sieve(["p1"], profit={})) == {}


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_household_shares_its_arm(share):
    people = [f"p{i}" for i in range(2000)]
    household = {person: f"h{i // 2}" for i, person in enumerate(people)}
    entry = sieve(people, household=household, holdout_share=share)
    arms = dict(zip(entry.entrants["person_id"].to_pylist(), entry.entrants["arm"].to_pylist(), strict=True))
    assert all(arms[f"p{i}"] == arms[f"p{i + 1}"] for i in range(0, 2000, 2))
    held = sum(arm == "holdout" for arm in arms.values()) / 2000
    assert abs(held - share) < 0.05


def test_lots_do_not_depend_on_the_order_of_people():
    one, two = (sieve(people, holdout_share=0.5).entrants.sort_by("person_id") for people in (PEOPLE, PEOPLE[::-1]))
    assert one.equals(two)


def test_nobody_at_all_is_no_fault():
    entry = sieve([], journeys=frozenset())
    assert entry.entrants.num_rows == entry.verdicts.num_rows == 0
