"""Which person each record is: known records keep their person, whatever the matcher says today.

`assign` only reads; the decisions are written with the base they belong to (`ledger.base`), so a plan that is
thrown away changes nobody's id.
"""

from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field
from sqlalchemy import Connection, select

from reactivate.contracts.schemas import MEMBERS
from reactivate.ledger import keys, unmerge
from reactivate.ledger import schema as t
from reactivate.ledger.store import table_of

_KNOWN = pa.schema([("source", pa.string()), ("record_id", pa.string()), ("person_id", pa.string())])


def known_members(connection: Connection) -> pa.Table:
    """`source, record_id, person_id` of every record ever committed."""
    query = select(t.member.c.source, t.member.c.record_id, t.member.c.person_id)
    return table_of(connection, query, _KNOWN)


def assign(connection: Connection, secret: bytes, records: pa.Table) -> pa.Table:
    """A members table for `records` (source, record_id, cluster; optional probability, points).

    A cluster that holds one known person, who is in no other cluster, keeps it. A new cluster is named after its
    smallest record key. Where known persons meet, the one known longest gives the id; where one falls apart, the
    part with a contacted point (`points`: list of int64 hashes) keeps it, else the part with most known records.
    """
    table = _typed(records).append_column("row", pa.array(range(records.num_rows), pa.int64()))
    table = table.append_column("key", _record_keys(table))
    joined = table.select(["source", "record_id", "row"]).join(
        known_members(connection), keys=["source", "record_id"], join_type="left outer"
    )
    joined = joined.sort_by("row")
    table = table.append_column("known", joined["person_id"])
    chosen = _person_per_cluster(connection, secret, table)
    person = _look_up(chosen, table["cluster"])
    probability = table["probability"] if "probability" in table.column_names else _ones(table.num_rows)
    return MEMBERS.table(
        source=table["source"], record_id=table["record_id"], person_id=person, probability=probability
    )


def _typed(records: pa.Table) -> pa.Table:
    """Our columns in our types: an empty table may come with none."""
    types = {"source": pa.string(), "record_id": pa.string(), "cluster": pa.int64()}
    for name, kind in types.items():
        records = records.set_column(records.schema.get_field_index(name), name, records[name].cast(kind))
    return records


def _record_keys(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["source"], table["record_id"], "\x1f")


def _ones(count: int) -> pa.Array:
    return pa.repeat(pa.scalar(1.0), count)


def _look_up(chosen: pa.Table, clusters: pa.ChunkedArray) -> pa.Array:
    place = pc.index_in(clusters.combine_chunks(), chosen["cluster"].combine_chunks())
    return chosen["person_id"].combine_chunks().take(place)


def _person_per_cluster(connection: Connection, secret: bytes, table: pa.Table) -> pa.Table:
    """`cluster, person_id`: every cluster once."""
    clusters = table.group_by("cluster").aggregate(
        [("key", "min"), ("known", "count_distinct"), ("known", "min")]
    )  # nulls are not counted
    tangled = _tangled_clusters(table)
    is_tangled = pc.is_in(clusters["cluster"], tangled)
    has_person = pc.is_valid(clusters["known_min"])
    kept = clusters.filter(pc.and_(has_person, pc.invert(is_tangled)))
    resolved = _untangle(connection, table.filter(pc.is_in(table["cluster"], tangled)))
    nameless = pc.is_in(clusters["cluster"], pa.array(sorted(resolved.nameless), pa.int64()))
    fresh = pc.and_(pc.invert(has_person), pc.invert(is_tangled))
    unnamed = clusters.filter(pc.or_(fresh, nameless)).sort_by("key_min")
    named = _new_ids(connection, secret, unnamed["key_min"])
    return pa.table(
        {
            "cluster": pa.chunked_array(
                [
                    *kept["cluster"].chunks,
                    pa.array(resolved.keeps.keys(), pa.int64()),
                    *unnamed["cluster"].chunks,
                ],
                pa.int64(),
            ),
            "person_id": pa.chunked_array(
                [*kept["known_min"].chunks, pa.array(resolved.keeps.values(), pa.string()), named], pa.string()
            ),
        }
    )


