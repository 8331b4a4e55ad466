"""One pass of the clock over a campaign: every node once, in document order, its people as one table."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field
from numpy.typing import NDArray

from reactivate.contracts.nodes import Node, NodeTable
from reactivate.journey.clock import due, moment
from reactivate.journey.news import News
from reactivate.journey.state import Positions, Rows
from reactivate.journey.world import FINISHED, GOAL, OVER, Rule, World

_FOR_GOOD = ("refused", "erased")


def walk(
    table: NodeTable,
    passes: pa.Table,
    world: World,
    now: datetime,
    *,
    zone: ZoneInfo,
    rules: Mapping[str, Rule],
    busy: pa.Array | None = None,
) -> pa.Table:
    """Move these passes as far as they can go at `now`, and return them, same rows in the same order.

    `passes` follow `table` (one version, one segment): those inside, and those ended whose goal may still come.
    `busy`: ids of people who have a pass inside among passes not given here; a late goal reopens none of theirs.
    `rules` are compiled rules by their text in the nodes. All decisions up to the next wait are taken at one moment.
    Contract: `passes`. DataError when `passes` breaks it, ValueError when `now` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("the moment of a walk must carry a zone")
    elsewhere = pa.array([], pa.string()) if busy is None else busy
    journey = _Walk(table, Positions(passes), world, now, zone, rules, elsewhere)
    journey.keep_holdout()
    journey.see_late_goals()
    for part, nodes in (("journey", table.nodes), ("after_goal", table.after_goal)):
        for index, node in enumerate(nodes):
            journey.visit(part, index, node)
        journey.finish(part, len(nodes))
    return journey.people.table()


