"""Whom the records of a batch meet: their keys are looked up in the sorted keys of all records before them.

A key is packed into one number, hash above and record (node) below, so that a sorted array answers both questions.
The cap and the re-keying are those of a full run (`blocks`); only the last resort there, the sorted window, is left out
and counted.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from reactivate.matching.blocks import CAP, WEAK_SHARE
from reactivate.matching.hashing import Hashes, composed, sorted_distinct

NODE_BITS = 26
BELOW = np.uint64((1 << NODE_BITS) - 1)
ABOVE = ~BELOW
SIDE = np.int64(1 << 31)
"""A pair of nodes is `smaller * SIDE + larger`."""
_CHUNK = 8_000_000

Nodes = npt.NDArray[np.int64]
Packed = npt.NDArray[np.uint64]
Rehash = Callable[[str, Nodes], Hashes]


@frozen(eq=False)
class Met:
    """`codes`: distinct pairs of a batch record and another. `crowded`: pairs of blocks over the cap, per key."""

    codes: Nodes
    crowded: dict[str, int]


def partners(own: dict[str, Packed], weak: Sequence[str], stored: Callable[[str], list[Packed]], rekeys: Sequence[str],
             rehash: Rehash, cap: int = CAP) -> Met:  # fmt: skip
    """All pairs of a batch record with any record that shares a key.

    `own`: packed keys of the batch; `stored(key)`: those of the layers before; `rehash(field, nodes)`: the hash of a
    field, by which a block over the cap is split.
    """
    found: list[Nodes] = []
    crowded: dict[str, int] = {}
    for name, mine in own.items():
        most = max(2, int(cap * WEAK_SHARE)) if name in weak else cap
        layers = [*stored(name), mine]
        pairs, big = _within(mine, layers, most)
        found += pairs
        if len(big):
            members, ours = _members(layers, big), _members([mine], big)
            crowded[name] = int((_sizes(ours, big) * _sizes(members, big)).sum())
            for field in rekeys:
                found += _within(_finer(ours, field, rehash), [_finer(members, field, rehash)], most)[0]
    return Met(sorted_distinct(found), crowded)


def _within(mine: Packed, layers: Sequence[Packed], most: int) -> tuple[list[Nodes], Packed]:
    """(pairs of blocks of at most `most` records, hashes of the larger blocks)."""
    if not len(mine):
        return [], mine
    hashes = mine & ABOVE
    first = np.concatenate([[True], hashes[1:] != hashes[:-1]])
    distinct, group = hashes[first], np.cumsum(first) - 1
    spans = [(np.searchsorted(layer, distinct), np.searchsorted(layer, distinct | BELOW, "right")) for layer in layers]
    total = sum((end - start for start, end in spans), np.zeros(len(distinct), np.int64))
    small = (total > 1) & (total <= most)
    chosen = np.flatnonzero(small[group])
    out = [_crossed(mine[chosen], group[chosen], layer, *span) for layer, span in zip(layers, spans, strict=True)]
    return out, distinct[total > most]


def _crossed(mine: Packed, group: Nodes, layer: Packed, start: Nodes, end: Nodes) -> Nodes:
    """Codes of each record of `mine` with every record of its group's span in `layer`."""
    sizes = (end - start)[group]
    left = np.repeat((mine & BELOW).astype(np.int64), sizes)
    place = np.arange(len(left)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(start[group], sizes)
    right = (layer[place] & BELOW).astype(np.int64)
    different = left != right
    left, right = left[different], right[different]
    codes: Nodes = np.minimum(left, right) * SIDE + np.maximum(left, right)
    return codes


def _sizes(layer: Packed, hashes: Packed) -> Nodes:
    sizes: Nodes = np.searchsorted(layer, hashes | BELOW, "right") - np.searchsorted(layer, hashes)
    return sizes


def _members(layers: Sequence[Packed], hashes: Packed) -> Packed:
    """Everything in `layers` that bears one of these hashes, sorted."""
    out = []
    for layer in layers:
        start, end = np.searchsorted(layer, hashes), np.searchsorted(layer, hashes | BELOW, "right")
        sizes = end - start
        place = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(start, sizes)
        out.append(layer[place])
    joined: Packed = np.concatenate(out)
    joined.sort()
    return joined


def _finer(members: Packed, field: str, rehash: Rehash) -> Packed:
    """The same records under block and field; sorted, those without the field left out."""
    parts = []
    for begin in range(0, len(members), _CHUNK):
        some = members[begin : begin + _CHUNK]
        split = composed(some & ABOVE | np.uint64(1), rehash(field, (some & BELOW).astype(np.int64)))
        there = split != 0
        parts.append((split[there] & ABOVE) | (some[there] & BELOW))
    joined: Packed = np.concatenate([*parts, np.zeros(0, np.uint64)])
    joined.sort()
    return joined
