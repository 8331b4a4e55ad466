"""Offers in a campaign: every person with every offer, the best of them, and what the plan says of each."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import NONE, OfferSums, candidates
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.opened import Opened
from reactivate.stages.tables import whole


def candidates_of(opened: Opened, people: pa.Table, rate: BaseRate) -> pa.Table:
    """CANDIDATES for the audience: every person with every offer, and with none."""
    value = people["avg_order"].cast(pa.float64())
    share = opened.margin_shares(people["last_category"])
    known = {
        "person_id": people["person_id"],
        "segment": people["segment"],
        "base_rate": pa.repeat(pa.scalar(rate.rate, pa.float64()), people.num_rows),
        "base_source": pa.repeat(pa.scalar("history"), people.num_rows),
        "order_value": value,
        "margin": pc.multiply(value, share),
        "contact_cost": pa.repeat(pa.scalar(opened.outbound.contact_cost), people.num_rows),
    }
    limit = opened.campaign.limits.payback
    sums = {NONE: _none(opened)} | {name: _sums(opened, name, people, value) for name in opened.campaign.offers}
    return candidates(pa.table(known), sums, payback=None if limit is None else int(limit))


def _none(opened: Opened) -> OfferSums:
    return OfferSums(lift=opened.campaign.goal.assumed_lift, cost=0.0)


def _sums(opened: Opened, name: str, people: pa.Table, value: pa.ChunkedArray) -> OfferSums:
    spec = opened.campaign.offers[name]
    offer = opened.outbound.offer(name)
    rule = opened.rules.offer(name)
    lift = spec.assumed_lift if spec.assumed_lift is not None else opened.campaign.goal.assumed_lift
    return OfferSums(
        lift=lift,
        cost=offer.cost(whole(value)),
        allowed=None if rule is None else rule.true(people),
        word=spec.use,
    )


def best(offered: pa.Table) -> pa.Table:
    """`person_id, expected_profit, offer`: the allowed offer with the largest E per person; undecided ones keep null.

    `none` always competes. Among equals the cheapest goes first, then the name, so that plans are repeatable.
    """
    allowed = offered.filter(pc.is_null(offered["verdict"]))
    rest = pc.fill_null(allowed["expected_profit"], -np.inf)
    ranked = allowed.append_column("rank", rest).sort_by(
        [("person_id", "ascending"), ("rank", "descending"), ("offer_cost", "ascending"), ("offer", "ascending")]
    )
    first = ranked.group_by("person_id", use_threads=False).aggregate(
        [("expected_profit", "first"), ("offer", "first")]
    )
    return first.rename_columns(["person_id", "expected_profit", "offer"])


def summaries(opened: Opened, offered: pa.Table | None) -> list[dict[str, Any]]:
    """One row per offer: `name, use, break_even_lift` (median), `said, expected_profit` (sum), `at_most`."""
    if offered is None:
        return []
    return [_summary(opened, name, offered) for name in opened.campaign.offers]


def _summary(opened: Opened, name: str, offered: pa.Table) -> dict[str, Any]:
    rows = offered.filter(pc.equal(offered["offer"], name))
    free = rows.filter(pc.is_null(rows["verdict"]))
    lifts = rows["break_even_lift"].drop_null()
    profit = pc.sum(free["expected_profit"]).as_py()
    return {
        "name": name,
        "use": opened.campaign.offers[name].use,
        "break_even_lift": float(np.median(lifts.to_numpy())) if len(lifts) else None,
        "said": _said(rows, free, opened.business.currency),
        "expected_profit": profit,
        "people": free.num_rows,
        "at_most": float(pc.sum(free["offer_cost"]).as_py() or 0),
    }


def _said(rows: pa.Table, free: pa.Table, currency: str) -> str:
    if free.num_rows:
        profit = pc.sum(free["expected_profit"]).as_py()
        worth = (
            "undecided: no lift measured or assumed" if profit is None else f"expected {profit:,.2f} {currency} in all"
        )
        return f"allowed for {free.num_rows:,} of {rows.num_rows:,}; {worth}"
    reasons = pc.value_counts(rows["verdict"].combine_chunks()).to_pylist()
    if not reasons:
        return "nobody to judge"
    most = max(reasons, key=lambda item: item["counts"])
    return f"refused for all {rows.num_rows:,}: {most['values']}"