@define
class _Walk:
    table: NodeTable
    people: Positions
    world: World
    now: datetime
    zone: ZoneInfo
    rules: Mapping[str, Rule]
    busy: pa.Array
    clock: np.datetime64 = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.clock = moment(self.now)

    def keep_holdout(self) -> None:
        """The holdout takes no steps: its goal is only noted, and it stays inside until its time is over."""
        news = self._news(np.flatnonzero(self.people.held_out & ~self.people.ended))
        self._note_goal(news)
        ends = news.without({GOAL}).first()
        reached = ~np.isnat(self.people.goal_at[ends.rows])
        timeout = np.where(reached, GOAL, FINISHED)
        self._end(ends.rows, np.where(ends.words == OVER, timeout, ends.words), ends.at)

    def see_late_goals(self) -> None:
        """A goal counts even if the steps had ended, in both arms; what follows the goal is then done, once."""
        people = self.people
        goals = self._note_goal(self._news(np.flatnonzero(people.ended & np.isnat(people.goal_at))))
        held_out = people.held_out[goals.rows]
        late = goals.rows[held_out]
        people.outcome[late[people.outcome[late] == FINISHED]] = GOAL
        if self.table.after_goal:
            willing = ~held_out & ~np.isin(people.outcome[goals.rows].astype(str), _FOR_GOOD)
            willing[willing] = self._free(goals.rows[willing])
            people.turn(goals.rows[willing], goals.at[willing])

    def _free(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these ended passes may be reopened: their person has none inside, and no newer one among them."""
        persons = self.people.persons(rows)
        inside = self.people.persons(np.flatnonzero(~self.people.ended))
        taken = np.asarray(pc.is_in(persons, value_set=pa.concat_arrays([inside, self.busy])), dtype=bool)
        newest = np.zeros(len(rows), bool)
        order = np.argsort(-self.people.ids[rows])
        _, first = np.unique(persons.dictionary_encode().indices.to_numpy()[order], return_index=True)
        newest[order[first]] = True
        newest &= ~taken
        return newest

    def visit(self, part: str, index: int, node: Node) -> None:
        """Let everyone who stands at this node, and is not called away, take the step."""
        rows = self._still_here(part, self.people.at(part, index))
        if not len(rows):
            return
        wanted = self._true(node.rule, rows)
        if node.contacts:
            self._hand_over(node, rows, wanted)
            return
        self.people.go_on(rows[~wanted])
        rows = rows[wanted]
        if node.verb == "wait":
            self.people.go_on(rows[self._waited(node, rows)], self.clock)
        elif node.verb == "tag":
            self._tell(self.world.tag, node, rows)
            self.people.go_on(rows, self.clock)
        else:
            self._tell(self.world.stop, node, rows)
            self._end(rows, node.outcome, self.clock)

    def finish(self, part: str, end: int) -> None:
        """Close the passes that have come to the end of their list."""
        rows = self._still_here(part, self.people.at(part, end))
        self._end(rows, FINISHED if part == "journey" else GOAL, self.clock)

    def _still_here(self, part: str, rows: Rows) -> Rows:
        """Those of `rows` whom neither goal nor refusal has just called away."""
        news = self._news(rows)
        if part == "after_goal":
            news = news.without({GOAL})
        self._note_goal(news)
        first = news.first()
        goals = first.only({GOAL})
        others = first.without({GOAL})
        self._end(others.rows, others.words, others.at)
        if self.table.after_goal:
            self.people.turn(goals.rows, goals.at)
            self._tell_release(goals.rows)
        else:
            self._end(goals.rows, GOAL, goals.at)
        return np.setdiff1d(rows, first.rows, assume_unique=True)

    def _hand_over(self, node: Node, rows: Rows, wanted: NDArray[np.bool_]) -> None:
        here = self.people.table(rows)
        answer = self.world.hand_over(node, here, self._variants(node, here), pa.array(wanted), self.now)
        news = News.of(answer, "state", rows, self.people)
        done = news.only({"done"})
        self.people.go_on(done.rows, done.at)
        self.people.go_on(news.only({"passed"}).rows)

    def _variants(self, node: Node, here: pa.Table) -> pa.Array:
        """The arm of the split that each pass drew; null without a split."""
        if not node.split:
            return pa.nulls(here.num_rows, pa.string())
        lots = np.asarray(self.world.draw(here, f"split {node.name}"))
        shares = np.cumsum([variant.share for variant in node.split])
        drawn = np.minimum(np.searchsorted(shares, lots * shares[-1], side="right"), len(shares) - 1)
        return pa.array([variant.name for variant in node.split]).take(pa.array(drawn))

    def _waited(self, node: Node, rows: Rows) -> NDArray[np.bool_]:
        since = self.people.since_at[rows]
        over = np.zeros(len(rows), bool) if node.wait is None else due(since, node.wait, self.zone) <= self.clock
        return over | self._true(node.or_until, rows) if node.or_until else over

    def _true(self, rule: str | None, rows: Rows) -> NDArray[np.bool_]:
        """For whom a rule is true now; no rule is true for everyone."""
        if rule is None or not len(rows):
            return np.ones(len(rows), bool)
        compiled = self.rules[rule]
        facts = self.world.facts(self.people.table(rows), compiled.names)
        return np.asarray(pc.fill_null(compiled.true(facts), False), dtype=bool)

    def _news(self, rows: Rows) -> News:
        if not len(rows):
            return News(rows, np.array([], object), np.array([], "datetime64[us]"))
        return News.of(self.world.endings(self.people.table(rows), self.now), "outcome", rows, self.people)

    def _note_goal(self, news: News) -> News:
        """Remember the first goal of each pass; returns the goals."""
        goals = news.only({GOAL}).first()
        fresh = np.isnat(self.people.goal_at[goals.rows])
        self.people.goal_at[goals.rows[fresh]] = goals.at[fresh]
        return goals

    def _end(self, rows: Rows, outcome: object, at: object) -> None:
        self.people.end(rows, outcome, at)
        self._tell_release(rows)

    def _tell_release(self, rows: Rows) -> None:
        if len(rows):
            self.world.release(self.people.table(rows), self.now)

    def _tell(self, what: Callable[[Node, pa.Table, datetime], None], node: Node, rows: Rows) -> None:
        if len(rows):
            what(node, self.people.table(rows), self.now)
