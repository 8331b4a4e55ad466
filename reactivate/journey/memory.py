"""A world in memory: the same journey as in a run, with supposed people and a clock that is told what time it is."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from attrs import define, field
from numpy.typing import NDArray

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.contracts.values import Duration
from reactivate.journey.clock import Moments, after, moment
from reactivate.journey.drawn import Drawn
from reactivate.journey.lots import lots
from reactivate.journey.memory_facts import fact
from reactivate.journey.state import Rows, moments

Allowed = Callable[[Node, pa.Table, datetime], pa.Array]
"""Whether each person may be contacted at that moment (hours, zone); a message waits while not."""
_NEVER = np.datetime64("NaT", "us")
_REFUSALS = frozenset({"refused", "do_not_call"})


@define
class Touches:
    """The touches of one step, one place per person of the simulation."""

    planned_at: Moments
    done_at: Moments
    state: NDArray[np.object_]
    channel: NDArray[np.object_]
    variant: NDArray[np.object_]
    offer: NDArray[np.object_]
    reason: NDArray[np.object_]

    @classmethod
    def none(cls, size: int) -> "Touches":
        words = [np.full(size, None, dtype=object) for _ in range(5)]
        return cls(np.full(size, _NEVER), np.full(size, _NEVER), *words)


@define
class MemoryWorld:
    """`journey.World` over arrays. `profiles` is aligned with `passes`; `capacity` is contacts per channel and day.

    `marks`: questions that are answered by a number from 0 to 10.
    """

    passes: pa.Table
    profiles: pa.Table
    tables: Mapping[str, NodeTable]
    drawn: Drawn
    goal: Sequence[str]
    within: Duration
    zone: ZoneInfo
    allowed: Allowed | None = None
    capacity: Mapping[str, int] = field(factory=dict)
    marks: AbstractSet[str] = frozenset()
    now: datetime = field(init=False)
    touches: dict[str, Touches] = field(factory=dict)
    tags: list[tuple[str, Rows, datetime]] = field(factory=list)
    asks: dict[str, list[str]] = field(init=False)
    entered: Moments = field(init=False)
    _until: Moments = field(init=False)
    _ids: NDArray[np.int64] = field(init=False)
    _order: Rows = field(init=False)
    _used: dict[tuple[str, str], int] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.now = self.passes["entered_at"].to_pylist()[0] if self.passes.num_rows else datetime.min
        self._ids: NDArray[np.int64] = self.passes["pass_id"].to_numpy()
        self._order = np.argsort(self._ids)
        self.entered = moments(self.passes["entered_at"])
        self._until = after(self.entered, self.within, self.zone)
        self.asks = self._questions()

    @property
    def clock(self) -> np.datetime64:
        return moment(self.now)

    def __len__(self) -> int:
        return len(self._ids)

    def rows(self, passes: pa.Table) -> Rows:
        """Places of these passes in the simulation."""
        found: Rows = self._order[np.searchsorted(self._ids, passes["pass_id"].to_numpy(), sorter=self._order)]
        return found

    def endings(self, passes: pa.Table, now: datetime) -> pa.Table:
        """Goal within its time, refusal, no channel left, or time over for the holdout."""
        rows = self.rows(passes)
        goal = self.drawn.first([], len(self))
        for name in self.goal:
            goal = np.fmin(goal, self.since_entry(name))
        goal = np.where(goal <= self._until, goal, _NEVER)[rows]
        refused = self._refused_at()[rows]
        lost = np.where(self._nothing_left(passes, rows), self.clock, _NEVER)
        out = np.array(passes["arm"].to_pylist(), dtype=object) == "holdout"
        found = {
            "goal": goal,
            "refused": refused,
            "unreachable": lost,
            "over": np.where(out, self._until[rows], _NEVER),
        }
        return _endings(passes["pass_id"].to_numpy(), found, self.clock)

    def facts(self, passes: pa.Table, names: AbstractSet[str]) -> pa.Table:
        """Step facts, events since the entry, answers, and the profile with its days counted on."""
        rows = self.rows(passes)
        columns = {"pass_id": passes["pass_id"]} | {name: fact(self, name, rows) for name in sorted(names)}
        return pa.table(columns)

    def hand_over(self, node: Node, passes: pa.Table, variants: pa.Array, wanted: pa.Array, now: datetime) -> pa.Table:
        """Plan, hold, send or skip; answers are drawn at the moment of sending."""
        rows = self.rows(passes)
        touches = self.touches.setdefault(str(node.name), Touches.none(len(self)))
        wish = np.asarray(wanted, dtype=bool)
        unplanned = np.isnat(touches.planned_at[rows])
        new = rows[unplanned & wish]
        touches.planned_at[new], touches.state[new] = self.clock, "planned"
        touches.variant[new] = np.array(variants.to_pylist(), dtype=object)[unplanned & wish]
        touches.offer[new] = self._offers(node, new, touches)
        held = rows[touches.state[rows] == "planned"]
        dropped = held[~wish[np.isin(rows, held)]]
        self._close(touches, dropped, "skipped", "not_wanted")
        self._deliver(node, touches, rows[touches.state[rows] == "planned"])
        return self._answer(node, touches, passes, rows, dropped, wish)

    def tag(self, node: Node, passes: pa.Table, now: datetime) -> None:
        self.tags.append((str(node.tag), self.rows(passes), now))

    def stop(self, node: Node, passes: pa.Table, now: datetime) -> None:
        """Pauses and rests begin after the pass, which is where a simulation of one campaign ends."""

    def release(self, passes: pa.Table, now: datetime) -> None:
        rows = self.rows(passes)
        for touches in self.touches.values():
            open_ = rows[touches.state[rows] == "planned"]
            self._close(touches, open_, "cancelled", "pass_ended")

    def draw(self, passes: pa.Table, salt: str) -> pa.Array:
        return pa.array(lots(self.drawn.seeds[self.rows(passes)], salt))

    def _offers(self, node: Node, rows: Rows, touches: Touches) -> NDArray[np.object_]:
        """The offer that goes with the step: the variant's or the step's own, `best` = the one of the pass."""
        best = np.array(self.passes["offer"].take(pa.array(rows)).to_pylist(), dtype=object)
        arms = {variant.name: variant.offer for variant in node.split}
        offers = np.array([arms.get(name) or node.offer for name in touches.variant[rows]], dtype=object)
        return np.where(offers == "best", best, offers)

    def _deliver(self, node: Node, touches: Touches, rows: Rows) -> None:
        """Hand over what can be handed over now; what has waited too long expires."""
        left = rows
        for channel in node.by:
            open_ = self._open(channel, left)
            touches.channel[left[open_]] = channel
            left = left[~open_]
        self._close(touches, left, "skipped", "unreachable")
        rows = np.setdiff1d(rows, left, assume_unique=True)
        patience = Duration.parse(node.within if node.verb == "call" else node.expires)
        late = after(touches.planned_at[rows], patience, self.zone) <= self.clock
        self._close(touches, rows[late], "expired", "held_too_long")
        rows = rows[~late]
        if self.allowed is not None and len(rows):
            rows = rows[np.asarray(self.allowed(node, self.passes.take(pa.array(rows)), self.now), dtype=bool)]
        rows = self._within_capacity(touches, rows)
        self._close(touches, rows, "accepted", None)
        within = Duration.parse(node.within) if node.verb == "call" else None
        self.drawn.after_contact(str(node.name), rows, np.full(len(rows), self.clock), within)

    def _within_capacity(self, touches: Touches, rows: Rows) -> Rows:
        day = self.now.astimezone(self.zone).date().isoformat()
        kept = [rows[~np.isin(touches.channel[rows].astype(str), list(self.capacity))]]
        for channel, most in self.capacity.items():
            mine = rows[touches.channel[rows] == channel]
            used = self._used.get((channel, day), 0)
            kept.append(mine[: max(0, most - used)])
            self._used[channel, day] = used + len(kept[-1])
        return np.sort(np.concatenate(kept))

    def _answer(
        self, node: Node, touches: Touches, passes: pa.Table, rows: Rows, dropped: Rows, wish: NDArray[np.bool_]
    ) -> pa.Table:
        state = np.where(np.isnat(touches.done_at[rows]), "held", "done").astype(object)
        at = touches.done_at[rows].copy()
        if node.verb == "call":
            called = touches.state[rows] == "accepted"
            result_at = self.drawn.first([(str(node.name), "result")], len(self))[rows]
            state[called & ~(result_at <= self.clock)] = "open"
            at = np.where(called, result_at, at)
        never = np.isnat(touches.planned_at[rows]) & ~wish
        state[never | np.isin(rows, dropped)] = "passed"
        at = np.where(state == "done", at, self.clock)
        moment_type = pa.timestamp("us")
        return pa.table(
            {
                "pass_id": passes["pass_id"],
                "state": pa.array(state, pa.string()),
                "at": pa.array(at, moment_type).cast(pa.timestamp("us", tz="UTC")),
            }
        )

    def _close(self, touches: Touches, rows: Rows, state: str, reason: str | None) -> None:
        touches.state[rows], touches.reason[rows], touches.done_at[rows] = state, reason, self.clock

    def _open(self, channel: str, rows: Rows) -> NDArray[np.bool_]:
        """Whether the channel can still reach each person: an address on entry, no bounce or farewell since."""
        name = f"can_{channel}"
        known = name in self.profiles.column_names
        open_ = np.array(self.profiles[name].fill_null(False) if known else np.ones(len(self)), dtype=bool)[rows]
        for step, touches in self.touches.items():
            through = touches.channel[rows] == channel
            gone = self.drawn.first([(step, "bounced"), (step, "unsubscribed")], len(self))[rows] <= self.clock
            said = self.drawn.words.get((step, "result"))
            if said is not None:
                gone |= (said[rows] == "wrong_number") & (self.drawn.at[step, "result"][rows] <= self.clock)
            open_ &= ~(through & gone)
        return open_

    def _refused_at(self) -> Moments:
        refused = self.drawn.first([kind for kind in self.drawn.at if kind[1] == "refused"], len(self))
        for (step, kind), said in self.drawn.words.items():
            if kind == "result":
                ends = np.isin(said.astype(str), list(_REFUSALS))
                refused = np.fmin(refused, np.where(ends, self.drawn.at[step, kind], _NEVER))
        return refused

    def _nothing_left(self, passes: pa.Table, rows: Rows) -> NDArray[np.bool_]:
        """Whether a contact lies ahead and no channel of any is open; a call that is out is not ahead any more."""
        node_at = passes["node"].to_numpy()
        journeying = np.array(passes["part"].to_pylist()) == "journey"
        segments = np.array(passes["segment"].to_pylist(), dtype=object)
        ahead = np.zeros(len(rows), bool)
        reach = np.zeros(len(rows), bool)
        for segment, table in self.tables.items():
            mine = (segments == segment) & journeying
            for node in table.nodes:
                if node.contacts and mine.any():
                    coming = mine & (node_at <= node.index)
                    ahead |= coming
                    touches = self.touches.get(str(node.name))
                    out = np.zeros(len(rows), bool) if touches is None else touches.state[rows] == "accepted"
                    reach |= coming & out
                    for channel in node.by:
                        reach |= coming & self._open(channel, rows)
        return ahead & ~reach

    def since_entry(self, name: str) -> Moments:
        """When an event or answer of this name first came, from each person."""
        question = name.removeprefix("answered_")
        if question != name and question in self.asks:
            steps = [(step, "answered") for step in self.asks[question]]
            return np.fmin(self.drawn.first(steps, len(self)), self.drawn.event(name))
        return self.drawn.event(name)

    def _questions(self) -> dict[str, list[str]]:
        """Which steps bring answers to a question: those that ask, and reminders after them that ask nothing new."""
        asks: dict[str, list[str]] = {}
        for table in self.tables.values():
            open_: tuple[str, ...] = ()
            for node in (*table.nodes, *table.after_goal):
                open_ = node.ask or open_
                for question in open_ if node.contacts else ():
                    if str(node.name) not in asks.setdefault(question, []):
                        asks[question].append(str(node.name))
        return asks


def _endings(ids: NDArray[np.int64], found: Mapping[str, Moments], now: np.datetime64) -> pa.Table:
    parts = [(ids[at <= now], outcome, at[at <= now]) for outcome, at in found.items()]
    words = [outcome for part, outcome, _ in parts for _ in range(len(part))]
    return pa.table(
        {
            "pass_id": pa.array(np.concatenate([part for part, _, _ in parts]), pa.int64()),
            "outcome": pa.array(words, pa.string()),
            "at": pa.array(np.concatenate([at for _, _, at in parts]), pa.timestamp("us")),
        }
    )
