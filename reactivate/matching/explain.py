"""Why two records were or were not united: per field both values, the level, and its weight in bits.

One bit doubles the odds that both are one person. The bits of all fields and of the prior add up to the log odds of
the model; reviewers' decisions stand above it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate.matching.blocks import CAP, WINDOW
from reactivate.matching.clusters import components
from reactivate.matching.fields import WORDS, Base
from reactivate.matching.frequency import namesakes
from reactivate.matching.incremental import standing
from reactivate.matching.incremental_batch import part_of
from reactivate.matching.incremental_files import Unusable
from reactivate.matching.incremental_state import How, key_hashes
from reactivate.matching.levels import LEVELS, compare, kind_of
from reactivate.matching.linked import Linked
from reactivate.matching.linking import Pair, Scored, score
from reactivate.matching.model import Model
from reactivate.matching.synonyms import Synonyms

_BITS_A_NAT = 1 / float(np.log(2))
_COLUMNS = {"address": ("street", "house", "flat"), "namesakes": ()}


@frozen
class Evidence:
    """One field: what stands in both records, how well it agrees, what that is worth. Level None = cannot be told."""

    field: str
    left: str | None
    right: str | None
    level: str | None
    bits: float


@frozen
class Explanation:
    """`prior_bits` and the fields' bits add up to `total_bits`; `probability` follows from that sum."""

    evidence: tuple[Evidence, ...]
    prior_bits: float
    total_bits: float
    probability: float


def explain_pair(scored: Scored, left: int, right: int) -> Explanation:
    """The evidence for one pair of positions, also for pairs that were never candidates."""
    return _explained(scored.base, scored.model, scored.synonyms, left, right)


def explain_stored(
    normal: pa.Table,
    left: int,
    right: int,
    folder: Path,
    by: Sequence[str],
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
) -> Explanation:
    """The evidence for one pair of rows, by the model that `relink` left in `folder`; without one, by a full run."""
    how = How(tuple(word for word in by if word in WORDS), CAP, WINDOW)
    try:
        state = standing(normal, folder, how, must_link, cannot_link)
        if isinstance(state, Scored):
            return explain_pair(state, left, right)
        nodes = [np.flatnonzero(state.alive() & (state.column("key") == key)) for key in _keys(normal, left, right)]
        both = np.concatenate([found[:1] for found in nodes])
        part, synonyms = part_of(state, np.sort(both))
    except Unusable:
        return explain_pair(score(normal, by=by, must_link=must_link, cannot_link=cannot_link), left, right)
    return _explained(part, state.model, synonyms, *np.argsort(np.argsort(both)).tolist())


def _keys(normal: pa.Table, left: int, right: int) -> list[int]:
    found: list[int] = key_hashes(normal.take(pa.array([left, right]))).tolist()
    return found


def _explained(base: Base, model: Model, synonyms: Synonyms, left: int, right: int) -> Explanation:
    compared = compare(base, np.array([left]), np.array([right]), synonyms)
    levels = {name: compared.get(name, np.zeros(1, np.uint8)) for name in model.fields}
    row = np.array([[int(levels[name][0]) for name in model.fields]], np.uint8)
    probability = float(model.probabilities(row)[0, 0])
    learned = model.calibration
    slope, offset = (learned.slope, learned.offset * _BITS_A_NAT) if learned else (1.0, 0.0)
    prior = total = slope * float(np.log2(_odds(model.share))) + offset
    evidence, weights = [], model.share.copy()
    for name, level in zip(model.fields, row[0].tolist(), strict=True):
        # Bits of a field are given what the fields before it said: the other classes change places as evidence comes.
        after = weights * model.chance[name][:, level - 1] if level else weights
        bits = slope * float(np.log2(_odds(after) / _odds(weights)))
        if learned and level:
            bits += float(learned.weights[name][level - 1]) * _BITS_A_NAT
        total += bits
        weights = after / after.sum()
        told = LEVELS[kind_of(name)][level - 1] if level else None
        evidence.append(Evidence(name, _value(base, name, left), _value(base, name, right), told, round(bits, 2)))
    return Explanation(tuple(evidence), round(prior, 2), round(total, 2), probability)


def _odds(weights: Any) -> float:
    return float(max(weights[0], 1e-300) / max(float(weights[1:].sum()), 1e-300))


def _value(base: Base, name: str, row: int) -> str | None:
    """The value of a field as it was compared."""
    if name == "namesakes":
        return f"{namesakes(base)[row]:.2g} by chance"
    columns = _COLUMNS.get(name, (f"x:{name.partition(':')[2]}" if ":" in name else name,))
    found = [
        base.columns[column].texts[code]
        for column in columns
        if column in base.columns
        for code in base.columns[column].codes[row].tolist()
        if code >= 0
    ]
    return ", ".join(found) or None


def weakest_bridges(linked: Linked, count: int) -> pa.Table:
    """Per person of two records and more the link that holds it worst.

    Columns `person` (label), `records`, `left`, `right`, `probability`, `reason`; the shakiest person first.
    """
    merge = linked.links.filter(pc.equal(linked.links["band"], "merge"))
    left, right = (np.asarray(merge[name].combine_chunks()) for name in ("left", "right"))
    label = components(count, left, right)
    person = label[left] if len(left) else np.zeros(0, np.int64)
    chance = np.asarray(merge["probability"].combine_chunks())
    order = np.lexsort((right, left, chance, person))
    first = np.ones(len(order), bool)
    first[1:] = person[order][1:] != person[order][:-1]
    chosen = order[first]
    chosen = chosen[np.lexsort((left[chosen], chance[chosen]))]
    sizes = np.bincount(label, minlength=1)
    table = merge.take(pa.array(chosen, pa.int64())).select(["left", "right", "probability", "reason"])
    table = table.add_column(0, "person", pa.array(person[chosen], pa.int64()))
    return table.add_column(1, "records", pa.array(sizes[person[chosen]], pa.int64()))
