from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from reactivate.contracts.nodes import Node, Variant
from reactivate.contracts.schemas import PASSES, TOUCHES
from reactivate.stages.touches import hand_over

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")
PEOPLE = ["anna", "boris", "vira"]


def passes(offer=None):
    n = len(PEOPLE)
    return PASSES.table(
        pass_id=[1, 2, 3], person_id=PEOPLE, number=[1] * n, version=[1] * n, segment=[""] * n, arm=["treated"] * n,
        entered_at=[NOW] * n, node=[0] * n, part=["journey"] * n, since_at=[NOW] * n, state=["inside"] * n,
        offer=pa.array(offer or [None] * n, pa.string()),
    )  # fmt: skip


def touch(pass_id, state, done_at=None):
    return {"pass_id": pass_id, "person_id": PEOPLE[pass_id - 1], "step": "hello", "state": state, "planned_at": NOW,
            "expires_at": NOW + timedelta(days=1), "done_at": done_at, "key": str(pass_id)}  # fmt: skip


def touches(*rows):
    return TOUCHES.conform(pa.Table.from_pylist(list(rows), TOUCHES.schema))


def open_for(**shut):
    return pa.table({"person_id": PEOPLE, "why": pa.array([shut.get(p) for p in PEOPLE], pa.string())})


def ask(node, *known, reach=None, wanted=(True, True, True), variants=None, results=(None, None, None), offer=None):
    return hand_over(
        node, passes(offer), pa.array(variants or [None] * 3, pa.string()), pa.array(wanted), NOW, touches=touches(*known),
        reach=reach or {"email": open_for(), "sms": open_for()}, results=pa.array(results, pa.string()),
        keys=lambda people, numbers: pa.array([f"k-{p}" for p in people.to_pylist()]), zone=KYIV,
    )  # fmt: skip


LETTER = Node(0, "send", "hello", by=("email",), expires="2d")


def states(handed):
    return handed.answer["state"].to_pylist()


def test_a_first_visit_plans_and_holds():
    handed = ask(LETTER)
    assert states(handed) == ["held"] * 3
    assert handed.planned["state"].to_pylist() == ["planned"] * 3
    assert handed.planned["expires_at"].to_pylist()[0] == NOW + timedelta(days=2)


def test_a_second_visit_plans_nothing_again():
    done = NOW + timedelta(minutes=1)
    handed = ask(LETTER, touch(1, "accepted", done), touch(2, "planned"), touch(3, "unknown", done))
    assert handed.planned.num_rows == 0
    assert states(handed) == ["done", "held", "done"]
    assert handed.answer["at"].to_pylist()[0] == done


def test_or_means_the_first_that_is_possible_never_both():
    node = Node(0, "send", "hello", by=("email", "sms"))
    reach = {"email": open_for(boris="no_consent", vira="refused"), "sms": open_for(vira="no_address")}
    planned = ask(node, reach=reach).planned
    assert planned["channel"].to_pylist() == ["email", "sms", None]
    assert planned["state"].to_pylist() == ["planned", "planned", "skipped"]
    assert planned["reason"].to_pylist()[2] == "refused"


def test_who_is_not_wanted_passes_and_takes_his_planned_touch_back():
    handed = ask(LETTER, touch(1, "planned"), touch(2, "accepted", NOW), wanted=(False, False, False))
    assert states(handed) == ["passed", "done", "passed"]
    assert handed.withdrawn.to_pylist() == [1]
    assert handed.planned.num_rows == 0


def test_a_call_is_open_until_its_result_is_final():
    node = Node(0, "call", "desk", by=("sms",))
    known = [touch(1, "accepted", NOW), touch(2, "accepted", NOW), touch(3, "expired", NOW)]
    assert states(ask(node, *known, results=("order", None, None))) == ["done", "open", "done"]


@pytest.mark.parametrize(("offer", "expected"), [("ten", ["ten"] * 3), ("best", ["a", None, "b"])])
def test_best_is_what_was_chosen_on_entry(offer, expected):
    node = Node(0, "send", "hello", by=("email",), offer=offer)
    assert ask(node, offer=["a", None, "b"]).planned["offer"].to_pylist() == expected


def test_a_variant_may_bring_the_offer():
    node = Node(0, "send", "hello", by=("email",), split=(Variant("care", 0.5), Variant("gift", 0.5, offer="ten")))
    assert ask(node, variants=["care", "gift", "gift"]).planned["offer"].to_pylist() == [None, "ten", "ten"]


def test_what_was_held_too_long_expires_and_the_next_step_follows():
    late = touch(1, "planned") | {"expires_at": NOW}
    handed = ask(LETTER, late, touch(2, "planned"), touch(3, "accepted", NOW))
    assert states(handed) == ["done", "held", "done"]
    assert handed.expired.to_pylist() == [1]
    assert handed.answer["at"].to_pylist()[0] == NOW


def test_whom_the_sources_no_longer_name_has_no_address():
    reach = {"email": open_for().slice(1), "sms": open_for()}
    planned = ask(LETTER, reach=reach).planned
    assert planned["reason"].to_pylist() == ["no_address", None, None]


def test_a_channel_that_the_business_no_longer_has_is_passed_over():
    planned = ask(Node(0, "send", "hello", by=("pigeon",))).planned
    assert planned["state"].to_pylist() == ["skipped"] * 3
    assert set(planned["reason"].to_pylist()) == {"no_channel"}
