"""Passes and touches as they stood at a moment: a report for a day in the past does not look ahead."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MOMENT
from reactivate.stages.tables import marked, whole, with_columns


def passes_until(passes: pa.Table, now: datetime) -> pa.Table:
    """Passes entered by `now`; an end or a goal that came later has not come yet."""
    moment = pa.scalar(now, MOMENT)
    known = passes.filter(pc.less_equal(passes["entered_at"], moment))
    open_, unseen = _later(known["ended_at"], moment), _later(known["goal_at"], moment)
    ends = {name: _blank(known[name], open_) for name in ("outcome", "ended_at", "cool_until")}
    state = pc.if_else(open_, "inside", whole(known["state"]))
    return with_columns(known, {**ends, "goal_at": _blank(known["goal_at"], unseen), "state": state})


def touches_until(touches: pa.Table, passes: pa.Table, now: datetime) -> pa.Table:
    """Touches planned by `now`; those decided later are still planned. `passes`: as `passes_until` gives them.

    A touch cancelled with its pass goes by the end of the pass: the ledger stamps it with the day of the run itself,
    which under `--as-of` is another.
    """
    moment = pa.scalar(now, MOMENT)
    known = touches.filter(pc.less_equal(touches["planned_at"], moment))
    ended = passes.filter(pc.equal(passes["state"], "ended"))["pass_id"]
    over = pc.and_(marked(known["pass_id"], ended), pc.equal(whole(known["state"]), "cancelled"))
    ahead = pc.and_not(_later(known["done_at"], moment), over)
    decided = {name: _blank(known[name], ahead) for name in ("reason", "done_at", "cost")}
    return with_columns(known, {**decided, "state": pc.if_else(ahead, "planned", whole(known["state"]))})


def _later(moments: pa.ChunkedArray, now: pa.Scalar) -> pa.Array:
    return pc.fill_null(pc.greater(whole(moments), now), False)


def _blank(values: pa.ChunkedArray, where: pa.Array) -> pa.Array:
    return pc.if_else(where, pa.scalar(None, values.type), whole(values))
