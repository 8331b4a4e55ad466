"""Reviewers' decisions over the links of any matcher: must-links unite, cannot-links part, whatever a model says."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.contracts.schemas import LINKS
from reactivate.matching.clusters import Pairs, cluster, components

Pair = tuple[int, int]
DECIDED = "a reviewer decided"


@frozen(eq=False)
class Contradiction:
    """`apart` are said to be two, and yet are one by the chain `same`. Places in the decisions given."""

    apart: int
    same: tuple[int, ...]


def contradictions(decisions: Sequence[tuple[str, str, bool]]) -> list[Contradiction]:
    """Decisions (left, right, same) that cannot all be true: a = b, b = c, a ≠ c."""
    near: dict[str, list[tuple[str, int]]] = {}
    for place, (left, right, same) in enumerate(decisions):
        if same:
            near.setdefault(left, []).append((right, place))
            near.setdefault(right, []).append((left, place))
    found = []
    for place, (left, right, same) in enumerate(decisions):
        if not same and (chain := _chain(near, left, right)) is not None:
            found.append(Contradiction(place, chain))
    return found


def _chain(near: dict[str, list[tuple[str, int]]], start: str, end: str) -> tuple[int, ...] | None:
    """The shortest chain of decisions from one record to another, None when there is none."""
    came: dict[str, tuple[str, int] | None] = {start: None}
    waiting = [start]
    for node in waiting:
        if node == end:
            steps = []
            while (step := came[node]) is not None:
                node = step[0]  # noqa: PLW2901 - walking back to the start
                steps.append(step[1])
            return tuple(reversed(steps))
        for other, place in near.get(node, []):
            if other not in came:
                came[other] = (node, place)
                waiting.append(other)
    return None


def decided(links: pa.Table, count: int, must_link: Iterable[Pair], cannot_link: Iterable[Pair]) -> pa.Table:
    """LINKS in which no path of `merge` links joins what reviewers parted, and every pair they united is joined.

    Links are given up from the weakest. Decided pairs leave the review band, and so do pairs that are one person now.
    """
    must, cannot = sorted({_ordered(pair) for pair in must_link}), sorted({_ordered(pair) for pair in cannot_link})
    if not must and not cannot:
        return links
    codes = links["left"].to_numpy() * count + links["right"].to_numpy()
    free = links.filter(pa.array(~np.isin(codes, _codes([*must, *cannot], count))))
    merge = free.filter(pc.equal(free["band"], "merge"))
    united = pa.concat_tables([_links(must), merge])
    if cannot:
        united = _parted(united, count, must, cannot)
    label = components(count, united["left"].to_numpy(), united["right"].to_numpy())
    review = free.filter(pc.equal(free["band"], "review"))
    across = label[review["left"].to_numpy()] != label[review["right"].to_numpy()]
    both = pa.concat_tables([united, review.filter(pa.array(across))])
    return both.sort_by([("left", "ascending"), ("right", "ascending")])


def _parted(united: pa.Table, count: int, must: list[Pair], cannot: list[Pair]) -> pa.Table:
    """Grow the clusters anew along the surest links, refusing unions that reviewers forbid."""
    against = np.array(cannot, np.int64).reshape(-1, 2)
    left = np.concatenate([united["left"].to_numpy(), against[:, 0]])
    right = np.concatenate([united["right"].to_numpy(), against[:, 1]])
    # What reviewers said comes before everything that a matcher is sure of.
    chance = np.concatenate([united["probability"].to_numpy(), np.zeros(len(cannot))])
    chance[: len(must)] = 2.0
    tie = (left * count + right).astype(np.uint64)
    is_link = np.arange(len(left)) < united.num_rows
    grown = cluster(count, Pairs(left, right, chance, tie), is_link, ~is_link, silent=0)
    kept = grown.label[left[is_link]] == grown.label[right[is_link]]
    return united.filter(pa.array(kept))


def _links(pairs: list[Pair]) -> pa.Table:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return LINKS.table(
        left=pa.array(table[:, 0]),
        right=pa.array(table[:, 1]),
        probability=pa.array(np.ones(len(pairs))),
        band=pa.array(["merge"] * len(pairs), pa.string()),
        reason=pa.array([DECIDED] * len(pairs), pa.string()),
    )


def _ordered(pair: Pair) -> Pair:
    return (min(pair), max(pair))


def _codes(pairs: list[Pair], count: int) -> npt.NDArray[np.int64]:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    codes: npt.NDArray[np.int64] = table[:, 0] * count + table[:, 1]
    return codes
