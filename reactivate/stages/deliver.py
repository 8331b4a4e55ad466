"""Hand over what is due: step by step, channel by channel, inside the hours allowed."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.ledger import Verdict
from reactivate.ledger.delivery import DELIVERED, deliver
from reactivate.stages.draft import Draft
from reactivate.stages.letters import Handled, Letters, Made
from reactivate.stages.opened import Opened
from reactivate.stages.tables import counts


@frozen
class Due:
    """Touches of one step and one channel that may leave now, best first."""

    node: Node
    channel: str
    touches: pa.Table


def due_touches(opened: Opened, tables: Mapping[int, Mapping[str, NodeTable]], drafted: Draft) -> list[Due]:
    """What is planned and may leave at this moment, in document order; the rest is held."""
    planned = opened.ledger.touches(opened.campaign.name, states=("planned",))
    found = []
    for node in _contact_nodes(tables):
        mine = planned.filter(pc.equal(planned["step"], node.name))
        for channel in counts(mine["channel"]):
            of_channel = mine.filter(pc.equal(mine["channel"], channel))
            now = opened.permission.open_hours(of_channel["person_id"], channel, node, drafted.profiles)
            ready = of_channel.filter(now)
            ready = ready.slice(0, opened.outbound.channel_room(channel))
            if ready.num_rows:
                found.append(Due(node, channel, ready))
    return found


def deliver_due(opened: Opened, due: list[Due], drafted: Draft, letters: Letters) -> pa.Table:
    """Hand everything over; the DELIVERED rows that reached a terminal state."""
    parts = [DELIVERED.empty_table()]
    for item in due:
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
        parts.append(done.filter(pc.not_equal(done["state"], "planned")))
    return pa.concat_tables(parts)


def look_up_doubts(opened: Opened) -> None:
    """Ask the channels about messages in doubt; those that can tell clear them up before anything else happens."""
    doubts = opened.ledger.touches(opened.campaign.name, states=("unknown",))
    for channel in counts(doubts["channel"]):
        if channel in opened.business.channels:
            opened.ledger.look_up(opened.outbound.channel(channel), channel)


def _gate(opened: Opened, item: Due, drafted: Draft, touches: pa.Table) -> dict[str, Verdict]:
    """The hours once more, a moment before each chunk leaves: a long run must not go on into the night."""
    open_ = opened.permission.open_hours(touches["person_id"], item.channel, item.node, drafted.profiles, opened.time())
    late = touches.filter(pc.invert(open_))
    return {key: Verdict("planned", "hours") for key in late["key"].to_pylist()}


def _build(letters: Letters, what: Handled, drafted: Draft, opened: Opened, touches: pa.Table) -> Made:
    rows = drafted.reach[what.channel, what.node.purpose]
    return letters.make(what, touches, drafted.profiles, rows, opened.outbound.offer_words)


def _contact_nodes(tables: Mapping[int, Mapping[str, NodeTable]]) -> list[Node]:
    """Contact steps of all versions, each name once, newest version first."""
    nodes: dict[str, Node] = {}
    for version in sorted(tables, reverse=True):
        for table in tables[version].values():
            for node in (*table.nodes, *table.after_goal):
                if node.contacts:
                    nodes.setdefault(str(node.name), node)
    return list(nodes.values())
