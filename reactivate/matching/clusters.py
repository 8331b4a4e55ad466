"""From pairs to people: components above the line, then no cluster that holds a contradiction.

Clusters grow along the surest pair first (single link over a maximum spanning order); a union is refused when it
would put two records into one person that the model holds for different people, or that a reviewer has parted.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from attrs import frozen
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class Pairs:
    """Scored candidate pairs. `tie`: breaks equal probabilities the same way in every run."""

    left: Rows
    right: Rows
    probability: Floats
    tie: npt.NDArray[np.uint64]


@frozen(eq=False)
class Clusters:
    """`label[record]`; `bridges` hold the clusters, `refused` were not taken: places in the pairs."""

    label: Rows
    bridges: Rows
    refused: Rows


def components(count: int, left: Rows, right: Rows) -> Rows:
    """Connected components as a label per record, numbered by first appearance."""
    if not len(left):
        return np.arange(count)
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    label: Rows = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def cluster(count: int, pairs: Pairs, merge: npt.NDArray[np.bool_], against: npt.NDArray[np.bool_]) -> Clusters:
    """Unite along `merge` pairs; pairs marked `against` must not end in one cluster."""
    edges = np.flatnonzero(merge)
    label = components(count, pairs.left[edges], pairs.right[edges])
    conflicts = np.flatnonzero(against & (label[pairs.left] == label[pairs.right]))
    order = edges[np.lexsort((pairs.tie[edges], -pairs.probability[edges]))]
    troubled = np.zeros(count, bool)
    troubled[label[pairs.left[conflicts]]] = True
    hard = troubled[label[pairs.left[order]]]
    bridges, refused = _greedy(count, pairs, order[hard], conflicts)
    easy, _ = _greedy_easy(count, pairs, order[~hard])
    taken = np.concatenate([easy, bridges])
    return Clusters(components(count, pairs.left[taken], pairs.right[taken]), np.sort(taken), refused)


def _greedy_easy(count: int, pairs: Pairs, order: Rows) -> tuple[Rows, Rows]:
    """A maximum spanning forest: pairs alone in their component need no search, the rest goes through union-find."""
    degree = np.bincount(pairs.left[order], minlength=count) + np.bincount(pairs.right[order], minlength=count)
    lonely = (degree[pairs.left[order]] == 1) & (degree[pairs.right[order]] == 1)
    taken, refused = _greedy(count, pairs, order[~lonely], np.zeros(0, np.int64))
    return np.concatenate([order[lonely], taken]), refused


def _greedy(count: int, pairs: Pairs, order: Rows, conflicts: Rows) -> tuple[Rows, Rows]:
    """Union-find along `order`, refusing unions across a conflict. (places taken, places refused)."""
    parent: dict[int, int] = {}
    enemies: dict[int, set[int]] = {}
    members: dict[int, list[int]] = {}
    for a, b in zip(pairs.left[conflicts].tolist(), pairs.right[conflicts].tolist(), strict=True):
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)

    def root(node: int) -> int:
        while parent.get(node, node) != node:
            parent[node] = parent.get(parent[node], parent[node])
            node = parent[node]
        return node

    taken, refused = [], []
    lefts, rights = pairs.left[order].tolist(), pairs.right[order].tolist()
    for place, a, b in zip(order.tolist(), lefts, rights, strict=True):
        one, two = root(a), root(b)
        if one == two:
            continue
        group_one, group_two = members.get(one, [one]), members.get(two, [two])
        if len(group_one) < len(group_two):
            one, two, group_one, group_two = two, one, group_two, group_one
        if enemies and _at_odds(group_two, group_one, enemies):
            refused.append(place)
            continue
        parent[two] = one
        members[one] = group_one + group_two
        members.pop(two, None)
        taken.append(place)
    return np.array(taken, np.int64), np.array(refused, np.int64)


def _at_odds(small: Iterable[int], large: list[int], enemies: dict[int, set[int]]) -> bool:
    large_set = set(large)
    return any(not enemies[node].isdisjoint(large_set) for node in small if node in enemies)
