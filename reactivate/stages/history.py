"""The base rate of a campaign, measured on its own audience rule one window ago (DESIGN section 10)."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.stages.audience import audience
from reactivate.stages.base_rate import BaseRate, measured, unknown, window
from reactivate.stages.opened import Opened
from reactivate.stages.profile import profiles
from reactivate.stages.tables import aligned, marked, with_columns

FROM_ORDERS = frozenset(
    [
        "orders",
        "first_order_on",
        "last_order_on",
        "since_first_order",
        "since_last_order",
        "rhythm",
        "expected_order_on",
        "overdue",
        "revenue",
        "avg_order",
        "margin",
        "last_category",
        "categories",
        "last_items",
        "last_staff",
        "returns",
        "returns_share",
        "order_days",
        "rfm",
        "r",
        "f",
        "m",
        "stage",
        "stage_class",
        "lapse_line",
        "lost_line",
        "lapse_by",
        "recommended",
        "novelties",
        "chance_alive",
        "expected_orders",
        "expected_value",
    ]
)
"""Columns that can be computed for a day in the past; all others have no history and take today's value."""


def base_rate(opened: Opened, today: pa.Table) -> BaseRate:
    """The audience of one window ago and how much of it reached the goal by itself (DESIGN section 10)."""
    start, before = window(opened.moment.day, opened.campaign.goal.within.days)
    # Orders alone would understate a goal that other events reach too, and make every offer look better than it is.
    untold = [event for event in opened.campaign.goal.event if event != "ordered"]
    if untold:
        return unknown(f"no history of {' or '.join(untold)}", start=start, until=opened.moment.day)
    people, orders = opened.base.table("people"), opened.base.table("orders")
    then = profiles(
        people,
        orders,
        as_of=start,
        until=before,
        zone=opened.zone,
        windows=opened.rules.windows,
        margin=opened.margins,
        columns=opened.columns,
        forecasts=opened.asked_forecasts,
        goal_days=opened.goal_days,
        services=opened.services,
        lines=opened.base.table("lines"),
        shelf=opened.rules.names & {"recommended", "novelties"},
    )
    used = {name for rule in opened.rules.audience for name in rule.names}
    known = FROM_ORDERS | _segmented(opened)
    without = sorted(name for name in used if name.split("(")[0] not in known)
    for name in without:
        then = with_columns(then, {name: aligned(then["person_id"], today)[name]})
    met = audience(then, opened.rules.audience).people
    touched = marked(met, opened.memory.touched_since(start))
    met = met.filter(pc.invert(touched))
    returned = opened.memory.returned(met, start, opened.moment.day)
    return measured(
        met,
        returned,
        start=start,
        until=opened.moment.day,
        left_out=int(pc.sum(touched).as_py() or 0),
        without_history=tuple(without),
    )


def _segmented(opened: Opened) -> frozenset[str]:
    """Columns of segmenters: they see only the orders of the past, so they have a history too."""
    return frozenset(
        column.name if at == 0 else added.name
        for column in opened.columns
        for at, added in enumerate(column.descriptor.adds)
    )
