"""Does the ledger keep its promises? Counts of what would break them, and the sums for reports."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from reactivate.contracts.schemas import TOUCH_STATES
from reactivate.ledger import audit, coupons, touches
from reactivate.ledger import schema as t


def violations(connection: Connection) -> dict[str, int]:
    """Every count must be 0: each is a promise of `docs/explanation/ledger.md` that does not hold."""
    c, m, p = t.touch.c, t.message.c, t.passage.c
    of_touch = (c.pass_id == m.pass_id) & (c.step_id == m.step_id)
    handed = c.state.in_(touches.HANDED)

    def count(query: Any) -> int:
        return int(connection.execute(query).scalar_one())

    return {
        "unknown_states": count(select(func.count()).select_from(t.touch).where(c.state.not_in(TOUCH_STATES.split()))),
        "handed_over_without_intent": count(
            select(func.count()).select_from(t.touch).outerjoin(t.message, of_touch).where(handed, m.key.is_(None))
        ),
        "intent_without_hand_over": count(
            select(func.count())
            .select_from(t.message)
            .outerjoin(t.touch, of_touch)
            .where(func.coalesce(c.state, "none").not_in([*touches.HANDED, "rejected"]))
        ),
        "accepted_twice": count(
            select(func.count()).select_from(
                select(t.attempt.c.key)
                .where(t.attempt.c.outcome == "accepted")
                .group_by(t.attempt.c.key, t.attempt.c.n)
                .having(func.count() > 1)
                .subquery()
            )
        ),
        "written_to_holdout": count(
            select(func.count()).select_from(t.message).join(t.passage, p.id == m.pass_id)
            .where(p.arm == "holdout", m.intent_at > p.entered_at, p.outcome.is_distinct_from("merged"))
        ),
        "terminal_without_time": count(
            select(func.count()).select_from(t.touch).where(c.state.not_in(touches.OPEN), c.done_at.is_(None))
        ),
        "open_with_time": count(
            select(func.count()).select_from(t.touch).where(c.state.in_(touches.OPEN), c.done_at.is_not(None))
        ),
        "touches_without_pass": count(
            select(func.count()).select_from(t.touch).outerjoin(t.passage, p.id == c.pass_id).where(p.id.is_(None))
        ),
        "overspent_budgets": count(_overspent()),
        "audit_chain_broken": int(audit.broken_at(connection) is not None),
    }  # fmt: skip


def _overspent() -> Select[Any]:
    """Budgets of which more was given away than there was; used codes stop the next ones, not themselves."""
    b, k = t.budget.c, t.booking.c
    used = select(func.coalesce(func.sum(k.spent), 0)).where(k.campaign_id == b.campaign_id, k.period == b.period)
    return select(func.count()).select_from(t.budget).where(b.reserved + b.spent - used.scalar_subquery() > b.cap)


def figures(connection: Connection) -> dict[str, Any]:
    """Sums of everything; the states of `touches` add up to all touches ever planned."""
    p = t.passage.c
    by_outcome = select(p.state, p.arm, func.count()).group_by(p.state, p.arm)
    return {
        "persons": _count(connection, t.person),
        "records": _count(connection, t.member),
        "touches": touches.counts(connection, None),
        "passes": {f"{state}.{arm}": number for state, arm, number in connection.execute(by_outcome)},
        "events": _count(connection, t.event),
        "answers": _count(connection, t.answer),
        "suppressions": _count(connection, t.suppression),
        "coupons": coupons.counts(connection),
    }


def _count(connection: Connection, table: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
