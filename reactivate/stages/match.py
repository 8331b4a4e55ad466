"""Stage match: a matcher gives links, the host makes persons of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from reactivate.contracts.schemas import LINKS
from reactivate.errors import PluginError
from reactivate.host.protocols import Matcher
from reactivate.stages.same_ids import same_ids


@frozen(eq=False)
class Matched:
    """`clusters`: source, record_id, cluster and probability of each record, in their order; `links` as given."""

    clusters: pa.Table
    links: pa.Table


def match(records: pa.Table, matcher: Matcher) -> Matched:
    """Unite records along `merge` links, and cards that are mere numbers with the card of that number.

    `probability` is that of the surest link that holds the record, 1 = alone.

    PluginError R509 when the matcher speaks of records that are not there.
    """
    links = LINKS.conform(matcher.link(records)) if records.num_rows > 1 else LINKS.empty()
    _check(links, records.num_rows)
    links = pa.concat_tables([links, same_ids(records)])
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
    return Matched(clusters.append_column("probability", pa.array(np.where(linked, surest, 1.0))), links)


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
