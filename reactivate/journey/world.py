"""What the journey kernel asks of the world around it: the ledger in a run, memory in a simulation."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from reactivate.contracts.nodes import Node

GOAL = "goal"
"""Outcome under which the goal ends a pass."""
OVER = "over"
"""What `endings` reports of a holdout pass when the goal's `within` is over."""
FINISHED = "finished"
"""Outcome of a pass that came to the end of its steps, or of a holdout whose time is over."""


class Rule(Protocol):
    """A compiled rule of the language."""

    @property
    def names(self) -> AbstractSet[str]:
        """The names the rule reads, as written: `orders`, `thanks.clicked`, `ordered`."""
        ...

    def true(self, table: "pa.Table") -> "pa.BooleanArray":
        """Per row, whether the rule is true; false and missing are both not true (false or null)."""
        ...


class World(Protocol):
    """Facts in, decisions out. Every table has the columns of the `passes` contract; `now` is aware, UTC.

    Within one walk at one `now` each answer must be stable, but for what the walk itself did (`hand_over`).
    """

    def endings(self, passes: "pa.Table", now: datetime) -> "pa.Table":
        """What has happened to these passes by `now`: `pass_id, outcome, at`.

        outcome: `goal` (seen within `within` of the entry; also asked of passes that have ended), `refused`, `erased`,
        `unreachable` (no channel is left), `over` (holdout only: `within` has passed). No row = nothing; of several
        rows the earliest counts.
        """
        ...

    def facts(self, passes: "pa.Table", names: AbstractSet[str]) -> "pa.Table":
        """One column per name of `names`, row by row as `passes`."""
        ...

    def hand_over(
        self, node: "Node", passes: "pa.Table", variants: "pa.Array", wanted: "pa.Array", now: datetime
    ) -> "pa.Table":
        """Bring the touches of a send, call or ads step as far as they go: `pass_id, state, at`, one row per pass.

        `variants`: arm of the split, null without split. `wanted`: whether the step's `if` is true now.
        state: `done` (the touch is terminal: sent, skipped, expired; `at` says since when), `held` (planned, not yet
        possible), `open` (a call without a final result), `passed` (not wanted and never handed over: a planned touch
        becomes `skipped`, else no touch is made). A touch already handed over ignores `wanted`.
        Asked again at every walk while the person stands there, so it must find the touch made before.
        """
        ...

    def tag(self, node: "Node", passes: "pa.Table", now: datetime) -> None:
        """Put the tag `node.tag` on these people; the same tag twice is one."""
        ...

    def stop(self, node: "Node", passes: "pa.Table", now: datetime) -> None:
        """Note the pauses and the own cool-off of a `stop` that has just ended these passes."""
        ...

    def release(self, passes: "pa.Table", now: datetime) -> None:
        """These passes have just ended or turned to `after_goal`: cancel open touches, free offer and ad audiences."""
        ...

    def draw(self, passes: "pa.Table", salt: str) -> "pa.Array":
        """A lot per pass: float64 in [0, 1), the same for the same pass and salt for ever."""
        ...
