"""Runs of a recurring campaign: two at once, late orders, pauses, refusals taken back."""

from datetime import timedelta

import pyarrow.compute as pc
import pytest

from reactivate.cli.progress import Progress
from reactivate.ledger.clock import micros
from reactivate.ledger.schema import consent
from reactivate.stages.approval import from_json
from reactivate.stages.planning import plan_of
from reactivate.stages.run import run

from .spice_shop import TODAY, everybody_buys, opened, spice_shop

PLAIN = """\
campaign: spice_letter
business: business/spices.yml
enter: daily
cool_off: 0d
audience: orders >= 2 and overdue > 30d and since_last_order <= 365d
goal: {event: ordered, within: 14d}
holdout: 20%
limits: {people: 400 per week}
journey:
  - send: smell_it_again
    by: email
"""


def planned(path, **when):
    """An opened campaign, what may be done by its plan, and its draft."""
    campaign = opened(path, **when)
    found, drafted = plan_of(campaign)
    return campaign, from_json(found["ceilings"]), drafted


def passed(path, **when):
    """One confirmed run; what it did and all passes of the campaign."""
    campaign, approval, drafted = planned(path, **when)
    with campaign.ledger as ledger:
        done = run(campaign, approval, Progress(), drafted)
        return done, ledger.passes("spice_letter", state=None)


def letters(path):
    return len(list((path.parent / "out").glob("*.eml")))


def test_a_run_that_drafted_before_another_one_ended_writes_to_nobody_again(tmp_path):
    path = spice_shop(tmp_path, campaign=PLAIN)
    slow, approval, drafted = planned(path)
    done, passes = passed(path)
    assert done.entered == passes.num_rows == 50
    assert pc.sum(pc.equal(passes["state"], "ended")).as_py() == letters(path) > 0
    before = letters(path)
    with slow.ledger:
        assert run(slow, approval, Progress(), drafted).entered == 0
    assert letters(path) == before


def only(table, **equal):
    for name, value in equal.items():
        table = table.filter(pc.equal(table[name], value))
    return table


def test_an_order_learnt_after_the_window_counts_in_both_arms(tmp_path):
    path = spice_shop(tmp_path, campaign=PLAIN.replace("enter: daily", "enter: once"))
    passed(path)
    _, passes = passed(path, day=TODAY + timedelta(days=16))
    assert passes["state"].to_pylist() == ["ended"] * 50
    assert passes["goal_at"].null_count == 50
    everybody_buys(path, TODAY + timedelta(days=10))
    _, passes = passed(path, day=TODAY + timedelta(days=20))
    assert passes["goal_at"].null_count == 0
    assert set(only(passes, arm="holdout")["outcome"].to_pylist()) == {"goal"}


def test_a_late_goal_of_an_earlier_pass_disturbs_no_later_one(tmp_path):
    """Entered, written to, ended; entered again, and inside; then an order from the time of both is learnt."""
    again = PLAIN.replace("by: email\n", "by: email\n  - wait: 2d\nafter_goal:\n  - wait: 3d\n")
    path = spice_shop(tmp_path, campaign=again)
    passed(path)
    passed(path, day=TODAY + timedelta(days=3))
    _, passes = passed(path, day=TODAY + timedelta(days=4))
    twice = only(passes, number=2, state="inside")
    assert twice.num_rows > 0
    everybody_buys(path, TODAY + timedelta(days=5))
    _, passes = passed(path, day=TODAY + timedelta(days=6))
    mine = passes.filter(pc.is_in(passes["person_id"], value_set=twice["person_id"].combine_chunks()))
    assert mine["goal_at"].null_count == 0
    assert set(only(mine, number=1)["state"].to_pylist()) == {"ended"}
    assert set(only(mine, number=2, arm="treated")["part"].to_pylist()) == {"after_goal"}


def test_an_order_ends_a_pause(tmp_path):
    path = spice_shop(tmp_path, campaign=PLAIN)
    campaign, approval, drafted = planned(path)
    people = pc.unique(drafted.entry.entrants["person_id"])
    with campaign.ledger as ledger:
        ledger.permissions.suppress_people(people, channel="email", reason="pause", at=campaign.moment.now)
        assert run(campaign, approval, Progress(), None).entered == 0
    everybody_buys(path, TODAY + timedelta(days=1))
    passed(path, day=TODAY + timedelta(days=120))
    _, passes = passed(path, day=TODAY + timedelta(days=121))
    assert pc.any(pc.is_in(passes["person_id"], value_set=people)).as_py()


@pytest.mark.parametrize(("days_after", "ended"), [(1, "finished"), (-1, "refused")])
def test_a_refusal_of_everything_ends_a_pass_unless_a_consent_is_newer(tmp_path, days_after, ended):
    path = spice_shop(tmp_path, campaign=PLAIN)
    campaign, approval, drafted = planned(path)
    who = only(drafted.entry.entrants, arm="treated")["person_id"][0].as_py()
    refused = campaign.moment.now - timedelta(days=300)
    with campaign.ledger as ledger:
        ledger.permissions.suppress(person_id=who, reason="unsubscribed", at=refused)
        agreed = [{"claim": 1, "person_id": who, "channel": "email", "purpose": "marketing", "source": "shop"}]
        with ledger.store.write() as connection:
            at = micros(refused + timedelta(days=days_after))
            connection.execute(consent.insert(), [row | {"at": at, "proof": "form"} for row in agreed])
        run(campaign, approval, Progress(), drafted)
        passes = ledger.passes("spice_letter", state=None)
    assert only(passes, person_id=who)["outcome"].to_pylist() == [ended]
