"""What becomes of the people who stand at a contact step: touches planned, skipped, waited for or done.

Pure: the ledger's touches come in, new rows and the journey's answer go out (`journey.World.hand_over`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.nodes import Node
from reactivate.contracts.schemas import TOUCHES
from reactivate.contracts.values import Duration
from reactivate.stages.tables import aligned, whole

TERMINAL = frozenset(["accepted", "rejected", "unknown", "suppressed", "skipped", "expired", "cancelled", "dead"])
"""States in which a touch stays. `unknown` counts as sent for the journey; only a person can resolve it."""

Keys = Callable[[pa.Array, pa.Array], pa.Array]
"""(person_id, pass number) -> idempotency keys of this step."""


@frozen
class Handed:
    """`planned`: new rows for the ledger. `withdrawn`, `expired`: pass ids whose planned touch is no longer wanted,
    or was held too long.
    """

    planned: pa.Table
    withdrawn: pa.Array
    answer: pa.Table
    expired: pa.Array


def hand_over(
    node: Node,
    passes: pa.Table,
    variants: pa.Array,
    wanted: pa.Array,
    now: datetime,
    *,
    touches: pa.Table,
    reach: Mapping[str, pa.Table],
    results: pa.Array,
    keys: Keys,
    zone: ZoneInfo,
) -> Handed:
    """Plan what is not planned yet and say how far each pass is.

    `touches`: those of this step. `reach`: channel -> person_id, why (null = open). `results`: final result of a call
    per pass, null = none yet.
    """
    mine = aligned(passes["pass_id"], touches, "pass_id")
    state, wanted = whole(mine["state"]), whole(wanted)
    late = pc.and_(pc.equal(state, "planned"), pc.less_equal(whole(mine["expires_at"]), pa.scalar(now, MOMENT)))
    expired = pc.fill_null(late, False)
    absent = pc.is_null(state)
    waiting = pc.and_(pc.fill_null(pc.equal(state, "planned"), False), pc.invert(expired))
    fresh = passes.filter(pc.and_(absent, wanted))
    planned = _plan(
        node, fresh, whole(variants).filter(pc.and_(absent, wanted)), now, reach=reach, keys=keys, zone=zone
    )
    withdrawn = pc.and_(waiting, pc.invert(wanted))
    started = aligned(passes["pass_id"], planned, "pass_id")
    state = pc.coalesce(state, whole(started["state"]))
    state = pc.if_else(expired, "expired", state)
    done_at = pc.coalesce(whole(mine["done_at"]), whole(started["done_at"]))
    done_at = pc.if_else(expired, pa.scalar(now, MOMENT), done_at)
    passed = pc.or_(withdrawn, pc.and_(absent, pc.invert(wanted)))
    answer = _answer(node, passes, state, done_at, passed, results)
    ids = passes["pass_id"]
    return Handed(planned, whole(ids.filter(withdrawn)), answer, whole(ids.filter(expired)))


def _answer(
    node: Node, passes: pa.Table, state: pa.Array, done_at: pa.Array, passed: pa.Array, results: pa.Array
) -> pa.Table:
    terminal = pc.fill_null(pc.is_in(state, value_set=pa.array(sorted(TERMINAL))), False)
    open_call = pa.repeat(pa.scalar(False), passes.num_rows)
    if node.verb == "call":
        open_call = pc.and_(pc.fill_null(pc.equal(state, "accepted"), False), pc.is_null(results))
    done = pc.and_(terminal, pc.invert(open_call))
    word = pc.case_when(
        pc.make_struct(passed, open_call, done),
        pa.scalar("passed"),
        pa.scalar("open"),
        pa.scalar("done"),
        pa.scalar("held"),
    )
    return pa.table({"pass_id": passes["pass_id"], "state": word, "at": done_at})


def _plan(
    node: Node, passes: pa.Table, variants: pa.Array, now: datetime, *,
    reach: Mapping[str, pa.Table], keys: Keys, zone: ZoneInfo,
) -> pa.Table:  # fmt: skip
    """New touches: the first channel that is open for each person, or `skipped` with the reason of the first."""
    channel, reason = choose_channel(node, passes["person_id"], reach)
    none = pc.is_null(channel)
    moment = pa.scalar(now, MOMENT)
    rows = passes.num_rows
    expires = Duration.parse(node.within if node.verb == "call" else node.expires).after(now, zone)
    return TOUCHES.table(
        pass_id=passes["pass_id"],
        person_id=passes["person_id"],
        step=pa.repeat(pa.scalar(node.name), rows),
        channel=channel,
        variant=variants,
        offer=_offer(node, passes, variants),
        state=pc.if_else(none, "skipped", "planned"),
        reason=reason,
        planned_at=pa.repeat(moment, rows),
        expires_at=pa.repeat(pa.scalar(expires, MOMENT), rows),
        done_at=pc.if_else(none, moment, pa.scalar(None, MOMENT)),
        key=keys(whole(passes["person_id"]), whole(passes["number"])),
    )


def choose_channel(node: Node, people: pa.Array, reach: Mapping[str, pa.Table]) -> tuple[pa.Array, pa.Array]:
    """Per person the first channel of `by` that is open, and where none is, why the first one is shut."""
    rows = len(people)
    channel = pa.nulls(rows, pa.string())
    first_why = pa.nulls(rows, pa.string())
    for name in node.by:
        if name not in reach:
            continue  # an older version of the campaign names a channel that the business no longer has
        why = why_shut(people, reach[name])
        channel = pc.coalesce(channel, pc.if_else(pc.is_null(why), pa.scalar(name), pa.scalar(None, pa.string())))
        first_why = pc.coalesce(first_why, why)
    first_why = pc.coalesce(first_why, pa.scalar("no_channel"))
    return channel, pc.if_else(pc.is_null(channel), first_why, pa.scalar(None, pa.string()))


def why_shut(people: pa.Array | pa.ChunkedArray, reach: pa.Table) -> pa.Array:
    """Per person why the channel cannot be used, null = it can; whom the sources no longer name has no address."""
    rows = aligned(people, reach)
    gone = pc.is_null(rows["person_id"])
    return whole(pc.if_else(gone, "no_address", rows["why"]))


def _offer(node: Node, passes: pa.Table, variants: pa.Array) -> pa.Array:
    """The offer of the variant, else of the step; `best` is the one chosen on entry."""
    named = pa.repeat(pa.scalar(node.offer, pa.string()), passes.num_rows)
    for variant in node.split:
        if variant.offer is not None:
            named = pc.if_else(pc.fill_null(pc.equal(variants, variant.name), False), variant.offer, named)
    best = pc.fill_null(pc.equal(named, "best"), False)
    return pc.if_else(best, whole(passes["offer"]), named)
