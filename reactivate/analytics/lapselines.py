"""Learn the lapse line of each category: the silence after which hardly anybody returns."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.analytics.arrays import Ints, day_number, gathered
from reactivate.analytics.history import History, read_history
from reactivate.analytics.silence import SilenceCurve, Silences, silences
from reactivate.analytics.tastes import encoded


@frozen(eq=False)
class GroupedCurves:
    """A curve of silence for everybody, and one per group.

    A silence belongs to the group of the order that opened it, not to what the person turned to later: whoever
    bought shoes and then came for tea has ended a silence of shoes. `people` counts the distinct people of each
    group, `silences` the silences that were watched.
    """

    everybody: SilenceCurve
    groups: dict[str, SilenceCurve]
    people: dict[str, int]
    silences: dict[str, int]

    def lines(self, below: float, within_days: int) -> pa.Table:
        """`group, people, silences, line_days`; the line is null where too few silences were watched."""
        names = list(self.groups)
        lines = [self.groups[name].line(below, within_days) for name in names]
        return pa.table(
            {
                "group": pa.array(names, pa.string()),
                "people": pa.array([self.people[name] for name in names], pa.int64()),
                "silences": pa.array([self.silences[name] for name in names], pa.int64()),
                "line_days": pa.array(lines, pa.int32()),
            }
        )


def grouped_curves(people: Any, orders: pa.Table, *, as_of: date, by: str = "category") -> GroupedCurves:
    """The curve of everybody and of each value of `by`, a column of `orders`, in the alphabet."""
    found = read_history(people, orders, as_of)
    bought = found.where(found.is_order)
    person, day, opened = opening_orders(bought)
    watched = silences(person, day, day_number(as_of))
    code, words = encoded(gathered(orders[by], opened))
    groups, counted, sizes = {}, {}, {}
    for name, mine in sorted(_positions(code, words), key=lambda pair: pair[0]):
        groups[name] = watched.curve(mine)
        counted[name] = int(np.count_nonzero(np.diff(person[mine], prepend=-1)))
        sizes[name] = len(mine)
    return GroupedCurves(watched.curve(), groups, counted, sizes)


def opening_orders(bought: History) -> tuple[Ints, Ints, Ints]:
    """(person, day, row of the orders table) of each distinct order day: its last order opens the silence."""
    last = np.append((np.diff(bought.person) != 0) | (np.diff(bought.day) != 0), np.ones(min(len(bought.day), 1), bool))
    return bought.person[last], bought.day[last], bought.row[last]


def silence_lines(
    people: Any, orders: pa.Table, *, as_of: date, below: float = 0.1, within_days: int = 90, by: str = "category"
) -> pa.Table:
    """`group, people, silences, line_days`: the silence after which fewer than `below` return within `within_days`.

    A group is the value of `by` (a column of `orders`) at the order that opened the silence. `line_days` is null where
    too few silences were watched to see the share fall below; take the line of the whole base then.
    """
    return grouped_curves(people, orders, as_of=as_of, by=by).lines(below, within_days)


def learned_days(
    bought: History, orders: pa.Table, *, as_of: date, below: float, within_days: int
) -> tuple[dict[str, float], float | None]:
    """Days by category (letter case folded) where the history shows a line, and the line of the whole base."""
    person, day, opened = opening_orders(bought)
    watched: Silences = silences(person, day, day_number(as_of))
    whole = watched.curve().line(below, within_days)
    cells = gathered(orders["category"], opened) if "category" in orders.column_names else pa.nulls(len(opened))
    code, words = encoded(pc.utf8_lower(cells.cast(pa.string())))
    lines = {word: watched.curve(mine).line(below, within_days) for word, mine in _positions(code, words)}
    return {word: float(line) for word, line in lines.items() if line is not None}, whole


def _positions(code: Ints, words: pa.Array) -> Iterator[tuple[str, Ints]]:
    """Each word that occurs with the places where it stands, ascending; one sort, however many words there are."""
    order = np.argsort(code, kind="stable")
    bounds = np.searchsorted(code[order], np.arange(len(words) + 1))
    for number, word in enumerate(words.to_pylist()):
        mine = order[bounds[number] : bounds[number + 1]]
        if len(mine):
            yield str(word), mine
