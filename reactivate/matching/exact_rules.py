"""`exact`: records that share a key are one person. No model, no doubt, no mercy."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from reactivate.contracts.schemas import LINKS
from reactivate.matching.fields import Base, coded_base, looked_up
from reactivate.matching.hashing import Hashes, composed
from reactivate.matching.linked import Linked


def exact(normal: pa.Table, by: Sequence[str] = ("phone", "email")) -> Linked:
    """Unite records that share a phone, an e-mail, a tax or vehicle id, name and birth date, or the flat with the name.

    `by` words stand side by side: any one of them unites. `name` needs first and family name and either patronymic or
    birth date; a bare namesake is nobody. Shared and placeholder contacts are no keys (see `normalise`).
    """
    base = coded_base(normal, list(by))
    left: list[np.ndarray] = []
    right: list[np.ndarray] = []
    reasons: list[str] = []
    counts: dict[str, int] = {}
    for word in by:
        rows, hashes = _keys(base, word)
        one, two = _chains(rows, hashes)
        counts[word] = len(one)
        left.append(np.minimum(one, two))
        right.append(np.maximum(one, two))
        reasons += [f"{word} equal"] * len(one)
    joined_left, joined_right = (
        np.concatenate([*left, np.zeros(0, np.int64)]),
        np.concatenate([*right, np.zeros(0, np.int64)]),
    )
    _, kept = np.unique(joined_left * max(base.rows, 1) + joined_right, return_index=True)
    links = LINKS.table(
        left=pa.array(joined_left[kept], pa.int64()),
        right=pa.array(joined_right[kept], pa.int64()),
        probability=pa.array(np.ones(len(kept))),
        band=pa.array(["merge"] * len(kept), pa.string()),
        reason=pa.array([reasons[i] for i in kept.tolist()], pa.string()),
    )
    return Linked(links, {"records": base.rows, "links_by_key": counts})


def _keys(base: Base, word: str) -> tuple[np.ndarray, Hashes]:
    """(rows, key hashes) of one word; several rows entries where a field has several values."""
    every = np.arange(base.rows)
    if word in ("phone", "email") and base.has(word):
        column = base.columns[word]
        rows, slots = np.nonzero(column.codes >= 0)
        return rows.astype(np.int64), looked_up(column.hashes, column.codes[rows, slots])
    if word == "name" and base.has("first", "last"):
        full = [base.hashed("first"), base.hashed("last")]
        more = [composed(*full, base.hashed(name)) for name in ("patronymic", "birth") if base.has(name)]
        return np.tile(every, len(more)), np.concatenate([*more, np.zeros(0, np.uint64)])
    if word == "address" and base.has("street", "house", "last"):
        parts = [base.hashed(name) for name in ("street", "house", "flat", "last", "first") if base.has(name)]
        return every, composed(*parts)
    simple = {"birth_date": None, "tax_id": "tax_id", "vehicle": "vehicle"}.get(word)
    if simple and base.has(simple):
        return every, base.hashed(simple)
    return every, np.zeros(base.rows, np.uint64)


def _chains(rows: np.ndarray, hashes: Hashes) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours within each key, so that a block of a million gives a million links."""
    there = hashes != 0
    rows, hashes = rows[there], hashes[there]
    order = np.lexsort((rows, hashes))
    rows, hashes = rows[order], hashes[order]
    same = (hashes[1:] == hashes[:-1]) & (rows[1:] != rows[:-1])
    return rows[:-1][same], rows[1:][same]
