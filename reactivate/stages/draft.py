"""The shared middle of plan and run: profiles, reach, audience, and who would enter now."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.economics import DEFAULT
from reactivate.stages.allocation import limits_of
from reactivate.stages.audience import Audience, audience
from reactivate.stages.base_rate import BaseRate
from reactivate.stages.choice import Choice, Limits, choose
from reactivate.stages.enter import Choose, Entry, Rules, enter
from reactivate.stages.exploration import explored
from reactivate.stages.history import base_rate
from reactivate.stages.later_orders import LaterOrders, later_orders
from reactivate.stages.lifts import Lifts, lifts_of
from reactivate.stages.named_offers import competing
from reactivate.stages.offers import candidates_of
from reactivate.stages.opened import Opened
from reactivate.stages.periods import period_start
from reactivate.stages.profile import profiles
from reactivate.stages.reach import reach
from reactivate.stages.strata import strata_of
from reactivate.stages.tables import whole, with_columns

Reach = Mapping[tuple[str, str], pa.Table]


@frozen
class Draft:
    """`reach`: (channel, purpose) -> person_id, value, display, why. `due`: whether people are taken in now.

    `seen`: the last pass that was known when people were chosen: whoever enters meanwhile is not taken in again.

    `rate`, `later`, `candidates` and `lifts` are there where entrants are judged by them (`Opened.judged`).
    """

    profiles: pa.Table
    reach: Reach
    audience: Audience
    entry: Entry
    due: bool
    seen: int
    rate: BaseRate | None = None
    later: LaterOrders | None = None
    candidates: pa.Table | None = None
    lifts: Lifts | None = None


def everybody(opened: Opened) -> tuple[pa.Table, Reach]:
    """Profiles of all people at this moment, with `can_…` of every channel, and the reach they come from."""
    found = reaches(opened)
    table = profiles(
        opened.base.table("people"),
        opened.base.table("orders"),
        as_of=opened.moment.day,
        zone=opened.zone,
        windows=opened.rules.windows,
        margin=opened.margins,
        columns=opened.columns,
        forecasts=opened.forecasts,
        goal_days=opened.goal_days,
        services=opened.services,
        heard=opened.memory.heard,
        lines=opened.base.table("lines"),
        shelf=opened.shelf,
    )
    can = {
        f"can_{name}": whole(pc.is_null(rows["why"]))
        for (name, purpose), rows in found.items()
        if purpose == opened.purpose
    }
    return opened.rules.with_missing(with_columns(table, can)), found


def reaches(opened: Opened) -> Reach:
    """Reach of every channel of the business for every purpose that the campaign's steps have."""
    people = whole(opened.base.table("people")["person_id"])
    contacts = opened.base.table("contacts")
    found = {}
    for name, channel in opened.business.channels.items():
        kind = channel.reaches
        for purpose in opened.purposes:
            needed = opened.permission.needed(kind, purpose) is not None
            consented = opened.permission.consented(kind, purpose) if needed else None
            found[name, purpose] = reach(
                people,
                contacts,
                channel_kind=kind,
                suppressed=partial(opened.ledger.permissions.suppressed, channel=kind),
                consented=consented,
            )
    return found


def draft(opened: Opened) -> Draft:
    """Profiles, audience and the sieve of entering, at the moment of `opened`. Writes nothing."""
    seen = opened.ledger.last_pass_id(opened.campaign.name)
    everyone, found = everybody(opened)
    met = audience(everyone, opened.rules.audience)
    chosen = everyone.filter(pc.is_in(everyone["person_id"], value_set=met.people))
    chosen = with_columns(chosen, {"segment": opened.rules.segments_of(chosen)})
    sums = _sums(opened, everyone, chosen) if opened.judged else {}
    entry = enter(
        met.people,
        rules=Rules(
            campaign=opened.campaign.name,
            secret=opened.ledger.secret,
            once=opened.campaign.enter == "once",
            holdout_share=opened.campaign.holdout,
            holdout_all_share=0.0 if opened.purpose == "service" else opened.business.holdout_all,
            lot=_lot(opened),
            room=room(opened),
            journeys=_journeys(opened, chosen),
        ),
        segments=chosen.select(["person_id", "segment"]),
        households=opened.base.table("people").select(["person_id", "household"]),
        reach={f"{name} for {purpose}": found[name, purpose] for name, purpose in opened.outbound.entry_ways},
        inside=whole(opened.memory.inside["person_id"]),
        before=opened.ledger.ever_entered(opened.campaign.name),
        cooling=_resting(opened),
        choose=_choose(opened, sums["candidates"]) if sums else None,
        strata=strata_of(opened, chosen),
    )
    return Draft(everyone, found, met, entry, takes_in(opened), seen, **sums)


def _resting(opened: Opened) -> pa.Array:
    """People who rest after an earlier pass; a service message is about something bought and disturbs no rest."""
    if opened.purpose == "service":
        return pa.array([], pa.string())
    return whole(opened.ledger.cooling(opened.moment.now)["person_id"])


def _lot(opened: Opened) -> str:
    """What the holdout lot is drawn under: anew at each entry, so that nobody is left out of a campaign for ever."""
    return "" if opened.campaign.enter == "once" else str(opened.moment.day)


def _sums(opened: Opened, everyone: pa.Table, chosen: pa.Table) -> dict[str, Any]:
    """Base rate, later orders and candidates of a campaign whose entrants are judged."""
    rate, later, lifts = base_rate(opened, everyone), later_orders(opened, chosen), lifts_of(opened)
    offered = candidates_of(opened, chosen, rate, later, lifts)
    return {"rate": rate, "later": later, "candidates": offered, "lifts": lifts}


def _choose(opened: Opened, candidates: pa.Table) -> Choose:
    """How offers are shared out at this moment, under the limits as they stand."""
    limits = limits_of(opened, room(opened))
    mine = competing(opened, candidates)
    secret, name = opened.ledger.secret, opened.campaign.name

    def within(people: pa.Array, limits: Limits) -> Choice:
        return choose(mine, people, limits=limits, secret=secret, campaign=name)

    salt = f"explore/{name}/{_lot(opened)}".rstrip("/")
    # Without a holdout nothing is measured, so there is nothing to explore for.
    share = DEFAULT.exploration if opened.campaign.holdout else 0.0
    return lambda people: explored(within, mine, people, limits, share=share, secret=secret, salt=salt)


def _journeys(opened: Opened, chosen: pa.Table) -> frozenset[str]:
    """Segments that have a journey: those with one of their own, or all where one journey is for everybody."""
    return frozenset(opened.tables if opened.campaign.divided else pc.unique(chosen["segment"]).to_pylist())


def takes_in(opened: Opened) -> bool:
    """Whether this run takes people in: `once` at the first confirmed run, else the first run of each period."""
    last: datetime | None = opened.memory.last_entry
    if last is None:
        return True
    if opened.campaign.enter == "once":
        return False
    return last < period_start(opened.campaign.enter, opened.moment.now, opened.zone)


def room(opened: Opened) -> int | None:
    """How many more people `limits: people` lets in now; None = no limit."""
    limit = opened.campaign.limits.people
    if limit is None:
        return None
    most = int(limit.amount)
    if limit.per is None:
        return max(0, most - len(opened.ledger.ever_entered(opened.campaign.name)))
    return max(0, most - opened.memory.entered_since(period_start(limit.per, opened.moment.now, opened.zone)))
