"""Offers in a campaign: every person with every offer, the terms of E, and what the guards of the business refuse."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import NONE, OfferSums, candidates, guards
from reactivate.economics.words import OPEN_OFFER
from reactivate.host.protocols import Guard
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.candidates_cost import contacts_of
from reactivate.stages.later_orders import LaterOrders
from reactivate.stages.lifts import Lifts
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, first_per, marked, whole


def candidates_of(opened: Opened, people: pa.Table, rate: BaseRate, later: LaterOrders, lifts: Lifts) -> pa.Table:
    """CANDIDATES for the audience: every person with every offer, and with none; refused ones carry the reason.

    `people`: profiles with `segment`. The column `x_uses_<channel>` holds the contacts that one pass may need there.
    """
    rows = people.num_rows
    value = people["avg_order"].cast(pa.float64())
    margin = pc.multiply(value, opened.margin_shares(people["last_category"]))
    contacts = contacts_of(opened)
    contact_cost, contact_source = contacts.cost(people["segment"])
    base, base_source = lifts.base(people["segment"], rate.rate)
    known = {
        "person_id": people["person_id"],
        "segment": people["segment"],
        "base_rate": base,
        "base_source": base_source,
        "order_value": value,
        "margin": margin,
        "bonus": pc.multiply(pc.max_element_wise(margin, 0.0, skip_nulls=False), bonus_share(opened)),
        "contact_cost": contact_cost,
        "contact_source": contact_source,
        "repeat_rate": pa.repeat(pa.scalar(later.repeat.rate, pa.float64()), rows),
        "gap_days": pa.repeat(pa.scalar(later.repeat.gap_days, pa.float64()), rows),
        "later_source": pa.repeat(pa.scalar("history"), rows),
        **{f"x_uses_{name}": contacts.uses(name, people["segment"]) for name in limited_channels(opened)},
    }
    limit = opened.campaign.limits.payback
    sums = {NONE: OfferSums(**lifts.terms(people["segment"], NONE), cost=0.0)}
    sums |= {name: _sums(opened, name, people, value, lifts) for name in opened.campaign.offers}
    found = candidates(pa.table(known), sums, payback=None if limit is None else int(limit))
    return judged(opened, guards.judged(found, holding(opened, found)))


def _sums(opened: Opened, name: str, people: pa.Table, value: pa.ChunkedArray, lifts: Lifts) -> OfferSums:
    rule = opened.rules.offer(name)
    # Whoever uses the offer orders at least so much, and a share is taken of that.
    value = pc.max_element_wise(value, _least_order(opened, name), skip_nulls=False)
    return OfferSums(
        **lifts.terms(people["segment"], name),
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


def bonus_share(opened: Opened) -> float:
    """Part of an order's margin that is due to staff, as if its rule were always true; 0 without `staff_bonus`."""
    due = opened.campaign.staff_bonus
    return 0.0 if due is None else float(due.pay)


def judged(opened: Opened, offered: pa.Table) -> pa.Table:
    """`offered` with the verdicts of the guards that the business names, in the order of its file."""
    for spec in opened.business.guards:
        guard: Guard = spec.descriptor.create(spec.settings, opened.context(spec.name or spec.use))
        offered = guards.judged(offered, guard.judge(offered))
    return offered


def limited_channels(opened: Opened) -> list[str]:
    """Channels of the journey that take only so many contacts in a period."""
    names = dict.fromkeys(name for name, _ in opened.outbound.ways)
    return [name for name in names if opened.business.channels[name].at_most is not None]
