"""What campaigns taught: per segment, offer and arm, how many reached the goal among those whose time is over.

Nothing is stored twice: passes are the truth. What was fixed when a version took in its first people (`stages.start`)
stands in `baseline`: metrics `goal/<event or event>`, `within_days` …, period `v<version>`.
"""

from datetime import datetime

import pyarrow as pa
from sqlalchemy import Connection, Text, and_, case, cast, func, literal, select

from reactivate.ledger import schema as t
from reactivate.ledger.clock import micros
from reactivate.ledger.store import table_of

_DAY = 86_400_000_000
TAUGHT = pa.schema(
    [
        ("campaign", pa.string()),
        ("version", pa.int64()),
        ("goal", pa.string()),
        ("segment", pa.string()),
        ("offer", pa.string()),
        ("arm", pa.string()),
        ("people", pa.int64()),
        ("reached", pa.int64()),
    ]
)


def taught(connection: Connection, now: datetime) -> pa.Table:
    """TAUGHT: passes of every campaign whose window is over at `now`, counted; offer `none` where there was none.

    Only whole windows teach: who entered last week has not had his time yet, in neither arm.
    """
    p, start = t.passage.c, t.baseline.alias("start")
    goal = t.baseline.alias("goal")
    period = literal("v") + cast(p.version_id, Text)
    over = p.entered_at <= micros(now) - start.c.value * _DAY
    offer = func.coalesce(p.offer, "none")
    seen = case((p.goal_at <= micros(now), 1), else_=0)
    query = (
        select(t.campaign.c.name, p.version_id, goal.c.metric, p.segment, offer, p.arm, func.count(), func.sum(seen))
        .join(t.campaign, t.campaign.c.id == p.campaign_id)
        .join(start, and_(start.c.campaign_id == p.campaign_id, start.c.metric == "within_days",
                          start.c.period == period))
        .join(goal, and_(goal.c.campaign_id == p.campaign_id, goal.c.metric.like("goal/%"), goal.c.period == period))
        .where(over)
        .group_by(t.campaign.c.name, p.version_id, goal.c.metric, p.segment, offer, p.arm)
        .order_by(t.campaign.c.name, p.version_id, p.segment, offer, p.arm)
    )  # fmt: skip
    return table_of(connection, query, TAUGHT)


def redeemed(connection: Connection, campaign: str, now: datetime) -> pa.Array:
    """Ids of the passes whose code was redeemed by `now`."""
    c = t.coupon.c
    query = (
        select(c.pass_id)
        .join(t.campaign, t.campaign.c.id == c.campaign_id)
        .where(
            t.campaign.c.name == campaign, c.state == "redeemed", c.pass_id.is_not(None), c.redeemed_at <= micros(now)
        )
        .distinct()
    )
    return table_of(connection, query, pa.schema([("pass_id", pa.int64())]))["pass_id"].combine_chunks()
