"""What all campaigns do together: people whom no campaign ever writes to, by a second lot, against everybody else."""

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.contract import MOMENT
from reactivate.experiment import Moments, assign, design_effect, peek, welch
from reactivate.experiment.intervals import NOTHING_KNOWN
from reactivate.stages.enter import ALL_CAMPAIGNS
from reactivate.stages.opened import Opened
from reactivate.stages.reading import USUAL_LIFT
from reactivate.stages.split_check import split_of
from reactivate.stages.tables import aligned, counts, whole

LONGEST = timedelta(days=365)


def all_campaigns(opened: Opened) -> dict[str, Any] | None:
    """Customers of before the first campaign (at most a year ago), written to or not, and what they did since.

    None without `holdout_all` or before the first campaign. Read again and again, so the interval is the wide one.
    """
    share = float(opened.business.holdout_all)
    first = pc.min(opened.ledger.passes(None, state=None)["entered_at"]).as_py()
    if not share or first is None or first > opened.moment.now:
        return None
    since = max(first, opened.moment.now - LONGEST)
    orders = _orders(opened)
    before = orders.filter(pc.less_equal(orders["ordered_at"], pa.scalar(since, MOMENT)))
    people = opened.base.table("people").select(["person_id", "household"])
    people = people.filter(pc.is_in(people["person_id"], value_set=whole(before["person_id"])))
    homes = pc.coalesce(whole(people["household"]), whole(people["person_id"]))
    held = assign(homes, secret=opened.ledger.secret, salt=ALL_CAMPAIGNS) < share
    after = orders.filter(pc.greater(orders["ordered_at"], pa.scalar(since, MOMENT)))
    sums = after.group_by("person_id").aggregate([("margin", "sum"), ([], "count_all")])
    mine = aligned(people["person_id"], sums)
    came = np.asarray(pc.is_valid(mine["count_all"])).astype(np.float64)
    margin = np.asarray(pc.fill_null(mine["margin_sum"], 0.0))
    split = split_of([(_households(homes, held), share)])
    effect = design_effect(came, (~held).astype(np.int64), homes)
    x1, n1, x0, n0 = (float(value) / effect for rows in (~held, held) for value in (came[rows].sum(), rows.sum()))
    found = peek(x1, n1, x0, n0, USUAL_LIFT) if split.good else NOTHING_KNOWN
    known = opened.business.margin is not None and split.good
    money = welch(Moments.of(margin[~held]), Moments.of(margin[held])) if known else NOTHING_KNOWN
    return {
        "since": str(since.astimezone(opened.zone).date()),
        "split": split.as_json(),
        "people": int((~held).sum()),
        "ordered": int(came[~held].sum()),
        "held_out": int(held.sum()),
        "held_out_ordered": int(came[held].sum()),
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "margin_per_person": {"difference": money.difference, "low": money.low, "high": money.high},
    }


def _orders(opened: Opened) -> pa.Table:
    """Paid orders up to now: `person_id, ordered_at, margin` (0 where the business names none)."""
    orders = opened.base.table("orders")
    past = pc.less_equal(orders["ordered_at"], pa.scalar(opened.moment.now, MOMENT))
    orders = orders.filter(pc.and_(pc.fill_null(orders["paid"], False), past))
    amount = pc.fill_null(whole(orders["amount"]).cast(pa.float64()), 0.0)
    margin = pc.fill_null(pc.multiply(amount, opened.margin_shares(orders["category"])), 0.0)
    return orders.select(["person_id", "ordered_at"]).append_column("margin", margin.cast(pa.float64()))


def _households(homes: pa.Array, held: Any) -> dict[str, int]:
    arm = pc.if_else(pa.array(held), "holdout", "treated")
    return counts(pa.table({"arm": arm, "home": homes}).group_by(["arm", "home"]).aggregate([])["arm"])
