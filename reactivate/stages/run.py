"""One reconciling pass over a campaign: enter, walk, deliver, walk again until nothing moves.

Safe to repeat, to kill, to start twice: what may happen only once is kept by the ledger.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from reactivate.contracts.contract import MOMENT
from reactivate.contracts.nodes import NodeTable
from reactivate.contracts.schemas import PASSES
from reactivate.errors import GuardStop
from reactivate.journey import walk
from reactivate.policies import needs_confirmation
from reactivate.stages.approval import Approval, Sums
from reactivate.stages.asof import refuse_future
from reactivate.stages.calls import overdue
from reactivate.stages.codes import at_most, fill_pools, open_budget, reserve
from reactivate.stages.deliver import Due, deliver_due, due_touches, look_up_doubts
from reactivate.stages.draft import Draft, draft
from reactivate.stages.enter import entered_at
from reactivate.stages.facts import Known, bought
from reactivate.stages.opened import Opened
from reactivate.stages.settlement import settle
from reactivate.stages.split_check import refuse_askew
from reactivate.stages.start import fix, start_of
from reactivate.stages.tables import counts, marked, whole
from reactivate.stages.world import LedgerWorld


class Progress(Protocol):
    """Somebody who wants to know which stage we are in."""

    def stage(self, name: str) -> AbstractContextManager[None]: ...


_FAILED = ("rejected", "unknown", "dead")


@frozen
class Ran:
    """What one run did. `sent`: step -> state -> touches of this run. `unknown`: touches nobody can be sure of.

    `reasons`: why those that failed did, in the words of the channel, with how many.
    """

    entered: int
    held_out: int
    sent: Mapping[str, Mapping[str, int]]
    ended: Mapping[str, int]
    held: Mapping[str, int]
    unknown: int
    rounds: int
    reasons: Mapping[str, int] = field(factory=dict)

    @property
    def in_part(self) -> bool:
        """Whether something that should have left was refused or is in doubt (exit code 7)."""
        return any(states.get(bad) for states in self.sent.values() for bad in _FAILED)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": "run/1",
            "entered": self.entered,
            "held_out": self.held_out,
            "sent": {step: dict(states) for step, states in self.sent.items()},
            "ended": dict(self.ended),
            "held": dict(self.held),
            "unknown": self.unknown,
            "rounds": self.rounds,
            "reasons": dict(self.reasons),
        }


def run(opened: Opened, approval: Approval, progress: Progress, drafted: Draft | None = None) -> Ran:
    """Do one pass under `approval`. GuardStop when a ceiling would be passed: then nothing was sent."""
    refuse_future(opened.moment, opened.real_now, opened.outbound.real_channels)
    refuse_old_pack(opened)
    look_up_doubts(opened)
    # Codes that came back since the last run count against the budget before the next one leaves.
    settle(opened)
    opened.ledger.permissions.end_pauses_by_orders(bought(opened.memory.orders))
    with progress.stage("profiles and audience"):
        drafted = drafted or draft(opened)
    once = _Run(opened, approval, drafted)
    with progress.stage("entering"):
        fresh = once.enter()
        fill_pools(opened)
        reserve(opened, drafted, fresh)
    with opened.outbound.letters as letters:
        while True:
            with progress.stage("walking the journey"):
                moved = once.walk()
            due = due_touches(opened, once.tables, drafted, once.shut)
            once.check(due)
            with progress.stage(f"handing over {sum(item.touches.num_rows for item in due):,} messages"):
                sent = deliver_due(opened, due, drafted, letters, once.shut)
            once.note(sent)
            if not moved and not sent.num_rows:
                break
    settle(opened)
    return once.told()


def refuse_old_pack(opened: Opened) -> None:
    """GuardStop R740 when the policy pack is older than twelve months: somebody must say that it still holds."""
    fault = needs_confirmation(opened.pack, opened.real_now.date())
    if fault is not None:
        raise GuardStop(fault)


@define
class _Run:
    opened: Opened
    approval: Approval
    drafted: Draft
    entered: int = 0
    held_out: int = 0
    rounds: int = 0
    ended: dict[str, int] = field(factory=dict)
    sent: dict[str, dict[str, int]] = field(factory=dict)
    reasons: dict[str, int] = field(factory=dict)
    tables: dict[int, dict[str, NodeTable]] = field(factory=dict)
    shut: set[str] = field(factory=set)

    def enter(self) -> pa.Table:
        """Open passes for the entrants, if this run takes people in and the approval allows them; the new passes."""
        opened = self.opened
        entrants = self._not_yet_in(self.drafted.entry.entrants)
        version = opened.version()
        self.tables[version] = opened.tables
        open_budget(opened)
        if not self.drafted.due or not entrants.num_rows:
            return PASSES.schema.empty_table()
        wanted = Sums(entrants=entrants.num_rows, offers=at_most(self.drafted))
        self.approval.check(
            opened.loaded.hash, opened.real_now, opened.memory.done, wanted, opened.memory.entered_today
        )
        refuse_askew(opened, entrants)
        fix(opened.ledger, opened.campaign, version, entrants.num_rows, self.drafted.rate)
        taken_in = entered_at(entrants, opened.moment.now)
        fresh = opened.ledger.enter(opened.campaign.name, version, taken_in, self.drafted.seen)
        self.entered = fresh.num_rows
        self.held_out = int(pc.sum(pc.equal(fresh["arm"], "holdout")).as_py() or 0)
        return fresh

    def _not_yet_in(self, entrants: pa.Table) -> pa.Table:
        """Those whom no other run has taken in since ours drafted; the ledger looks again under its lock."""
        passes = self.opened.ledger.passes(self.opened.campaign.name, state=None)
        newer = passes.filter(pc.greater(passes["pass_id"], self.drafted.seen))
        return entrants.filter(pc.invert(marked(entrants["person_id"], newer["person_id"])))

    def walk(self) -> bool:
        """Move everybody as far as they can go now; whether anybody moved."""
        self.rounds += 1
        opened = self.opened
        passes = opened.memory.walking()
        start = start_of(opened.ledger, opened.campaign)
        known = self._known()
        busy = _inside(passes)
        moved = False
        for version, segment in _journeys(passes):
            mine = _of(passes, version, segment)
            table = self._table(version, segment)
            world = LedgerWorld(
                ledger=opened.ledger,
                campaign=opened.campaign.name,
                table=table,
                known=known,
                reach=self.drafted.reach,
                goal=opened.campaign.goal.event,
                within=start.window(version).within,
                zone=opened.zone,
                refused=opened.memory.refused(mine["person_id"]),
                kinds={name: channel.reaches for name, channel in opened.business.channels.items()},
            )
            rules = opened.rules.journey(table)
            after = walk(table, mine, world, opened.moment.now, zone=opened.zone, rules=rules, busy=busy)
            changed = _changed(mine, after)
            if changed.num_rows:
                moved = True
                busy = pa.concat_arrays([busy, _inside(changed)])
                self._count_ends(mine, changed)
                opened.ledger.save_passes(opened.memory.rested(changed))
        return moved

    def _known(self) -> Known:
        """What is known now, after calls whose time is over have been closed."""
        known = self.opened.memory.known(self.drafted.profiles)
        tables = [table for journeys in self.tables.values() for table in journeys.values()]
        calls = {str(n.name) for t in tables for n in (*t.nodes, *t.after_goal) if n.verb == "call"}
        late = overdue(known.touches, known.events, calls, pa.scalar(self.opened.moment.now, MOMENT))
        if not late.num_rows:
            return known
        self.opened.ledger.import_events(late)
        return self.opened.memory.known(self.drafted.profiles)

    def check(self, due: list[Due]) -> None:
        """Hold the messages about to leave against the ceilings; GuardStop before the first of them."""
        if not due:
            return
        wanted: dict[str, int] = {}
        cost = 0.0
        for item in due:
            step = str(item.node.name)
            wanted[step] = wanted.get(step, 0) + item.touches.num_rows
            cost += item.touches.num_rows * self.opened.outbound.contact_price(item.channel, item.node)
        sums = Sums(messages=wanted, cost=cost)
        self.approval.check(self.opened.loaded.hash, self.opened.real_now, self.opened.memory.done, sums)

    def note(self, sent: pa.Table) -> None:
        for row in sent.group_by(["step", "state"]).aggregate([([], "count_all")]).to_pylist():
            states = self.sent.setdefault(row["step"], {})
            states[row["state"]] = states.get(row["state"], 0) + row["count_all"]
        failed = sent.filter(marked(sent["state"], pa.array(sorted(_FAILED))))
        for reason, number in counts(failed["reason"]).items():
            self.reasons[reason] = self.reasons.get(reason, 0) + number

    def told(self) -> Ran:
        touches = self.opened.ledger.touches(self.opened.campaign.name)
        held = counts(touches.filter(pc.equal(touches["state"], "planned"))["step"])
        unknown = int(pc.sum(pc.equal(touches["state"], "unknown")).as_py() or 0)
        return Ran(self.entered, self.held_out, self.sent, self.ended, held, unknown, self.rounds, self.reasons)

    def _table(self, version: int, segment: str) -> NodeTable:
        if version not in self.tables:
            self.tables[version] = dict(self.opened.ledger.campaigns.node_tables(version))
        tables = self.tables[version]
        return tables[segment if segment in tables else ""]

    def _count_ends(self, before: pa.Table, changed: pa.Table) -> None:
        """Passes that were inside and are no more; a late goal of one that had ended is no second end."""
        inside = before.filter(pc.equal(before["state"], "inside"))["pass_id"]
        ended = changed.filter(pc.and_(pc.equal(changed["state"], "ended"), marked(changed["pass_id"], inside)))
        for outcome, people in counts(ended["outcome"]).items():
            self.ended[outcome] = self.ended.get(outcome, 0) + people


def _journeys(passes: pa.Table) -> list[tuple[int, str]]:
    pairs = (
        passes.group_by(["version", "segment"])
        .aggregate([])
        .sort_by([("version", "ascending"), ("segment", "ascending")])
    )
    return [(row["version"], row["segment"]) for row in pairs.to_pylist()]


def _of(passes: pa.Table, version: int, segment: str) -> pa.Table:
    return passes.filter(pc.and_(pc.equal(passes["version"], version), pc.equal(passes["segment"], segment)))


def _inside(passes: pa.Table) -> pa.Array:
    """Who is inside by these passes."""
    return whole(passes.filter(pc.equal(passes["state"], "inside"))["person_id"])


_MOVING = ("node", "part", "since_at", "state", "outcome", "ended_at", "goal_at")


def _changed(before: pa.Table, after: pa.Table) -> pa.Table:
    """Rows of `after` that differ from `before` in where the pass stands."""
    differs = pa.repeat(pa.scalar(False), before.num_rows)
    for name in _MOVING:
        old, new = whole(before[name]), whole(after[name])
        same = pc.or_(pc.fill_null(pc.equal(old, new), False), pc.and_(pc.is_null(old), pc.is_null(new)))
        differs = pc.or_(differs, pc.invert(same))
    return after.filter(differs)
