"""Budgets: a cap per campaign and period, reserved before it is spent, never passed."""

from decimal import Decimal

from sqlalchemy import Connection, select, update

from reactivate.ledger import schema as t
from reactivate.ledger.clock import minor
from reactivate.ledger.store import Store


def set_cap(store: Store, connection: Connection, campaign: int, period: str, cap: Decimal) -> None:
    """Give a campaign's period its cap; sums already reserved and spent stay."""
    put = store.put(t.budget).values(campaign_id=campaign, period=period, cap=minor(cap), reserved=0, spent=0)
    connection.execute(put.on_conflict_do_update(index_elements=["campaign_id", "period"], set_={"cap": minor(cap)}))


def reserve(connection: Connection, campaign: int, period: str, amount: int) -> bool:
    """Take `amount` (minor units) from what is left; false when it does not fit. No budget = no limit."""
    b = t.budget.c
    mine = (b.campaign_id == campaign) & (b.period == period)
    fits = b.reserved + b.spent + amount <= b.cap
    done = connection.execute(update(t.budget).where(mine, fits).values(reserved=b.reserved + amount))
    if done.rowcount:
        return True
    return connection.execute(select(b.cap).where(mine)).scalar_one_or_none() is None


def settle(connection: Connection, campaign: int, period: str, amount: int, *, spent: bool) -> None:
    """Turn a reserved amount into spent money, or give it back."""
    b = t.budget.c
    changes = {"reserved": b.reserved - amount} | ({"spent": b.spent + amount} if spent else {})
    connection.execute(update(t.budget).where(b.campaign_id == campaign, b.period == period).values(**changes))


def book(store: Store, connection: Connection, campaign: int, period: str, ref: str, amount: int) -> bool:
    """Reserve under a name (a pass and its offer): the same name twice is one reservation."""
    found = select(t.booking.c.reserved).where(t.booking.c.campaign_id == campaign, t.booking.c.ref == ref)
    if connection.execute(found).first() is not None:
        return True
    if not reserve(connection, campaign, period, amount):
        return False
    row = {"campaign_id": campaign, "ref": ref, "period": period, "reserved": amount, "spent": 0}
    connection.execute(store.put(t.booking).values(**row))
    return True


def unbook(connection: Connection, campaign: int, ref: str, *, spent: int = 0) -> None:
    """Close a reservation made by `book`: `spent` of it was used, the rest is free again. Twice is once."""
    k = t.booking.c
    mine = (k.campaign_id == campaign) & (k.ref == ref)
    row = connection.execute(select(k.period, k.reserved).where(mine, k.reserved > 0)).first()
    if row is None:
        return
    b = t.budget.c
    connection.execute(
        update(t.budget)
        .where(b.campaign_id == campaign, b.period == row.period)
        .values(reserved=b.reserved - row.reserved, spent=b.spent + spent)
    )
    connection.execute(update(t.booking).where(mine).values(reserved=0, spent=spent))


def booked(connection: Connection, campaign: int, prefix: str) -> list[str]:
    """What stands behind `prefix` in the names of reservations that are still open."""
    k = t.booking.c
    query = select(k.ref).where(k.campaign_id == campaign, k.reserved > 0, k.ref.startswith(prefix))
    return [str(ref).removeprefix(prefix) for ref in connection.execute(query).scalars()]


def state(connection: Connection, campaign: int) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    """Per period: cap, reserved, spent."""
    b = t.budget.c
    query = select(b.period, b.cap, b.reserved, b.spent).where(b.campaign_id == campaign)
    return {
        period: (Decimal(cap) / 100, Decimal(held) / 100, Decimal(spent) / 100)
        for period, cap, held, spent in connection.execute(query)
    }
