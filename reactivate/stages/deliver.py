"""Hand over what is due: step by step, channel by channel, inside the hours allowed."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.ledger import Verdict
from reactivate.ledger.delivered import DELIVERED
from reactivate.ledger.delivery import deliver
from reactivate.stages.draft import Draft
from reactivate.stages.letters import Handled, Letters, Made
from reactivate.stages.opened import Opened
from reactivate.stages.tables import aligned, counts, marked


@frozen
class Due:
    """Touches of one step and one channel that may leave now, best first."""

    node: Node
    channel: str
    touches: pa.Table


FAILING = frozenset({"channel_failed", "channel_failing", "channel_stopped"})
"""Reasons under which the ledger gives touches back because the channel, not the message, is at fault."""


def due_touches(
    opened: Opened, tables: Mapping[int, Mapping[str, NodeTable]], drafted: Draft, shut: AbstractSet[str] = frozenset()
) -> list[Due]:
    """What is planned and may leave at this moment, in document order; the rest is held.

    Each pass follows the steps of its own version. `shut`: channels that failed in this run and are left in peace.
    """
    planned = opened.ledger.touches(opened.campaign.name, states=("planned",))
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    planned = planned.append_column("version", aligned(planned["pass_id"], passes, "pass_id")["version"])
    room = {name: opened.outbound.channel_room(name) for name in opened.business.channels}
    found = []
    for version, node in _contact_nodes(tables):
        of_step = pc.and_(pc.equal(planned["step"], node.name), pc.equal(planned["version"], version))
        mine = planned.filter(of_step).drop_columns(["version"])
        for channel in counts(mine["channel"]):
            if channel in shut or channel not in room:
                continue
            of_channel = mine.filter(pc.equal(mine["channel"], channel))
            now = opened.permission.open_hours(of_channel["person_id"], channel, node, drafted.profiles, opened.time())
            ready = of_channel.filter(now).slice(0, room[channel])
            left = room[channel]
            if ready.num_rows:
                found.append(Due(node, channel, ready))
                room[channel] = None if left is None else left - ready.num_rows
    return found


def deliver_due(opened: Opened, due: list[Due], drafted: Draft, letters: Letters, shut: set[str]) -> pa.Table:
    """Hand everything over; the DELIVERED rows that reached a terminal state. Channels that fail go into `shut`."""
    parts = [DELIVERED.empty_table()]
    for item in due:
        if item.channel in shut:
            continue
        spec = opened.business.channels[item.channel]
        what = Handled(opened.campaign.name, item.node, item.channel, spec.reaches)
        done = deliver(
            opened.ledger,
            opened.outbound.channel(item.channel),
            spec.descriptor,
            item.touches,
            partial(_build, letters, what, drafted, opened),
            gate=partial(_gate, opened, item, drafted),
            conditions=opened.outbound.conditions(item.channel, item.node),
            now=opened.time,
        )
        held = pc.equal(done["state"], "planned")
        if pc.any(marked(done.filter(held)["reason"], pa.array(sorted(FAILING)))).as_py():
            shut.add(item.channel)
        parts.append(done.filter(pc.invert(held)))
    return pa.concat_tables(parts)


def look_up_doubts(opened: Opened) -> None:
    """Ask the channels about messages in doubt; those that can tell clear them up before anything else happens."""
    doubts = opened.ledger.touches(opened.campaign.name, states=("unknown",))
    for channel in counts(doubts["channel"]):
        if channel in opened.business.channels:
            opened.ledger.control.look_up(opened.outbound.channel(channel), channel)


def _gate(opened: Opened, item: Due, drafted: Draft, touches: pa.Table) -> dict[str, Verdict]:
    """The hours once more, a moment before each chunk leaves: a long run must not go on into the night."""
    open_ = opened.permission.open_hours(touches["person_id"], item.channel, item.node, drafted.profiles, opened.time())
    late = touches.filter(pc.invert(open_))
    return {key: Verdict("planned", "hours") for key in late["key"].to_pylist()}


def _build(letters: Letters, what: Handled, drafted: Draft, opened: Opened, touches: pa.Table) -> Made:
    rows = drafted.reach[what.channel, what.node.purpose]
    return letters.make(what, touches, drafted.profiles, rows, opened.outbound.offer_words)


def _contact_nodes(tables: Mapping[int, Mapping[str, NodeTable]]) -> list[tuple[int, Node]]:
    """(version, contact step) of all versions, newest version first, each in document order."""
    return [
        (version, node)
        for version in sorted(tables, reverse=True)
        for node in {
            str(node.name): node
            for table in tables[version].values()
            for node in (*table.nodes, *table.after_goal)
            if node.contacts
        }.values()
    ]
