"""What contacting somebody is expected to cost: every step of his journey by its chance of being reached.

c = sum over steps of P(step is reached) x price (economics.md). The chances come from this campaign's own finished
passes once there are enough of them; until then every step counts as reached, which errs to the safe side.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.stages.opened import Opened
from reactivate.stages.tables import marked, whole

ENOUGH_PASSES = 100
"""Finished treated passes of a segment from which the chances of its steps are read."""


@frozen
class Contacts:
    """`chances`: segment (of the node tables) -> step -> chance of being reached; a segment without has no history."""

    opened: Opened
    chances: Mapping[str, Mapping[str, float]]

    def cost(self, segments: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
        """Expected cost of one pass and its source (`measured`, `assumption`), per person."""
        tables = self.opened.tables
        cost = {name: sum(self.chance(name, node) * self.price(node) for node in table.nodes if node.contacts)
                for name, table in tables.items()}  # fmt: skip
        source = {name: "measured" if name in self.chances else "assumption" for name in tables}
        return self._spread(segments, cost, pa.float64()), self._spread(segments, source, pa.string())

    def uses(self, channel: str, segments: pa.ChunkedArray) -> pa.Array:
        """Expected contacts of one pass that go to `channel` first, per person."""
        count = {
            name: sum(self.chance(name, node) for node in _contacts(table) if node.by[0] == channel)
            for name, table in self.opened.tables.items()
        }
        return self._spread(segments, count, pa.float64())

    def ahead(self) -> float:
        """What those who are inside may still cost: money that their entry has spoken for."""
        walking = self.opened.memory.walking()
        inside = pc.and_(pc.equal(walking["state"], "inside"), pc.equal(walking["arm"], "treated"))
        here = walking.filter(pc.and_(inside, pc.equal(walking["part"], "journey")))
        total = 0.0
        for version, tables in self.opened.versions.items():
            of_version = here.filter(pc.equal(here["version"], version))
            for name, table in tables.items():
                mine = (
                    of_version.filter(pc.equal(of_version["segment"], name)) if len(tables) > 1 or name else of_version
                )
                for node in table.nodes:
                    if node.contacts and mine.num_rows:
                        people = pc.sum(pc.less_equal(mine["node"], node.index)).as_py()
                        total += people * self.chance(name, node) * self.price(node)
        return total

    def chance(self, segment: str, node: Node) -> float:
        return self.chances.get(segment, {}).get(str(node.name), 1.0)

    def price(self, node: Node) -> float:
        """The dearest of the channels that the step may go by; one that the business no longer has costs nothing."""
        known = [name for name in node.by if name in self.opened.business.channels]
        return max((self.opened.outbound.contact_price(name, node) for name in known), default=0.0)

    def _spread(self, segments: pa.ChunkedArray, of: Mapping[str, float | str], kind: pa.DataType) -> pa.Array:
        """The value of each person's segment; one for all where the journey is not divided, null without a journey."""
        if not self.opened.campaign.divided:
            return pa.repeat(pa.scalar(of.get(""), kind), len(segments))
        coded = whole(segments).dictionary_encode()
        return pa.array([of.get(word) for word in coded.dictionary.to_pylist()], kind).take(coded.indices)


def contacts_of(opened: Opened) -> Contacts:
    """The chances of each step, read from the finished treated passes of this campaign."""
    passes = opened.ledger.passes(opened.campaign.name, state=None)
    over = passes.filter(pc.and_(pc.equal(passes["arm"], "treated"), pc.equal(passes["state"], "ended")))
    if over.num_rows < ENOUGH_PASSES:
        return Contacts(opened, {})
    touches = opened.ledger.touches(opened.campaign.name)
    sent = touches.filter(pc.is_in(touches["state"], pa.array(["accepted", "unknown", "rejected"])))
    had = {
        version: _steps(opened.ledger.campaigns.node_tables(version))
        for version in pc.unique(over["version"]).to_pylist()
    }
    found = {}
    for name, table in opened.tables.items():
        mine = over.filter(pc.equal(over["segment"], name)) if opened.campaign.divided else over
        shares = {str(node.name): _share(str(node.name), mine, sent, had) for node in _contacts(table)}
        known = {step: share for step, share in shares.items() if share is not None}
        if known:
            found[name] = known
    return Contacts(opened, found)


def _share(step: str, passes: pa.Table, sent: pa.Table, had: Mapping[int, set[str]]) -> float | None:
    """Part of the passes whose version has the step that came to it; None where these are too few to tell."""
    versions = pa.array([version for version, steps in had.items() if step in steps], pa.int64())
    mine = passes.filter(marked(passes["version"], versions))
    if mine.num_rows < ENOUGH_PASSES:
        return None
    here = sent.filter(pc.equal(sent["step"], step))
    came = pc.sum(marked(mine["pass_id"], here["pass_id"])).as_py() or 0
    return float(came / mine.num_rows)


def _steps(tables: Mapping[str, NodeTable]) -> set[str]:
    return {str(node.name) for table in tables.values() for node in _contacts(table)}


def _contacts(table: NodeTable) -> list[Node]:
    return [node for node in (*table.nodes, *table.after_goal) if node.contacts]
