"""Offers in a campaign: every person with every offer, the terms of E, and what the guards of the business refuse."""

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve

from reactivate.economics import DEFAULT, NONE, OfferSums, candidates, guards
from reactivate.economics.words import OPEN_OFFER
from reactivate.host.protocols import Guard
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.later_orders import LaterOrders
from reactivate.stages.lifts import Lifts
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, first_per, marked, whole
from reactivate.stages.terms import success_of, terms_of
from reactivate.stages.uses import Uses, uses_of


def candidates_of(opened: Opened, people: pa.Table, rate: BaseRate, later: LaterOrders, lifts: Lifts) -> pa.Table:
    """CANDIDATES for the audience: every person with every offer, and with none; refused ones carry the reason.

    `people`: profiles with `segment`. Columns `x_…` come from `terms_of`.
    """
    goal, limit = opened.campaign.goal, opened.campaign.limits.payback
    known = terms_of(opened, people, rate, later, lifts)
    value = people["avg_order"].cast(pa.float64())
    if goal.is_order:
        value = pc.coalesce(known["order_value"], value)
    sums = {NONE: OfferSums(**lifts.terms(people["segment"], NONE), cost=0.0)}
    used = uses_of(opened, lifts.set_aside)
    sums |= {name: _sums(opened, name, people, value, lifts, used) for name in opened.campaign.offers}
    found = candidates(
        known,
        sums,
        # What is no order is not brought forward, and no later order pays it back.
        assumptions=DEFAULT if goal.is_order else evolve(DEFAULT, brought_forward=0.0),
        payback=int(limit) if limit is not None and goal.is_order else None,
        success=success_of(opened),
    )
    return judged(opened, guards.judged(found, holding(opened, found)))


def _sums(opened: Opened, name: str, people: pa.Table, value: pa.ChunkedArray, lifts: Lifts, used: Uses) -> OfferSums:
    rule = opened.rules.offer(name)
    # Whoever uses the offer orders at least so much, and a share is taken of that.
    value = pc.max_element_wise(value, _least_order(opened, name), skip_nulls=False)
    return OfferSums(
        **lifts.terms(people["segment"], name),
        **used.terms(people["segment"], name),
        cost=opened.outbound.offer(name).cost(whole(value)),
        allowed=None if rule is None else rule.true(people),
        word=name,
    )


def _least_order(opened: Opened, name: str) -> float:
    """The least order that an offer is good for: its own, or the largest of the parts it is made of."""
    spec = opened.campaign.offers[name]
    own = 0.0 if spec.min_order is None else float(spec.min_order.amount)
    return max([own, *(_least_order(opened, part) for part in getattr(spec.settings, "of", ()))])


def holding(opened: Opened, offered: pa.Table) -> pa.Table:
    """`person_id, offer, verdict`: nobody has two open offers at once (SPEC section 6), of whichever campaigns.

    Open is a code not used whose time is not over, and what somebody got who is still inside the campaign.
    """
    codes = opened.ledger.money.open_offers(opened.moment.now).select(["person_id", "campaign"])
    inside = opened.ledger.passes(state="inside")
    given = pc.and_(pc.equal(inside["arm"], "treated"), pc.fill_null(pc.not_equal(inside["offer"], NONE), False))
    open_ = pa.concat_tables([codes, inside.filter(given).select(["person_id", "campaign"]).cast(codes.schema)])
    rows = offered.select(["person_id", "offer"]).filter(pc.not_equal(offered["offer"], NONE))
    rows = rows.filter(marked(rows["person_id"], open_["person_id"]))
    of = aligned(rows["person_id"], first_per(open_, "person_id", "campaign"))["campaign"]
    return rows.append_column("verdict", pc.binary_join_element_wise(f"{OPEN_OFFER}: of", of, " "))


def judged(opened: Opened, offered: pa.Table) -> pa.Table:
    """`offered` with the verdicts of the guards that the business names, in the order of its file."""
    for spec in opened.business.guards:
        guard: Guard = spec.descriptor.create(spec.settings, opened.context(spec.name or spec.use))
        offered = guards.judged(offered, guard.judge(offered))
    return offered
