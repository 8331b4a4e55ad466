from datetime import UTC, datetime, timedelta

import pyarrow as pa

from reactivate.contracts.contract import MOMENT, MONEY
from reactivate.contracts.schemas import PASSES, TOUCHES
from reactivate.stages.facts import Known, facts, since_days

START = datetime(2026, 11, 2, 10, tzinfo=UTC)


def days(number):
    return START + timedelta(days=number)


def passes(*people):
    return PASSES.table(
        pass_id=list(range(1, len(people) + 1)),
        person_id=list(people),
        number=[1] * len(people),
        version=[1] * len(people),
        segment=[""] * len(people),
        arm=["treated"] * len(people),
        entered_at=[START] * len(people),
        node=[0] * len(people),
        part=["journey"] * len(people),
        since_at=[START] * len(people),
        state=["inside"] * len(people),
    )


def touches(*rows):
    return TOUCHES.table(
        pass_id=[r[0] for r in rows],
        person_id=["x"] * len(rows),
        step=[r[1] for r in rows],
        state=[r[2] for r in rows],
        planned_at=[START] * len(rows),
        expires_at=[days(7)] * len(rows),
        key=[f"{r[0]}{r[1]}" for r in rows],
    )


def events(*rows):
    names = ("person_id", "kind", "value", "at", "step", "pass_id")
    types = (pa.string(), pa.string(), pa.string(), MOMENT, pa.string(), pa.int64())
    return pa.table({n: pa.array([r[i] for r in rows], t) for i, (n, t) in enumerate(zip(names, types, strict=True))})


def known(**tables):
    nothing = {
        "touches": touches(),
        "events": events(),
        "answers": pa.table(
            {
                "person_id": pa.array([], pa.string()),
                "question": pa.array([], pa.string()),
                "value": pa.array([], pa.string()),
                "at": pa.array([], MOMENT),
            }
        ),
        "orders": pa.table(
            {
                "person_id": pa.array([], pa.string()),
                "ordered_at": pa.array([], MOMENT),
                "paid": pa.array([], pa.bool_()),
                "amount": pa.array([], MONEY),
            }
        ),
        "profiles": pa.table({"person_id": pa.array(["anna"]), "city": pa.array(["Київ"])}),
    }
    return Known(**{**nothing, **tables}, questions=frozenset(["topics"]))


def column(name, people, **tables):
    return facts(passes(*people), [name], known(**tables))[name].to_pylist()


def test_what_came_back_is_missing_until_the_step_was_sent():
    sent = {
        "touches": touches((1, "thanks", "accepted"), (2, "thanks", "skipped")),
        "events": events(("anna", "clicked", None, days(1), "thanks", 1)),
    }
    people = ("anna", "boris", "vira")
    assert column("thanks.clicked", people, **sent) == [True, None, None]
    assert column("thanks.opened", people, **sent) == [False, None, None]
    assert column("thanks.sent", people, **sent) == [True, False, False]


def test_delivered_means_accepted_and_not_bounced():
    sent = {
        "touches": touches((1, "thanks", "accepted"), (2, "thanks", "accepted")),
        "events": events(("boris", "bounced", None, days(1), "thanks", 2)),
    }
    assert column("thanks.delivered", ("anna", "boris"), **sent) == [True, False]


def test_a_call_result_counts_only_when_it_is_final():
    rows = events(
        ("anna", "result", "call_again", days(2), "desk", 1),
        ("anna", "result", "interested", days(1), "desk", 1),
        ("boris", "result", "busy", days(1), "desk", 2),
    )
    assert column("desk.result", ("anna", "boris"), events=rows) == ["interested", None]


def test_an_answer_sheds_the_name_of_its_question():
    rows = events(("anna", "answered", "topics=fiction", days(1), "thanks", 1))
    assert column("thanks.answer", ("anna",), events=rows) == ["fiction"]


def test_ordered_counts_paid_orders_after_entry_and_no_returns():
    orders = pa.table({
        "person_id": ["anna", "boris", "vira", "hlib"],
        "ordered_at": pa.array([days(3), days(-1), days(3), days(3)], MOMENT),
        "paid": [True, True, False, True],
        "amount": pa.array(["10.00", "10.00", "10.00", "-5.00"]).cast(MONEY),
    })  # fmt: skip
    assert column("ordered", ("anna", "boris", "vira", "hlib"), orders=orders) == [True, False, False, False]


def test_answered_looks_at_any_campaign_since_entry():
    answers = pa.table({"person_id": ["anna", "boris"], "question": ["topics", "topics"], "value": ["x", "y"],
                        "at": pa.array([days(1), days(-5)], MOMENT)})  # fmt: skip
    assert column("answered_topics", ("anna", "boris"), answers=answers) == [True, False]


def test_profile_columns_come_along_and_strangers_have_none():
    assert column("city", ("anna", "boris")) == ["Київ", None]


def test_days_are_calendar_days_of_the_zone():
    from zoneinfo import ZoneInfo

    late = pa.array([datetime(2026, 11, 1, 22, 30, tzinfo=UTC)], MOMENT)  # 00:30 on the 2nd in Kyiv
    assert since_days(late, datetime(2026, 11, 3, 9, tzinfo=UTC), ZoneInfo("Europe/Kyiv")).to_pylist() == [1]
