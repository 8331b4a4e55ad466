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


def settle_at(connection: Connection, campaign: int, ref: str, spent: int) -> None:
    """What a reservation came to in the end; a later word, such as a code that was redeemed late, corrects it."""
    k, b = t.booking.c, t.budget.c
    mine = (k.campaign_id == campaign) & (k.ref == ref)
    row = connection.execute(select(k.period, k.reserved, k.spent).where(mine)).first()
    if row is None or (row.reserved == 0 and row.spent == spent):
        return
    changes = {"reserved": b.reserved - row.reserved, "spent": b.spent + spent - row.spent}
    connection.execute(update(t.budget).where(b.campaign_id == campaign, b.period == row.period).values(**changes))
    connection.execute(update(t.booking).where(mine).values(reserved=0, spent=spent))


def used_up(connection: Connection, campaign: int, period: str) -> bool:
    """Whether what was spent has reached the cap; a campaign without one never has."""
    b = t.budget.c
    mine = (b.campaign_id == campaign) & (b.period == period)
    row = connection.execute(select(b.cap, b.spent).where(mine)).first()
    return row is not None and row.spent >= row.cap


def bookings(connection: Connection, campaign: int, prefix: str) -> list[tuple[str, str, int, int]]:
    """What stands behind `prefix` in the names of reservations, open or closed: name, period, reserved, spent."""
    k = t.booking.c
    query = select(k.ref, k.period, k.reserved, k.spent).where(k.campaign_id == campaign, k.ref.startswith(prefix))
    rows = connection.execute(query.order_by(k.ref))
    return [(str(ref).removeprefix(prefix), period, reserved, spent) for ref, period, reserved, spent in rows]


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
