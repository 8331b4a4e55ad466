"""The limits of a campaign at this moment, as the allocation takes them: what is left of money, codes and contacts."""

from pathlib import Path

import pyarrow.compute as pc

from reactivate.contracts.values import Duration, Rate
from reactivate.stages.candidates_cost import contacts_of
from reactivate.stages.choice import Limits
from reactivate.stages.opened import Opened
from reactivate.stages.settlement import extra_used
from reactivate.stages.terms import limited_channels

_DAYS = {"day": 1.0, "daily": 1.0, "week": 7.0, "weekly": 7.0, "month": 30.0, "monthly": 30.0}


def limits_of(opened: Opened, room: int | None) -> Limits:
    """The limits of the campaign at this moment, less what is used already. `room`: how many more may enter."""
    budget = opened.campaign.limits.budget
    return Limits(
        budget=None if budget is None else budget_left(opened, budget),
        at_most={name: float(share) for name, share in opened.campaign.limits.at_most.items()},
        pools=pools(opened),
        draws=draws(opened),
        capacities={name: _capacity(opened, name) for name in limited_channels(opened)},
        people=room,
    )


def budget_left(opened: Opened, budget: Rate) -> float:
    """The budget of the current period less what is reserved, spent, and still ahead of those inside."""
    period = opened.outbound.budget_period
    kept = opened.ledger.money.budget(opened.campaign.name).get(period)
    used = 0.0 if kept is None else float(kept[1] + kept[2] + extra_used(opened, period))
    return max(0.0, float(budget.amount) - used - contacts_of(opened).ahead())


def draws(opened: Opened) -> dict[str, str]:
    """Offer -> the pool of codes it takes from, where that is another's: of a part of it, or of one with its file."""
    found = {name: opened.outbound.pool_of(name) for name in opened.campaign.offers}
    first = _first_of_file(opened)
    firsts = {name: first.get(pool, pool) for name, pool in found.items() if pool is not None}
    return {name: pool for name, pool in firsts.items() if pool != name}


def _first_of_file(opened: Opened) -> dict[str, str]:
    """Offer with codes -> the first offer whose pool is the same file."""
    firsts: dict[object, str] = {}
    found = {}
    for name, spec in opened.campaign.offers.items():
        file = getattr(spec.settings, "pool", None)
        if isinstance(file, Path):
            found[name] = firsts.setdefault((opened.business.folder / file).resolve(), name)
    return found


def pools(opened: Opened) -> dict[str, int]:
    """What is left of each offer that there is only so much of: codes not given out yet, pieces on hand."""
    left, shared = {}, draws(opened)
    gone: set[str] | None = None
    for name in opened.campaign.offers:
        stock = opened.outbound.offer(name).terms.stock
        if stock is None or name in shared:
            continue
        if opened.outbound.pool_of(name) is None:
            left[name] = max(0, stock - _given(opened, name))
            continue
        gone = {code.casefold() for code in opened.ledger.money.codes_gone()} if gone is None else gone
        left[name] = sum(code.casefold() not in gone for code in opened.outbound.offer(name).codes() or ())
    return left


def _given(opened: Opened, name: str) -> int:
    """Things of an offer that are gone: by the passes that have them."""
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    mine = pc.and_(pc.equal(passes["offer"], name), pc.equal(passes["arm"], "treated"))
    return int(pc.sum(mine).as_py() or 0)


def _capacity(opened: Opened, channel: str) -> float:
    """Contacts a channel takes until the next entry; where nobody enters later, while the goal counts."""
    limit = opened.business.channels[channel].at_most
    assert limit is not None
    room = opened.outbound.channel_room(channel) or 0
    if limit.per is None:
        return float(room)
    ahead = _DAYS.get(str(opened.campaign.enter), opened.campaign.goal.within.days)
    period = limit.per.days if isinstance(limit.per, Duration) else _DAYS[limit.per]
    return room + float(limit.amount) * max(0.0, ahead / period - 1)
