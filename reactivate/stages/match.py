"""Stage match: a matcher gives links, reviewers have the last word, the host makes persons of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import field, frozen
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from reactivate.contracts.schemas import LINKS
from reactivate.errors import PluginError, ReactivateError
from reactivate.host.protocols import Matcher
from reactivate.host.remembering import Memory, Remembered
from reactivate.matching.review import decided
from reactivate.stages.decided import Decided
from reactivate.stages.same_ids import same_ids


@frozen(eq=False)
class Matched:
    """`clusters`: source, record_id, cluster and probability of each record, in their order; `links` as given.

    `done`: what the matcher did, JSON-ready: `how` (full, incremental), `why`, `new`, `changed`, `gone`, `notes`,
    and of the reviewers' decisions how many are `decided` and how many speak of records that are not there.
    """

    clusters: pa.Table
    links: pa.Table
    done: dict[str, Any] = field(factory=dict)


def match(
    records: pa.Table,
    matcher: Matcher,
    *,
    decisions: Decided | None = None,
    folder: Path | None = None,
    afresh: bool = False,
) -> Matched:
    """Unite records along `merge` links, and cards that are mere numbers with the card of that number.

    `probability` is that of the surest link that holds the record, 1 = alone. `decisions`: what reviewers said; it
    stands above the matcher and above equal numbers. `folder`: where a matcher that remembers keeps what it knows;
    `afresh`: it shall use nothing of it.

    PluginError R509 when the matcher speaks of records that are not there.
    """
    said = decisions or Decided()
    found = _linked(records, matcher, said, folder, afresh)
    links = LINKS.conform(found.links)
    _check(links, records.num_rows)
    links = _distinct(pa.concat_tables([links, same_ids(records)]))
    links = decided(links, records.num_rows, said.must_link, said.cannot_link)
    done = {name: getattr(found, name) for name in ("how", "why", "new", "changed", "gone")}
    done |= {"notes": list(found.notes), "decided": said.used, "decided_elsewhere": said.waiting}
    return Matched(_clusters(records, links), links, done)


def _linked(records: pa.Table, matcher: Any, said: Decided, folder: Path | None, afresh: bool) -> Remembered:
    if records.num_rows < 2:
        return Remembered(LINKS.empty(), "full", "there is nothing to compare")
    if folder is not None and hasattr(matcher, "link_again"):
        memory = Memory(folder, said.must_link, said.cannot_link, afresh)
        found: Remembered = asked(lambda: matcher.link_again(records, memory))
        return found
    return Remembered(matcher.link(records), "full", "this matcher always compares all records")


def asked(work: Callable[[], Any]) -> Any:
    """What a matcher's further methods return; whatever they raise is one diagnostic."""
    try:
        return work()
    except ReactivateError:
        raise
    except Exception as fault:
        said = f"the matcher broke while linking records: {type(fault).__name__}: {fault}"
        raise PluginError.because("R510", said, "tell the author of the plug-in") from fault


def _distinct(links: pa.Table) -> pa.Table:
    """Each pair once, the surest link of it first."""
    if not links.num_rows:
        return links
    keys: Sequence[tuple[str, str]] = [("left", "ascending"), ("right", "ascending"), ("band", "ascending"),
                                       ("probability", "descending")]  # fmt: skip
    ordered = links.sort_by(keys)
    left, right = ordered["left"].to_numpy(), ordered["right"].to_numpy()
    new = np.concatenate([[True], (left[1:] != left[:-1]) | (right[1:] != right[:-1])])
    return ordered.filter(pa.array(new))


def _clusters(records: pa.Table, links: pa.Table) -> pa.Table:
    merge = links.filter(pc.equal(links["band"], "merge"))
    left, right = merge["left"].to_numpy(), merge["right"].to_numpy()
    count = records.num_rows
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1] if count else np.zeros(0)
    surest = np.zeros(count)
    chances = merge["probability"].to_numpy()
    np.maximum.at(surest, left, chances)
    np.maximum.at(surest, right, chances)
    linked = np.zeros(count, bool)
    linked[left] = linked[right] = True
    clusters = records.select(["source", "record_id"])
    clusters = clusters.append_column("cluster", pa.array(labels.astype(np.int64)))
    return clusters.append_column("probability", pa.array(np.where(linked, surest, 1.0)))


def named(links: pa.Table, records: pa.Table) -> pa.Table:
    """Links with the records' keys in place of positions, which mean nothing outside this sync."""
    columns: dict[str, pa.Array] = {}
    for side in ("left", "right"):
        rows = records.take(links[side])
        columns |= {f"{side}_source": rows["source"], f"{side}_record_id": rows["record_id"]}
    return pa.table({**columns, **{name: links[name] for name in ("probability", "band", "reason")}})


def _check(links: pa.Table, count: int) -> None:
    if not links.num_rows:
        return
    lowest, highest = pc.min(links["left"]).as_py(), pc.max(links["right"]).as_py()
    if lowest < 0 or highest >= count or pc.any(pc.greater_equal(links["left"], links["right"])).as_py():
        raise PluginError.because(
            "R509", f"the matcher gave links outside the {count:,} records it got", "try another one under `match`"
        )
