"""What an offer needs of the ledger: its codes and its money, reserved on entering and settled when the pass ends."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import NONE
from reactivate.stages.draft import Draft
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, whole


def open_budget(opened: Opened) -> None:
    """Tell the ledger the cap of this period; without `limits: budget` there is none."""
    budget = opened.campaign.limits.budget
    if budget is not None:
        opened.ledger.set_budget(opened.campaign.name, budget.amount, opened.outbound.budget_period)


def fill_pools(opened: Opened) -> None:
    """Give the ledger the codes of the campaign's pools: all of a file, of made ones as many as there are passes."""
    campaign = opened.campaign.name
    for name in opened.campaign.offers:
        if opened.outbound.pool_of(name) != name:
            continue
        known = sum(opened.ledger.codes(campaign, name))
        offer = opened.outbound.offer(name)
        wanted = _treated(opened) if offer.terms.stock is None else offer.terms.stock
        if wanted > known:
            listed: Iterator[str] = offer.codes() or iter(())
            fresh = islice(listed, wanted - known) if offer.terms.stock is None else listed
            opened.ledger.add_codes(campaign, name, fresh)


def _treated(opened: Opened) -> int:
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    return int(pc.sum(pc.equal(passes["arm"], "treated")).as_py() or 0)


def reserve(opened: Opened, drafted: Draft, fresh: pa.Table) -> list[int]:
    """Reserve code and money for the offers of `fresh` passes; the passes for which the pool was dry."""
    mine = _with_offer(fresh)
    if not mine.num_rows or drafted.entry.choice is None:
        return []
    taken = aligned(mine["person_id"], drafted.entry.choice.taken)
    sums = pc.subtract(taken["cost"], opened.outbound.contact_cost).to_pylist()
    booked = {number: _money(amount) for number, amount in zip(mine["pass_id"].to_pylist(), sums, strict=True)}
    opened.ledger.book_offers(opened.campaign.name, opened.outbound.budget_period, booked)
    pairs = [
        (number, pool)
        for number, offer in zip(mine["pass_id"].to_pylist(), mine["offer"].to_pylist(), strict=True)
        if (pool := opened.outbound.pool_of(offer)) is not None
    ]
    return opened.ledger.reserve_codes(pairs)


def settle(opened: Opened, drafted: Draft, changed: pa.Table) -> None:
    """Close the money reserved for passes that have just ended: the offer's cost where the goal was reached, else 0.

    Whether the offer was used is seldom told, so whoever came is taken to have used it, as the guard supposes.
    """
    ended = _with_offer(changed.filter(pc.equal(changed["state"], "ended")))
    spent: dict[int, Decimal] = {}
    for name in pc.unique(ended["offer"]).to_pylist() if ended.num_rows else ():
        rows = ended.filter(pc.equal(ended["offer"], name))
        if name not in opened.campaign.offers:
            spent |= dict.fromkeys(rows["pass_id"].to_pylist(), Decimal(0))
            continue
        value = aligned(rows["person_id"], drafted.profiles)["avg_order"].cast(pa.float64())
        cost = pc.if_else(pc.is_valid(whole(rows["goal_at"])), opened.outbound.offer(name).cost(whole(value)), 0.0)
        spent |= dict(zip(rows["pass_id"].to_pylist(), map(_money, cost.to_pylist()), strict=True))
    if spent:
        opened.ledger.settle_offers(opened.campaign.name, spent)


def _with_offer(passes: pa.Table) -> pa.Table:
    """Treated passes that have an offer."""
    has = pc.and_(pc.equal(passes["arm"], "treated"), pc.fill_null(pc.not_equal(passes["offer"], NONE), False))
    return passes.filter(has)


def _money(amount: float | None) -> Decimal:
    return Decimal(str(round(max(amount or 0.0, 0.0), 2)))
