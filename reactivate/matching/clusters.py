"""From pairs to people: components above the line; those that hold a contradiction are put together with more care.

There clusters grow along the surest pair first, and before two of them are united all pairs between them are heard:
each adds its log odds, at most STRONGEST either way, and each pair that shares no key at all speaks SILENT against. A
father and son who are linked by one doubtful record stay apart, as do two crowds whom one card with nothing but a
common name would bridge; a person with ten records survives one of them that is badly spoilt. Two records parted by a
reviewer never meet.
"""

from collections import defaultdict

import numpy as np
import numpy.typing as npt
from attrs import frozen
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

STRONGEST = 6.0
"""Log odds that one pair may add to the decision about two clusters."""
SILENT = 0.15
"""Log odds against two clusters for each pair between them that was no candidate; see docs/decisions/013."""
_STEPS = 1 << 20
_NEVER, _ALWAYS = -(1 << 60), 1 << 40

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@frozen(eq=False)
class Pairs:
    """Scored candidate pairs. `tie`: breaks equal probabilities the same way in every run.

    Probabilities 0 and 1 are a reviewer's word: these two never meet, those two are one.
    """

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


def cluster(
    count: int,
    pairs: Pairs,
    merge: npt.NDArray[np.bool_],
    against: npt.NDArray[np.bool_],
    silent: float = SILENT,
) -> Clusters:
    """Unite along `merge` pairs; where a component holds a pair `against`, all pairs between two clusters are heard.

    `silent`: 0 where pairs are no candidates because nobody compared them.
    """
    edges = np.flatnonzero(merge)
    label = components(count, pairs.left[edges], pairs.right[edges])
    within = label[pairs.left] == label[pairs.right]
    troubled = np.zeros(count, bool)
    troubled[label[pairs.left[against & within]]] = True
    order = edges[np.lexsort((pairs.tie[edges], -pairs.probability[edges]))]
    hard = troubled[label[pairs.left[order]]]
    heard = np.flatnonzero(within & troubled[label[pairs.left]])
    careful, refused = _careful(pairs, order[hard], heard, round(silent * _STEPS))
    taken = np.concatenate([_spanning(count, pairs, order[~hard]), careful])
    return Clusters(components(count, pairs.left[taken], pairs.right[taken]), np.sort(taken), refused)


def _spanning(count: int, pairs: Pairs, order: Rows) -> Rows:
    """A maximum spanning forest along `order`, the surest pair first: the place in the order is the weight."""
    if not len(order):
        return order
    rank = np.arange(1, len(order) + 1, dtype=np.float64)
    tree = minimum_spanning_tree(csr_matrix((rank, (pairs.left[order], pairs.right[order])), shape=(count, count)))
    chosen: Rows = order[tree.data.astype(np.int64) - 1]
    return chosen


def _careful(pairs: Pairs, order: Rows, heard: Rows, silent: int) -> tuple[Rows, Rows]:
    """Union-find along `order`; the pairs `heard` may speak against a union. (places taken, places refused)."""
    parent: dict[int, int] = {}
    size: dict[int, int] = defaultdict(lambda: 1)
    # Every pair between two clusters costs `silent`; those that are heard have it back in their weights.
    links = _weights(pairs, heard, silent)

    def root(node: int) -> int:
        while (above := parent.get(node, node)) != node:
            parent[node] = parent.get(above, above)
            node = above
        return node

    taken, refused = [], []
    lefts, rights = pairs.left[order].tolist(), pairs.right[order].tolist()
    for place, a, b in zip(order.tolist(), lefts, rights, strict=True):
        one, two = root(a), root(b)
        if one == two:
            continue
        if links:
            if links[one][two] < silent * size[one] * size[two]:
                refused.append(place)
                continue
            if len(links[one]) < len(links[two]):
                one, two = two, one
            _absorb(links, one, two)
        parent[two] = one
        size[one] += size[two]
        taken.append(place)
    return np.array(taken, np.int64), np.array(refused, np.int64)


def _weights(pairs: Pairs, heard: Rows, silent: int) -> dict[int, dict[int, int]]:
    """Record -> neighbour -> log odds in steps, plus `silent`: whole numbers, whose sum depends on no order."""
    chance = pairs.probability[heard]
    odds = np.log(np.maximum(chance, 1e-12) / np.maximum(1 - chance, 1e-12))
    steps = np.rint(np.clip(odds, -STRONGEST, STRONGEST) * _STEPS).astype(np.int64) + silent
    steps[chance <= 0] = _NEVER
    steps[chance >= 1] = _ALWAYS
    links: dict[int, dict[int, int]] = defaultdict(dict)
    for a, b, weight in zip(pairs.left[heard].tolist(), pairs.right[heard].tolist(), steps.tolist(), strict=True):
        links[a][b] = links[b][a] = weight
    return links


def _absorb(links: dict[int, dict[int, int]], one: int, two: int) -> None:
    """What was between `two` and others is now between `one` and them."""
    mine = links[one]
    for other, weight in links.pop(two).items():
        theirs = links[other]
        del theirs[two]
        if other != one:
            theirs[one] = mine[other] = mine.get(other, 0) + weight
