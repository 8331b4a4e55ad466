"""What campaigns taught: per segment, offer and arm, how many reached the goal among those whose time is over.

Nothing is stored twice: passes are the truth. What was fixed when a version took in its first people (`stages.start`)
stands in `baseline`: metrics `goal/<event or event>`, `within_days` …, period `v<version>`.
"""

from datetime import datetime

import pyarrow as pa
from sqlalchemy import Connection, Text, and_, case, cast, func, literal, literal_column, select

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

USED = pa.schema(
    [
        ("campaign", pa.string()),
        ("goal", pa.string()),
        ("segment", pa.string()),
        ("offer", pa.string()),
        ("people", pa.int64()),
        ("reached", pa.int64()),
        ("used", pa.int64()),
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
    # Spelt out: as a parameter PostgreSQL would not know the grouped expression for the selected one.
    offer = func.coalesce(p.offer, literal_column("'none'"))
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


def used(connection: Connection, now: datetime) -> pa.Table:
    """USED: of the treated whose window is over and who have a code, how many reached the goal, and used the code.

    A campaign and offer of which no code was ever redeemed is there too: nobody used one, or nobody told.
    """
    p, c, start = t.passage.c, t.coupon.c, t.baseline.alias("start")
    goal = t.baseline.alias("goal")
    period = literal("v") + cast(p.version_id, Text)
    over = p.entered_at <= micros(now) - start.c.value * _DAY
    seen = case((p.goal_at <= micros(now), 1), else_=0)
    back = case((and_(c.state == "redeemed", c.redeemed_at <= micros(now)), 1), else_=0)
    codes = select(c.pass_id, func.max(back).label("back")).where(c.pass_id.is_not(None)).group_by(c.pass_id).subquery()
    query = (
        select(t.campaign.c.name, goal.c.metric, p.segment, p.offer, func.count(), func.sum(seen),
               func.sum(codes.c.back))
        .join(t.campaign, t.campaign.c.id == p.campaign_id)
        .join(codes, codes.c.pass_id == p.id)
        .join(start, and_(start.c.campaign_id == p.campaign_id, start.c.metric == "within_days",
                          start.c.period == period))
        .join(goal, and_(goal.c.campaign_id == p.campaign_id, goal.c.metric.like("goal/%"), goal.c.period == period))
        .where(over, p.arm == "treated", p.offer.is_not(None))
        .group_by(t.campaign.c.name, goal.c.metric, p.segment, p.offer)
        .order_by(t.campaign.c.name, p.segment, p.offer)
    )  # fmt: skip
    return table_of(connection, query, USED)


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
