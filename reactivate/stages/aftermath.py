"""What stands beside the lift and is none: whose click or code preceded an order, and how winners went on."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.experiment import second_life
from reactivate.stages.money import followed
from reactivate.stages.opened import Opened
from reactivate.stages.start import Start
from reactivate.stages.tables import aligned, marked, whole

MOST = 5
NO_LIFT = "people who clicked or used a code and reached the goal; many of them would have come anyway: this is no lift"


def attribution(opened: Opened, treated: pa.Table, events: pa.Table) -> dict[str, Any]:
    """Treated people whose goal came after a click, and whose code was redeemed. Counted, never compared."""
    clicks = events.filter(pc.equal(events["kind"], "clicked"))
    first = clicks.group_by("pass_id").aggregate([("at", "min")])
    clicked_at = whole(aligned(treated["pass_id"], first, "pass_id")["at_min"])
    after = pc.fill_null(pc.less_equal(clicked_at, whole(treated["goal_at"])), False)
    redeemed = opened.ledger.money.redeemed(opened.campaign.name)
    reached = int(pc.sum(pc.is_valid(treated["goal_at"])).as_py() or 0)
    return {
        "reached": reached,
        "after_click": int(pc.sum(after).as_py() or 0),
        "by_code": int(pc.sum(marked(treated["pass_id"], redeemed)).as_py() or 0),
        "said": NO_LIFT,
    }


def winners(opened: Opened, passes: pa.Table, start: Start) -> dict[str, Any]:
    """How those who came back went on, in both arms: share with at least 1, 2 … orders after the one of the goal.

    Orders within `follow`; `people` are those who reached the goal. The arms are no experiment any more here: who came
    because of a letter is another kind of customer than who came by himself.
    """
    back = passes.filter(pc.is_valid(passes["goal_at"]))
    orders = followed(opened, passes, start)
    goal = whole(aligned(orders["pass_id"], passes, "pass_id")["goal_at"])
    later = orders.filter(pc.fill_null(pc.greater(whole(orders["ordered_at"]), goal), False))
    count = later.group_by("pass_id").aggregate([([], "count_all")])
    found: dict[str, Any] = {"most": MOST, "follow_days": opened.campaign.goal.follow_for.days}
    for arm in ("treated", "holdout"):
        mine = back.filter(pc.equal(back["arm"], arm))
        each = pc.fill_null(aligned(mine["pass_id"], count, "pass_id")["count_all"], 0)
        shares = second_life(np.asarray(each, dtype=np.float64), MOST)
        found[arm] = {"people": mine.num_rows, "shares": shares}
    return found
