"""The journey kernel's world in a run: facts from ledger and base, touches written to the ledger."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.nodes import Node, NodeTable
from reactivate.contracts.schemas import TOUCHES
from reactivate.contracts.values import Duration
from reactivate.experiment import assign
from reactivate.ledger import Ledger
from reactivate.stages import facts as seen
from reactivate.stages import touches as steps
from reactivate.stages.tables import aligned, earlier, marked, whole, with_columns

OWN_EVENTS = pa.schema(
    [
        ("source", pa.string()),
        ("event_id", pa.string()),
        ("person_id", pa.string()),
        ("kind", pa.string()),
        ("value", pa.string()),
        ("at", MOMENT),
    ]
)


@define
class LedgerWorld:
    """Answers `journey.World` for one campaign and one node table.

    `reach`: (channel, purpose) -> person_id, why. `goal`: names of events, one of which is the goal. `within`: how
    long after the entry the goal counts. `known` is refreshed by whoever writes touches.
    """

    ledger: Ledger
    campaign: str
    table: NodeTable
    known: seen.Known
    reach: Mapping[tuple[str, str], pa.Table]
    goal: Sequence[str]
    within: Duration
    zone: ZoneInfo
    refused: pa.Array
    kinds: Mapping[str, str]

    def endings(self, passes: pa.Table, now: datetime) -> pa.Table:
        """Goal, refusal of everything, no channel left, or time over for the holdout."""
        ends = self.deadline(passes)
        found = [
            _rows(passes, "goal", self._goal_at(passes, ends)),
            _rows(passes, "refused", _when(marked(passes["person_id"], self.refused), now)),
            _rows(passes, "refused", self._refused_call_at(passes)),
            _rows(passes, "unreachable", _when(self._nothing_left(passes), now)),
        ]
        over = pc.and_(pc.equal(passes["arm"], "holdout"), pc.less_equal(ends, pa.scalar(now, MOMENT)))
        found.append(_rows(passes, "over", pc.if_else(over, ends, pa.scalar(None, MOMENT))))
        return pa.concat_tables(found)

    def deadline(self, passes: pa.Table) -> pa.Array:
        """Until when the goal counts for each pass."""
        coded = pc.dictionary_encode(whole(passes["entered_at"]))
        ends = [self.within.after(moment, self.zone) for moment in coded.dictionary.to_pylist()]
        return pa.array(ends, MOMENT).take(coded.indices)

    def facts(self, passes: pa.Table, names: AbstractSet[str]) -> pa.Table:
        return seen.facts(passes, names, self.known)

    def hand_over(self, node: Node, passes: pa.Table, variants: pa.Array, wanted: pa.Array, now: datetime) -> pa.Table:
        """Plan the touches that are missing; what may leave is handed over later by `deliver`."""
        handed = steps.hand_over(
            node,
            passes,
            variants,
            wanted,
            now,
            touches=self.known.touches.filter(pc.equal(self.known.touches["step"], node.name)),
            reach={name: self.reach[name, node.purpose] for name in node.by if (name, node.purpose) in self.reach},
            results=self._results(node, passes),
            keys=lambda people, numbers: self._keys(str(node.name), people, numbers),
            zone=self.zone,
        )
        if handed.planned.num_rows:
            self.ledger.plan_touches(handed.planned)
        for pass_ids, state, reason in (
            (handed.withdrawn, "skipped", "not_wanted"),
            (handed.expired, "expired", "expired"),
        ):
            if len(pass_ids):
                self.ledger.plan_touches(self._ended(str(node.name), pass_ids, state, reason, now))
        self._learn(str(node.name), handed)
        return handed.answer

    def tag(self, node: Node, passes: pa.Table, now: datetime) -> None:
        """A tag is an event of ours; the profile unites it with the tags of the card."""
        self._note("tagged", str(node.tag), passes, now)

    def stop(self, node: Node, passes: pa.Table, now: datetime) -> None:
        """A pause bars the channel until the person orders, clicks or answers; an own cool-off is noted for the end."""
        for channel in node.pause:
            people = whole(passes["person_id"])
            self.ledger.permissions.suppress_people(
                people, channel=self.kinds[channel], reason="pause", source="reactivate", at=now
            )
        if node.cool_off is not None:
            self._note("rests", node.cool_off, passes, now)

    def release(self, passes: pa.Table, now: datetime) -> None:
        """What was planned for these passes is cancelled; codes of ended passes go back when the passes are saved."""
        self.ledger.cancel_touches(whole(passes["pass_id"]), "pass_ended")

    def draw(self, passes: pa.Table, salt: str) -> pa.Array:
        number = passes["number"].cast(pa.string())
        keys = pc.binary_join_element_wise(passes["person_id"], number, "/")
        return pa.array(assign(whole(keys), secret=self.ledger.secret, salt=f"{self.campaign}/{salt}"))

    def _goal_at(self, passes: pa.Table, ends: pa.Array) -> pa.Array:
        first = pa.nulls(passes.num_rows, MOMENT)
        for name in self.goal:
            at = _happened_at(passes, name, self.known)
            first = earlier(first, at)
        return pc.if_else(pc.fill_null(pc.less_equal(first, ends), False), first, pa.scalar(None, MOMENT))

    def _refused_call_at(self, passes: pa.Table) -> pa.Array:
        """When a call of this pass was answered with a no: it ends the pass, though not for ever."""
        events = self.known.events
        no = pc.and_(pc.equal(events["kind"], "result"), pc.equal(events["value"], "refused"))
        first = events.filter(no).group_by("pass_id").aggregate([("at", "min")])
        return whole(aligned(passes["pass_id"], first, "pass_id")["at_min"]).cast(MOMENT)

    def _nothing_left(self, passes: pa.Table) -> pa.Array:
        """True where every channel of the journey is shut for the person and a step that contacts is still ahead.

        A step already handed over is not ahead any more: its result may still come.
        """
        shut = pc.and_(pc.equal(passes["arm"], "treated"), pc.equal(passes["part"], "journey"))
        ahead = pa.repeat(pa.scalar(False), passes.num_rows)
        for node in self.table.nodes:
            if not node.contacts:
                continue
            for channel in node.by:
                shut = pc.and_(shut, self._is_shut(passes["person_id"], channel, node.purpose))
            begun = pc.and_(pc.equal(passes["node"], node.index), marked(passes["pass_id"], self._gone(str(node.name))))
            to_come = pc.and_(pc.less_equal(passes["node"], node.index), pc.invert(begun))
            ahead = pc.or_(ahead, whole(to_come))
        return pc.and_(whole(shut), ahead)

    def _is_shut(self, people: pa.ChunkedArray, channel: str, purpose: str) -> pa.Array:
        """Whether a channel cannot be used for each of `people`; one that is gone is shut for all."""
        if (channel, purpose) not in self.reach:
            return pa.repeat(pa.scalar(True), len(people))
        return pc.is_valid(steps.why_shut(people, self.reach[channel, purpose]))

    def _gone(self, step: str) -> pa.Array:
        """Passes whose touch of this step has left already."""
        touches = self.known.touches
        left = marked(touches["state"], pa.array(["sending", "accepted", "unknown"]))
        return whole(touches["pass_id"].filter(pc.and_(left, pc.equal(touches["step"], step))))

    def _results(self, node: Node, passes: pa.Table) -> pa.Array:
        if node.verb != "call":
            return pa.nulls(passes.num_rows, pa.string())
        of_step = self.known.events.filter(pc.equal(self.known.events["step"], node.name))
        return seen.latest_value(passes, of_step, "result")

    def _keys(self, step: str, people: pa.Array, numbers: pa.Array) -> pa.Array:
        pairs = zip(people.to_pylist(), numbers.to_pylist(), strict=True)
        return pa.array([self.ledger.key_for(self.campaign, step, person, n) for person, n in pairs], pa.string())

    def _ended(self, step: str, pass_ids: pa.Array, state: str, reason: str, now: datetime) -> pa.Table:
        """Planned touches that will not be sent, in their terminal state."""
        touches = self.known.touches
        mine = touches.filter(pc.and_(pc.equal(touches["step"], step), marked(touches["pass_id"], pass_ids)))
        rows = mine.num_rows
        return with_columns(
            mine,
            {
                "state": pa.repeat(pa.scalar(state), rows),
                "reason": pa.repeat(pa.scalar(reason), rows),
                "done_at": pa.repeat(pa.scalar(now, MOMENT), rows),
            },
        )

    def _learn(self, step: str, handed: steps.Handed) -> None:
        """Keep our picture of the touches true without asking the ledger again."""
        touches = self.known.touches
        for pass_ids, state in ((handed.withdrawn, "skipped"), (handed.expired, "expired")):
            mine = pc.and_(pc.equal(touches["step"], step), marked(touches["pass_id"], pass_ids))
            place = touches.schema.get_field_index("state")
            touches = touches.set_column(place, touches.schema.field(place), pc.if_else(mine, state, touches["state"]))
        planned = TOUCHES.conform(handed.planned)
        self.known = evolve(self.known, touches=pa.concat_tables([touches, planned.cast(touches.schema)]))

    def _note(self, kind: str, value: str, passes: pa.Table, now: datetime) -> None:
        ids = [f"{kind}/{pass_id}/{value}" for pass_id in passes["pass_id"].to_pylist()]
        rows = passes.num_rows
        columns = [["reactivate"] * rows, ids, passes["person_id"], [kind] * rows, [value] * rows, [now] * rows]
        arrays = [whole(c) if isinstance(c, pa.ChunkedArray) else c for c in columns]
        self.ledger.import_events(pa.table(dict(zip(OWN_EVENTS.names, arrays, strict=True)), schema=OWN_EVENTS))


def _happened_at(passes: pa.Table, name: str, known: seen.Known) -> pa.Array:
    if name == "ordered":
        return seen.first_order_since(passes, known)
    question = name.removeprefix("answered_")
    if question != name and question in known.questions:
        return seen.first_answer_since(passes, question, known)
    return seen.first_event_since(passes, name, known)


def _when(mask: pa.Array, now: datetime) -> pa.Array:
    return pc.if_else(mask, pa.scalar(now, MOMENT), pa.scalar(None, MOMENT))


def _rows(passes: pa.Table, outcome: str, at: pa.Array) -> pa.Table:
    there = pc.is_valid(at)
    ids = passes["pass_id"].filter(there)
    return pa.table({"pass_id": ids, "outcome": pa.repeat(pa.scalar(outcome), len(ids)), "at": whole(at).filter(there)})
