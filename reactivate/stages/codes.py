"""What an offer needs of the ledger: its codes and its money, reserved on entering (`settlement` closes them)."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.economics import NONE
from reactivate.stages.draft import Draft
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned


def open_budget(opened: Opened) -> None:
    """Tell the ledger the cap of this period; without `limits: budget` there is none."""
    budget = opened.campaign.limits.budget
    if budget is not None:
        opened.ledger.money.set_budget(opened.campaign.name, budget.amount, opened.outbound.budget_period)


def fill_pools(opened: Opened) -> None:
    """Give the ledger the codes of the campaign's pools: all of a file, of made ones as many as there are passes."""
    campaign = opened.campaign.name
    for name in opened.campaign.offers:
        if opened.outbound.pool_of(name) != name:
            continue
        known = sum(opened.ledger.money.codes(campaign, name))
        offer = opened.outbound.offer(name)
        wanted = _treated(opened) if offer.terms.stock is None else offer.terms.stock
        if wanted > known:
            listed: Iterator[str] = offer.codes() or iter(())
            fresh = islice(listed, wanted - known) if offer.terms.stock is None else listed
            opened.ledger.money.add_codes(campaign, name, fresh)


def _treated(opened: Opened) -> int:
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    return int(pc.sum(pc.equal(passes["arm"], "treated")).as_py() or 0)


def at_most(drafted: Draft) -> float:
    """What the offers of those who would enter and be treated cost if every one of them is used."""
    offered, entrants = drafted.candidates, drafted.entry.entrants
    if offered is None:
        return 0.0
    mine = entrants.filter(pc.equal(entrants["arm"], "treated")).select(["person_id", "offer"])
    costs = offered.select(["person_id", "offer", "offer_cost"]).join(mine, ["person_id", "offer"], join_type="inner")
    return float(pc.sum(costs["offer_cost"]).as_py() or 0)


def reserve(opened: Opened, drafted: Draft, fresh: pa.Table) -> list[int]:
    """Reserve code and money for the offers of `fresh` passes; the passes for which the pool was dry."""
    mine = _with_offer(fresh)
    if not mine.num_rows or drafted.entry.choice is None:
        return []
    taken = aligned(mine["person_id"], drafted.entry.choice.taken)
    sums = pc.subtract(taken["cost"], _contact_cost(drafted, mine)).to_pylist()
    booked = {number: _money(amount) for number, amount in zip(mine["pass_id"].to_pylist(), sums, strict=True)}
    opened.ledger.money.book_offers(opened.campaign.name, opened.outbound.budget_period, booked)
    pairs = [
        (number, pool)
        for number, offer in zip(mine["pass_id"].to_pylist(), mine["offer"].to_pylist(), strict=True)
        if (pool := opened.outbound.pool_of(offer)) is not None
    ]
    return opened.ledger.money.reserve_codes(pairs)


def _contact_cost(drafted: Draft, passes: pa.Table) -> pa.ChunkedArray:
    """Expected cost of the contacts of each pass: it is spent as they leave, not reserved."""
    offered = drafted.candidates
    assert offered is not None
    plain = offered.filter(pc.equal(offered["offer"], NONE)).select(["person_id", "contact_cost"])
    return aligned(passes["person_id"], plain)["contact_cost"]


def _with_offer(passes: pa.Table) -> pa.Table:
    """Treated passes that have an offer."""
    has = pc.and_(pc.equal(passes["arm"], "treated"), pc.fill_null(pc.not_equal(passes["offer"], NONE), False))
    return passes.filter(has)


def _money(amount: float | None) -> Decimal:
    return Decimal(str(round(max(amount or 0.0, 0.0), 2)))
