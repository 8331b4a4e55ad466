"""A stratified holdout from the file to the report: exact shares, stable arms, a check and an estimate per stratum."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reactivate.experiment import stratified
from reactivate.ledger import Ledger
from reactivate.report.plan_text import as_text
from reactivate.stages.enter import Rules, enter
from reactivate.stages.measure import measure
from reactivate.stages.planning import plan_of
from reactivate.stages.strata import remark

from .learning_shop import SIZE, TODAY, campaign, go, learning_shop, on, they_buy, with_number

TRUTH = {
    ("regular", "treated"): 0.60,
    ("regular", "holdout"): 0.45,
    ("rest", "treated"): 0.05,
    ("rest", "holdout"): 0.03,
}


def stratified_campaign(folder, name="spring"):
    path = campaign(folder, name)
    path.write_text(path.read_text().replace("holdout: 30%", "holdout: 30%\nholdout_by: [segment, stage]"))
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A stratified campaign ran and its window is over."""
    folder = learning_shop(tmp_path_factory.mktemp("strata"))
    path = stratified_campaign(folder)
    plan = on(path, TODAY, lambda shop: plan_of(shop)[0])
    assert on(path, TODAY, go).entered == SIZE
    passes = on(path, TODAY, lambda shop: with_number(shop, shop.ledger.passes("spring", state=None)))
    they_buy(folder, passes, TODAY, TRUTH)
    on(path, TODAY + timedelta(days=15), go)
    return path, plan


def test_the_plan_shows_each_stratum_with_its_exact_share(ran):
    _, plan = ran
    rows = plan["holdout"]["strata"]
    assert plan["holdout"]["by"] == ["segment", "stage"]
    assert len(rows) > 1
    assert sum(row["people"] for row in rows) == SIZE
    for row in rows:
        assert abs(row["households_held"] - 0.3 * row["households"]) < 1
    assert "by household, of each segment / stage: " in as_text(plan)


def test_a_run_draws_the_arms_of_the_plan_and_a_later_one_changes_none(ran):
    path, plan = ran
    strata, passes = on(path, TODAY + timedelta(days=16), lambda shop: (
        shop.ledger.campaigns.strata("spring"), shop.ledger.passes("spring", state=None)))  # fmt: skip
    joined = passes.join(strata, "pass_id")
    assert joined["stratum"].null_count == 0
    for row in plan["holdout"]["strata"]:
        mine = joined.filter(pc.equal(joined["stratum"], row["stratum"]))
        assert mine.num_rows == row["people"]
        assert pc.sum(pc.equal(mine["arm"], "holdout")).as_py() == row["holdout"]
    on(path, TODAY + timedelta(days=16), go)
    again = on(path, TODAY + timedelta(days=17), lambda shop: shop.ledger.passes("spring", state=None))
    assert again.select(["pass_id", "arm"]).equals(passes.select(["pass_id", "arm"]))


def test_the_report_compares_each_stratum_with_itself(ran):
    path, _ = ran
    found = on(path, TODAY + timedelta(days=70), measure)
    lift, split = found["lift"], found["split"]
    assert (lift["method"], lift["reading"]) == ("mantel_haenszel", "final")
    assert lift["strata"] == len(split["strata"]) > 1
    assert all(row["p_value"] > 0.3 for row in split["strata"])
    assert split["said"].endswith(f", in each of {len(split['strata'])} strata too")
    rows = on(path, TODAY + timedelta(days=70), strata_counts)
    expected = stratified(rows)
    assert (lift["difference"], lift["low"], lift["high"], lift["p_value"]) == pytest.approx(expected)


def strata_counts(shop):
    joined = shop.ledger.passes("spring", state=None).join(shop.ledger.campaigns.strata("spring"), "pass_id")
    rows = []
    for name in pc.unique(joined["stratum"]).to_pylist():
        mine = joined.filter(pc.equal(joined["stratum"], name))
        arms = [mine.filter(pc.equal(mine["arm"], arm)) for arm in ("treated", "holdout")]
        rows.append([n for arm in arms for n in (arm.num_rows - arm["goal_at"].null_count, arm.num_rows)])
    return [tuple(row) for row in rows]


