"""What the offers of a campaign have cost so far: by the codes that came back where a till tells them, else supposed.

Whether an offer was used is seldom told: then whoever reached the goal is taken to have used it, as the guard supposes.
As soon as one code of an offer has been redeemed in this campaign its till tells codes, and only codes that came back
cost anything; one that can still be used stays reserved. What was supposed before is put right.
"""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.contract import MOMENT
from reactivate.economics import NONE
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, marked, whole

_NOTHING = pa.schema([("pass_id", pa.int64()), ("cost", pa.float64())]).empty_table()


@frozen(eq=False)
class Codes:
    """Pass ids of codes that were redeemed and that can still be used; `tells`: pools of which one came back."""

    redeemed: pa.Array
    open: pa.Array
    tells: frozenset[str]

    @classmethod
    def of(cls, opened: Opened) -> "Codes":
        found = opened.ledger.money.codes_of(opened.campaign.name)
        back = found.filter(pc.equal(found["state"], "redeemed"))
        return cls(
            whole(back["pass_id"]),
            whole(found.filter(found["open"])["pass_id"]),
            frozenset(back["pool"].to_pylist()),
        )


def settle(opened: Opened) -> None:
    """Close, or put right, the money reserved for offers of which is known what they came to."""
    found = settled(opened)
    if found:
        opened.ledger.money.settle_offers(opened.campaign.name, found)


def settled(opened: Opened) -> dict[int, Decimal]:
    """Pass id -> what its offer came to, of those whose reservation does not say so yet. Writes nothing."""
    booked = opened.ledger.money.offer_bookings(opened.campaign.name)
    if not booked.num_rows:
        return {}
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    passes = passes.filter(marked(passes["pass_id"], booked["pass_id"]))
    cost = costs(opened, passes, Codes.of(opened), decided=_over(opened, passes))
    known = aligned(cost["pass_id"], booked, "pass_id")
    rows = zip(*(table[name].to_pylist() for table, name in
                 ((cost, "pass_id"), (cost, "cost"), (known, "reserved"), (known, "spent"))), strict=True)  # fmt: skip
    return {number: money for number, amount, reserved, spent in rows
            if (money := _money(amount)) != spent or reserved}  # fmt: skip


def extra_used(opened: Opened, period: str) -> Decimal:
    """How much more of the budget of a period is used than the ledger says, once everything known is settled."""
    found = settled(opened)
    booked = opened.ledger.money.offer_bookings(opened.campaign.name)
    rows = (row for row in booked.to_pylist() if row["pass_id"] in found and row["period"] == period)
    return sum((found[row["pass_id"]] - row["reserved"] - row["spent"] for row in rows), Decimal(0))


def paid(opened: Opened, passes: pa.Table) -> dict[int, float]:
    """Pass id -> what its offer has cost so far, of treated passes with an offer."""
    has = pc.and_(pc.equal(passes["arm"], "treated"), pc.fill_null(pc.not_equal(passes["offer"], NONE), False))
    mine = passes.filter(has)
    found = costs(opened, mine, Codes.of(opened), decided=pa.repeat(pa.scalar(True), mine.num_rows), so_far=True)
    return {number: float(_money(amount)) for number, amount in
            zip(found["pass_id"].to_pylist(), found["cost"].to_pylist(), strict=True)}  # fmt: skip


def costs(opened: Opened, passes: pa.Table, codes: Codes, decided: pa.Array, so_far: bool = False) -> pa.Table:
    """`pass_id, cost` of those passes of which is known what their offer came to (with `so_far`: of all of them)."""
    parts = []
    for name in pc.unique(passes["offer"]).to_pylist():
        here = whole(pc.equal(passes["offer"], name))
        mine, over = passes.filter(here), pc.filter(decided, here)
        known = name in opened.campaign.offers
        pool = opened.outbound.pool_of(name) if known else None
        back = marked(mine["pass_id"], codes.redeemed)
        if pool is not None and pool in codes.tells:
            used = back
            waits = pc.invert(marked(mine["pass_id"], codes.open))
            sure = pc.or_(back, pc.and_(over, waits)) if not so_far else over
        else:
            used, sure = whole(pc.is_valid(mine["goal_at"])), over
        each = _cost(opened, name, mine) if known else pa.repeat(0.0, mine.num_rows)
        amount = pc.if_else(used, each, 0.0)
        parts.append(pa.table({"pass_id": whole(mine["pass_id"]), "cost": amount}).filter(sure))
    return (
        pa.concat_tables(parts)
        if parts
        else pa.table({"pass_id": pa.array([], pa.int64()), "cost": pa.array([], pa.float64())})
    )


def _cost(opened: Opened, name: str, passes: pa.Table) -> pa.Array:
    """What the offer costs on an order of each person's usual size."""
    orders = opened.memory.orders
    amount = orders["amount"].cast(pa.float64())
    real = pc.and_(pc.fill_null(orders["paid"], False), pc.fill_null(pc.greater(amount, 0.0), False))
    mine = pa.table({"person_id": orders["person_id"], "amount": amount}).filter(real)
    mine = (
        mine.filter(marked(mine["person_id"], passes["person_id"]))
        .group_by("person_id")
        .aggregate([("amount", "mean")])
    )
    value = aligned(passes["person_id"], mine)["amount_mean"]
    return whole(opened.outbound.offer(name).cost(whole(value))).cast(pa.float64())


def _over(opened: Opened, passes: pa.Table) -> pa.Array:
    """Passes that have ended and whose goal is reached, or can no longer be."""
    start = pa.scalar(opened.moment.now - timedelta(days=opened.campaign.goal.within.days), MOMENT)
    decided = pc.or_(pc.is_valid(passes["goal_at"]), pc.less(passes["entered_at"], start))
    return whole(pc.and_(pc.equal(passes["state"], "ended"), decided))


def _money(amount: float | None) -> Decimal:
    return Decimal(str(round(max(amount or 0.0, 0.0), 2))).quantize(Decimal("0.01"))
