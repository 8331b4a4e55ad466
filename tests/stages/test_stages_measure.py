"""What a report counts: each order once, nothing that came later, nobody twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from reactivate.cli.progress import Progress
from reactivate.contracts.schemas import PASSES, TOUCHES
from reactivate.contracts.values import Duration
from reactivate.stages import money
from reactivate.stages.approval import from_json
from reactivate.stages.asof import AsOf
from reactivate.stages.funnel import funnel
from reactivate.stages.measure import measure
from reactivate.stages.memory import Memory
from reactivate.stages.planning import plan_of
from reactivate.stages.reading import Reading
from reactivate.stages.run import run
from reactivate.stages.start import Start, Window

from .spice_shop import BUSINESS, CAMPAIGN, TODAY, everybody_buys, opened, spice_shop

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
ENTRY = datetime(2026, 11, 2, 10, tzinfo=UTC)


def a_pass(pass_id, person, days=0, **told):
    row = {"pass_id": pass_id, "person_id": person, "number": pass_id, "version": 1, "segment": "", "arm": "treated",
           "entered_at": ENTRY + timedelta(days=days), "node": 0, "part": "journey", "since_at": ENTRY,
           "state": "ended"}  # fmt: skip
    return row | told


def passes(*rows):
    return PASSES.conform(pa.Table.from_pylist(list(rows), PASSES.schema))


def touches(*rows):
    return TOUCHES.conform(pa.Table.from_pylist(list(rows), TOUCHES.schema))


def touch(pass_id, person, step="hello", state="accepted", days=0):
    at = ENTRY + timedelta(days=days)
    return {"pass_id": pass_id, "person_id": person, "step": step, "state": state, "planned_at": at, "expires_at": at,
            "done_at": at, "key": f"{pass_id}{step}"}  # fmt: skip


def money_of(*rows, orders, due=None):
    """Money of the arms when Anna buys for 10 on these days after the first entry."""
    bought = [ENTRY + timedelta(days=day) for day in orders]
    table = pa.table({"person_id": ["anna"] * len(orders), "ordered_at": pa.array(bought, pa.timestamp("us", "UTC")),
                      "paid": [True] * len(orders), "amount": [Decimal(10)] * len(orders),
                      "category": pa.nulls(len(orders), pa.string())})  # fmt: skip
    shop = SimpleNamespace(
        base=SimpleNamespace(table=lambda _: table),
        campaign=SimpleNamespace(goal=SimpleNamespace(follow_for=SimpleNamespace(days=180))),
        moment=SimpleNamespace(now=ENTRY + timedelta(days=300)),
        business=SimpleNamespace(margin=0.4, currency="USD", margin_of=lambda _: 0.4),
        margin_shares=lambda categories: pa.array([0.4] * len(categories)),
    )
    start = Start({}, Window(Duration(30, "d"), Duration(180, "d")))
    if due is not None:
        due = pa.table({"pass_id": list(due), "due": [Decimal(amount) for amount in due.values()]})
    people = money.assigned(shop, passes(*rows), touches(), {}, start, due)
    return money.told(shop, people, Reading("final", 1, 1, 0.02, 0.1), 0.0, passes(*rows))


def test_an_order_counts_once_however_many_passes_it_follows():
    found = money_of(a_pass(1, "anna"), a_pass(2, "anna", 7), a_pass(3, "anna", 14), orders=(8, 20))
    assert found["revenue_treated"] == 20
    assert found["margin_per_treated"] == pytest.approx(8 / 3)


def test_the_staff_bonus_of_the_treated_is_taken_off_the_profit():
    rows = (a_pass(1, "anna"), a_pass(2, "anna", 7, arm="holdout"), a_pass(3, "bert"), a_pass(4, "cleo", arm="holdout"))
    plain, found = (money_of(*rows, orders=(3, 9), due=due) for due in (None, {1: "0.50", 9: "7.00"}))
    assert (plain["staff_bonus"], plain["gain"]["staff_bonus"]) == (None, None)
    assert (found["staff_bonus"], found["gain"]["staff_bonus"]) == (0.5, 0.5)
    assert found["gain"]["profit"] == pytest.approx(plain["gain"]["profit"] - 0.5)
    assert (found["gain"]["cost"], found["offer_cost"]) == (plain["gain"]["cost"], plain["offer_cost"])
    line = {"name": "staff_bonus", "treated": 0.5, "holdout": 0.0, "per_person_difference": 0.25}
    assert found["rows"] == [*plain["rows"], line]
    profits = [{row["outcome"]: row["difference"] for row in told["per_person"]} for told in (plain, found)]
    assert profits[1] == pytest.approx(profits[0] | {"profit": profits[0]["profit"] - 0.25})


def test_an_order_belongs_to_the_last_entry_before_it_in_either_arm():
    found = money_of(a_pass(1, "anna"), a_pass(2, "anna", 7, arm="holdout"), orders=(0, 3, 9, 181, 200))
    assert (found["revenue_treated"], found["revenue_holdout"]) == (10, 20)


@pytest.mark.parametrize("state", ["accepted", "unknown"])
def test_who_was_written_to_since_is_no_base_rate_though_he_entered_before(state):
    long_inside = a_pass(1, "anna", -60, state="inside")
    ledger = SimpleNamespace(
        passes=lambda state: passes(long_inside, a_pass(2, "boris", -60), a_pass(3, "vira", 1, arm="holdout")),
        touches=lambda states: touches(touch(1, "anna", state=state, days=3), touch(2, "boris", state=state, days=-50)),
    )
    business = SimpleNamespace(zone=ZoneInfo("Europe/Kyiv"))
    memory = Memory(business, None, ledger, None, AsOf(NOW, NOW.date()))
    assert sorted(memory.touched_since(date(2026, 11, 1)).to_pylist()) == ["anna", "vira"]


def test_a_report_of_yesterday_does_not_know_today(tmp_path):
    path = spice_shop(tmp_path)

    def on(day, work):
        with (shop := opened(path, day=day)).ledger:
            return work(shop)

    def go(shop):
        found, drafted = plan_of(shop)
        return run(shop, from_json(found["ceilings"]), Progress(), drafted)

    def told(shop):
        return {key: value for key, value in measure(shop).items() if key not in ("plan", "funnel")}

    assert on(TODAY, go).entered > 0
    first = on(TODAY, told)
    everybody_buys(path, TODAY + timedelta(days=1))
    on(TODAY + timedelta(days=2), go)
    on(TODAY + timedelta(days=8), go)
    again = on(TODAY, told)
    assert again == first
    assert on(TODAY + timedelta(days=8), told)["lift"]["treated_reached"] > 0
    before = on(TODAY - timedelta(days=1), told)
    assert (before["lift"]["treated"], before["started_on"]) == (0, None)


def funnel_of(found, *sent, steps=("hello", "again")):
    nodes = [SimpleNamespace(name=name, contacts=True) for name in steps]
    shop = SimpleNamespace(tables={"": SimpleNamespace(nodes=nodes)})
    rows = funnel(shop, {"people": {"records": 9, "people": 8}}, found, touches(*sent), None)
    return {row["name"]: (row["people"], row["of_people"]) for row in rows}


def test_the_ends_of_a_funnel_make_all_who_were_treated():
    later = ENTRY + timedelta(days=5)
    rows = funnel_of(
        passes(
            a_pass(1, "anna", outcome="refused", goal_at=later),
            a_pass(2, "boris", outcome="refused"),
            a_pass(3, "vira", outcome="sunset"),
            a_pass(4, "daria", outcome="goal", goal_at=later),
            a_pass(5, "yuri", state="inside", goal_at=later, part="after_goal"),
            a_pass(6, "maks", state="inside"),
        )
    )
    ends = {name: people for name, (people, _) in list(rows.items())[-5:]}
    assert ends == {"reached the goal": 3, "refused": 1, "unreachable": 0, "sunset": 1, "still inside": 1}
    assert sum(ends.values()) == 6


def test_the_goal_is_a_share_of_those_whom_the_step_surely_reached():
    later = ENTRY + timedelta(days=5)
    found = passes(*(a_pass(number, name, goal_at=later) for number, name in enumerate(("anna", "boris"), 1)))
    rows = funnel_of(found, touch(1, "anna", state="unknown"), touch(2, "boris"))
    assert rows["hello: handed over"] == (1, 2)
    assert rows["hello: then reached the goal"] == (1, 1)


@pytest.mark.parametrize(
    ("goal", "reason"),
    [("ordered", None), ("booked or ordered", "no history of booked"), ("booked", "no history of booked")],
)
def test_a_goal_without_a_whole_history_has_no_base_rate(tmp_path, goal, reason):
    campaign = CAMPAIGN.replace("event: ordered", f"event: {goal}")
    business = BUSINESS.replace("    paid: [paid]\n", "    paid: [paid]\n    events: {booked: waiting}\n")
    with (shop := opened(spice_shop(tmp_path, campaign=campaign, business=business))).ledger:
        rate = plan_of(shop)[0]["base_rate"]
    assert rate["unknown"] == reason
    assert (rate["rate"] is None) == (reason is not None)
