"""Where the people of a walk stand: the columns of `passes` that a walk changes, kept as numpy arrays meanwhile."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reactivate.contracts.schemas import PASSES
from reactivate.journey.clock import Moments

Rows = NDArray[np.intp]
_MOMENTS = ("since_at", "ended_at", "goal_at")


class Positions:
    """The moving columns of a passes table. Rows are positions in that table."""

    def __init__(self, passes: pa.Table) -> None:
        self._fixed = PASSES.conform(passes).combine_chunks()
        self.ids: NDArray[np.int64] = self._fixed["pass_id"].to_numpy()
        self.node: NDArray[np.int32] = self._fixed["node"].to_numpy().copy()
        self.later = _is(self._fixed, "part", "after_goal")
        self.ended = _is(self._fixed, "state", "ended")
        self.held_out = _is(self._fixed, "arm", "holdout")
        self.since_at, self.ended_at, self.goal_at = (moments(self._fixed[name]) for name in _MOMENTS)
        self.outcome: NDArray[np.object_] = np.array(self._fixed["outcome"].to_pylist(), dtype=object)
        self._order = np.argsort(self.ids, kind="stable")

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, ids: NDArray[np.int64]) -> Rows:
        """Row positions of pass ids. ValueError when one of them is not ours."""
        place = np.searchsorted(self.ids, ids, sorter=self._order)
        rows = self._order[np.minimum(place, len(self) - 1)]
        if not np.array_equal(self.ids[rows], ids):
            raise ValueError("the world answered for passes it was not asked about")
        return rows

    def persons(self, rows: Rows) -> pa.Array:
        """Person ids of these rows."""
        return self._fixed["person_id"].take(pa.array(rows)).combine_chunks()

    def at(self, part: str, index: int) -> Rows:
        """Rows of treated people inside who stand at this node."""
        here = self.node == index
        return np.flatnonzero(here & ~self.ended & ~self.held_out & (self.later == (part == "after_goal")))

    def end(self, rows: Rows, outcome: Any, at: Any) -> None:
        """Close these passes under `outcome` (a word, or one per row)."""
        self.ended[rows] = True
        self.outcome[rows] = outcome
        self.ended_at[rows] = at

    def turn(self, rows: Rows, at: Moments) -> None:
        """Send these passes to the start of `after_goal`, which counts from the goal."""
        self.ended[rows] = False
        self.outcome[rows] = None
        self.ended_at[rows] = np.datetime64("NaT")
        self.later[rows] = True
        self.node[rows] = 0
        self.since_at[rows] = at

    def go_on(self, rows: Rows, at: Any = None) -> None:
        """To the next node; `at` is the end of the step just done, None = it was passed over."""
        self.node[rows] += 1
        if at is not None:
            self.since_at[rows] = at

    def table(self, rows: Rows | None = None) -> pa.Table:
        """These rows as a passes table as they stand now; all rows without an argument."""
        pick = slice(None) if rows is None else rows
        moving = {
            "node": pa.array(self.node[pick]),
            "part": pc.if_else(pa.array(self.later[pick]), "after_goal", "journey"),
            "state": pc.if_else(pa.array(self.ended[pick]), "ended", "inside"),
            "outcome": pa.array(self.outcome[pick], pa.string()),
            **{name: _column(getattr(self, name)[pick]) for name in _MOMENTS},
        }
        fixed = self._fixed if rows is None else self._fixed.take(pa.array(rows))
        for name, values in moving.items():
            place = fixed.schema.get_field_index(name)
            fixed = fixed.set_column(place, fixed.schema.field(place), values)
        return fixed


def moments(column: Any) -> Moments:
    """An Arrow timestamp column as numpy moments in UTC, microseconds; null is NaT."""
    utc = column.cast(pa.timestamp("us", tz="UTC"))
    plain = utc.to_numpy(zero_copy_only=False) if isinstance(utc, pa.Array) else utc.to_numpy()
    return np.array(plain, "datetime64[us]")


def _is(table: pa.Table, column: str, word: str) -> NDArray[np.bool_]:
    return np.asarray(pc.equal(table[column], word).to_numpy(), dtype=bool)


def _column(values: Moments) -> pa.Array:
    return pa.array(values, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
