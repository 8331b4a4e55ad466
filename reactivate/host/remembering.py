"""What a matcher may do besides `link`: go on from what it knew, honour reviewers while it works, explain a pair.

All of it is optional. The host applies reviewers' decisions to the links of any matcher; one that remembers is told of
them beforehand, so that the next best links can take the place of those that were parted.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    import pyarrow as pa


@frozen
class Memory:
    """What a matcher that remembers is given. Pairs are positions in the records, the smaller first.

    `folder` is the matcher's own; it may be missing or hold what another version left. `afresh`: use nothing of it.
    """

    folder: Path
    must_link: Sequence[tuple[int, int]] = ()
    cannot_link: Sequence[tuple[int, int]] = ()
    afresh: bool = False


@frozen(eq=False)
class Remembered:
    """`links` by contract LINKS. `how` it was done, and `why` in full, in words.

    `new`, `changed`, `gone`: records since the matching before; None = there was none to compare with.
    """

    links: "pa.Table"
    how: Literal["full", "incremental"]
    why: str = ""
    new: int | None = None
    changed: int | None = None
    gone: int | None = None
    notes: Sequence[str] = field(factory=tuple)


class RemembersRecords(Protocol):
    """A matcher that need not compare again what it has compared."""

    def link_again(self, records: "pa.Table", memory: Memory) -> Remembered:
        """As `link`, for all records as they are now."""
        ...


class ExplainsPairs(Protocol):
    """A matcher that can tell what speaks for and against two records being one person."""

    def explain_pair(self, records: "pa.Table", left: int, right: int, memory: Memory) -> Any:
        """An object with `evidence` (`field, left, right, level, bits`), `prior_bits, total_bits, probability`."""
        ...
