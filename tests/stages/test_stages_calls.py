from datetime import UTC, datetime, timedelta

import pyarrow as pa

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.schemas import TOUCHES
from reactivate.stages.calls import overdue

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def touch(pass_id, step="desk", state="accepted", late=True):
    ends = NOW + timedelta(days=-1 if late else 1)
    return {"pass_id": pass_id, "person_id": "x", "step": step, "state": state, "planned_at": NOW, "expires_at": ends,
            "key": f"K{pass_id}"}  # fmt: skip


def closed(touches, *results):
    table = TOUCHES.conform(pa.Table.from_pylist(touches, TOUCHES.schema))
    events = pa.table(
        {
            "pass_id": pa.array([r[0] for r in results], pa.int64()),
            "step": pa.array(["desk"] * len(results), pa.string()),
            "kind": pa.array(["result"] * len(results), pa.string()),
            "value": pa.array([r[1] for r in results], pa.string()),
        }
    )
    found = overdue(table, events, {"desk"}, pa.scalar(NOW, MOMENT)).to_pylist()
    return {row["key"]: row["value"] for row in found}


def test_nobody_tried_and_nobody_answered_are_two_things():
    assert closed([touch(1), touch(2)], (2, "busy")) == {"K1": "not_called", "K2": "no_answer"}


def test_a_final_result_stands():
    assert closed([touch(1), touch(2)], (1, "interested"), (2, "call_again"), (2, "order")) == {}


def test_time_that_is_not_over_and_calls_that_never_left_are_left_alone():
    assert closed([touch(1, late=False), touch(2, state="planned"), touch(3, step="letter")]) == {}


def test_it_is_told_once_at_the_end_of_its_time():
    table = TOUCHES.conform(pa.Table.from_pylist([touch(1)], TOUCHES.schema))
    nothing = pa.table({"pass_id": pa.array([], pa.int64()), "step": pa.array([], pa.string()),
                        "kind": pa.array([], pa.string()), "value": pa.array([], pa.string())})  # fmt: skip
    (row,) = overdue(table, nothing, {"desk"}, pa.scalar(NOW, MOMENT)).to_pylist()
    assert row["event_id"] == "overdue/K1"
    assert row["at"] == NOW - timedelta(days=1)