def test_while_it_runs_strata_have_the_wide_interval(ran):
    path, _ = ran
    found = on(path, TODAY + timedelta(days=9), measure)["lift"]
    assert (found["method"], found["p_value"]) == ("always_valid", None)
    assert found["low"] < found["difference"] < found["high"]


def test_a_stratum_that_lost_its_holdout_makes_the_split_bad(ran, monkeypatch):
    path, plan = ran
    smallest = min(plan["holdout"]["strata"], key=lambda row: row["people"])["stratum"]
    gone = on(path, TODAY, lambda shop: shop.ledger.campaigns.strata("spring"))
    gone = gone.filter(pc.equal(gone["stratum"], smallest))["pass_id"].combine_chunks()
    real = Ledger.passes

    def without(ledger, *args, **more):
        found = real(ledger, *args, **more)
        lost = pc.and_(pc.is_in(found["pass_id"], value_set=gone), pc.equal(found["arm"], "holdout"))
        return found.filter(pc.invert(lost))

    monkeypatch.setattr(Ledger, "passes", without)
    split = on(path, TODAY + timedelta(days=70), measure)["split"]
    assert split["good"] is False
    assert f"in stratum {smallest!r} 0 households left alone" in split["said"]


def test_strata_too_small_for_the_share_are_named():
    rows = [{"stratum": "a / new", "households": 900}, {"stratum": "b / late", "households": 12}]
    assert remark(rows, 0.02) == [
        "1 of 2 strata have fewer than 50 households, so a holdout of 2% leaves one alone in some of them only "
        "('b / late'): fewer names under `holdout_by` would do"
    ]
    assert remark(rows, 0.2) == remark([], 0.2) == []


def drawn(people, strata, share=0.2):
    ids = pa.array(people)
    found = enter(
        ids,
        rules=Rules(campaign="c", secret=b"k", holdout_share=share, journeys=frozenset([""])),
        segments=pa.table({"person_id": ids, "segment": [""] * len(people)}),
        households=pa.table({"person_id": ids, "household": people}),
        reach={},
        inside=pa.array([], pa.string()),
        before=pa.array([], pa.string()),
        cooling=pa.array([], pa.string()),
        strata=pa.table({"person_id": ids, "stratum": strata}),
    ).entrants
    return dict(zip(found["person_id"].to_pylist(), found["arm"].to_pylist(), strict=True))


def test_somebody_who_is_gone_moves_one_arm_at_most():
    people = [f"p{number}" for number in range(500)]
    strata = ["a" if number % 3 else "b" for number in range(500)]
    before = drawn(people, strata)
    after = drawn(people[1:], strata[1:])
    assert sum(before[person] != after[person] for person in after) <= 1


def test_people_of_one_household_in_two_strata_share_an_arm_and_a_stratum():
    ids = pa.array(["p1", "p2", "p3", "p4"])
    found = enter(
        ids,
        rules=Rules(campaign="c", secret=b"k", holdout_share=0.5, journeys=frozenset([""])),
        segments=pa.table({"person_id": ids, "segment": [""] * 4}),
        households=pa.table({"person_id": ids, "household": ["h1", "h1", "h2", "h2"]}),
        reach={},
        inside=pa.array([], pa.string()),
        before=pa.array([], pa.string()),
        cooling=pa.array([], pa.string()),
        strata=pa.table({"person_id": ids, "stratum": ["x", "a", "x", "x"]}),
    ).entrants
    assert found["stratum"].to_pylist() == ["a", "a", "x", "x"]
    arms = found["arm"].to_pylist()
    assert arms[0] == arms[1]
    assert arms[2] == arms[3]