def _tangled_clusters(table: pa.Table) -> pa.Array:
    """Clusters in which known persons meet, or which share a known person with another cluster."""
    pairs = table.filter(pc.is_valid(table["known"])).group_by(["known", "cluster"]).aggregate([])
    several = pairs.group_by("cluster").aggregate([("known", "count")])
    meeting = several.filter(pc.greater(several["known_count"], 1))["cluster"]
    spread = pairs.group_by("known").aggregate([("cluster", "count")])
    split = spread.filter(pc.greater(spread["cluster_count"], 1))["known"]
    fallen = pairs.filter(pc.is_in(pairs["known"], split.combine_chunks()))["cluster"]
    # A person that fell apart may also be met by others elsewhere: all clusters of all persons involved.
    persons = pairs.filter(pc.is_in(pairs["cluster"], _joined(meeting, fallen)))["known"]
    return pc.unique(pairs.filter(pc.is_in(pairs["known"], persons.combine_chunks()))["cluster"])


def _joined(*columns: pa.ChunkedArray) -> pa.Array:
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type).combine_chunks()


@define
class _Resolved:
    keeps: dict[int, str] = field(factory=dict)
    nameless: set[int] = field(factory=set)


def _untangle(connection: Connection, rows: pa.Table) -> _Resolved:
    """Decide the few clusters where persons meet or fall apart; everything here is small."""
    done = _Resolved()
    if rows.num_rows == 0:
        return done
    records: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    smallest: dict[int, str] = {}
    points: dict[int, set[int]] = defaultdict(set)
    listed = rows["points"].to_pylist() if "points" in rows.column_names else [None] * rows.num_rows
    for cluster, key, known, own in zip(
        rows["cluster"].to_pylist(), rows["key"].to_pylist(), rows["known"].to_pylist(), listed, strict=True
    ):
        smallest[cluster] = min(key, smallest.get(cluster, key))
        points[cluster].update(own or ())
        if known is not None:
            records[known][cluster] += 1
    _back_to_origin(connection, rows, records)
    ages, touched = _ages(connection, records), _contacted_points(connection, records)
    claims: dict[int, list[str]] = defaultdict(list)
    for person, parts in records.items():
        keeper = min(parts, key=lambda part: (not (points[part] & touched[person]), -parts[part], smallest[part]))
        claims[keeper].append(person)
    for cluster in smallest:
        if claims[cluster]:
            done.keeps[cluster] = min(claims[cluster], key=lambda person: (ages[person], person))
        else:
            done.nameless.add(cluster)
    return done


def _back_to_origin(connection: Connection, rows: pa.Table, records: dict[str, dict[int, int]]) -> None:
    """Where a merge falls apart along its seam, the part that was brought in is the person it was before."""
    for person in [person for person, parts in records.items() if len(parts) > 1]:
        seams = unmerge.brought(connection, person)
        for cluster in sorted(records[person], key=lambda part: (records[person][part], part)):
            if not seams or len(records[person]) == 1:
                break
            mine = rows.filter(pc.and_(pc.equal(rows["cluster"], cluster), pc.equal(rows["known"], person)))
            theirs = set(zip(mine["source"].to_pylist(), mine["record_id"].to_pylist(), strict=True))
            fitting = [gone for gone, brought in seams.items() if theirs <= brought]
            if fitting:
                origin = min(fitting, key=lambda gone: (len(seams[gone]), gone))
                records[origin][cluster] += records[person].pop(cluster)
                del seams[origin]


def _ages(connection: Connection, persons: Iterable[str]) -> dict[str, int]:
    """When each of these persons was first committed."""
    found: dict[str, int] = {}
    for part in _parts(sorted(persons)):
        query = select(t.person.c.person_id, t.person.c.created_at).where(t.person.c.person_id.in_(part))
        found.update((row[0], row[1]) for row in connection.execute(query))
    return {person: found.get(person, 0) for person in persons}


def _contacted_points(connection: Connection, persons: Iterable[str]) -> dict[str, set[int]]:
    """The addresses to which something was handed over, per person."""
    found: dict[str, set[int]] = defaultdict(set)
    for part in _parts(sorted(persons)):
        query = select(t.message.c.person_id, t.message.c.point).where(t.message.c.person_id.in_(part))
        for person, point in connection.execute(query):
            found[person].add(point)
    return found


def _parts(values: list[str], size: int = 500) -> Iterable[list[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _new_ids(connection: Connection, secret: bytes, smallest: pa.ChunkedArray) -> pa.Array:
    """Ids for new persons; a name already given to somebody (a split, or bad luck) is derived again."""
    records = smallest.to_pylist()
    taken = set(connection.execute(select(t.person.c.person_id)).scalars()) if records else set()
    named = []
    for record in records:
        again, name = 0, keys.person_id(secret, record)
        while name in taken:
            again += 1
            name = keys.person_id(secret, record, again)
        taken.add(name)
        named.append(name)
    return pa.array(named, pa.string())
