"""Stage unify: the merged card of every person, and every contact that any of the records had."""

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.contracts.schemas import CONTACTS, PEOPLE, SIGHTINGS
from reactivate.stages.countries import countries
from reactivate.stages.households import MOST, households
from reactivate.stages.tables import whole, with_columns

_KEY = [("source", "ascending"), ("record_id", "ascending")]
_LATEST = ("language", "city", "country", "birth_date")
_NAMES = ("first_display", "last_display", "patronymic_display")


def person_ids(members: pa.Table, sources: pa.ChunkedArray, records: pa.ChunkedArray) -> pa.Array:
    """The person of each (source, record_id); null where nobody is known."""
    keys = whole(pc.binary_join_element_wise(members["source"], members["record_id"], "\x1f"))
    asked = whole(pc.binary_join_element_wise(sources, records, "\x1f"))
    return whole(members["person_id"]).take(pc.index_in(asked, value_set=keys, skip_nulls=True))


def with_person(table: pa.Table, members: pa.Table) -> pa.Table:
    """A table of records' deeds with `person_id` before its columns."""
    return table.add_column(0, "person_id", person_ids(members, table["source"], table["record_id"]))


def contacts(records: pa.Table, found: pa.Table) -> pa.Table:
    """CONTACTS: one row per person, kind and value. `records` have `person_id`; `found` speaks of their rows."""
    if not found.num_rows:
        return CONTACTS.empty()
    of = records.select(["person_id", "source", "last_seen_on"]).take(found["row"])
    rows = found.select(["kind", "value", "display", "good", "flaw", "mobile"])
    for name in of.column_names:
        rows = rows.append_column(name, of[name])
    # Latest first; what has no date last; a person's own order of cells is kept.
    rows = rows.append_column("place", pa.array(range(rows.num_rows), pa.int64()))
    rows = rows.sort_by([("last_seen_on", "descending"), ("place", "ascending")])
    key = ["person_id", "kind", "value"]
    wanted = [("display", "first"), ("good", "max"), ("flaw", "first"), ("mobile", "max"), ("source", "first"),
              ("last_seen_on", "max"), ("place", "min"), ("place", "count")]  # fmt: skip
    points = rows.group_by(key, use_threads=False).aggregate(wanted)
    names = [*key, "display", "good", "flaw", "mobile", "source", "last_seen_on", "place", "records"]
    points = points.rename_columns(names)
    return CONTACTS.conform(_ranked(_shared(points)).drop_columns(["place", "records"]))


def sightings(records: pa.Table, found: pa.Table) -> pa.Table:
    """SIGHTINGS: one row per person, kind, value and record, in the order of records. Arguments as of `contacts`."""
    if not found.num_rows:
        return SIGHTINGS.empty()
    key = ["row", "kind", "value"]
    once = found.group_by(key, use_threads=False).aggregate([("display", "first")]).rename_columns([*key, "display"])
    of = records.select(["person_id", "source", "record_id", "first_seen_on", "last_seen_on"]).take(once["row"])
    return SIGHTINGS.conform(with_columns(of, {name: once[name] for name in ("kind", "value", "display")}))


def people(records: pa.Table, points: pa.Table) -> pa.Table:
    """PEOPLE: the fullest and latest name, the latest of everything else, all tags, the household."""
    if not records.num_rows:
        return PEOPLE.empty()
    ids = whole(pc.unique(records["person_id"]))
    ids = ids.take(pc.sort_indices(ids))
    latest = _sorted(records, [("last_seen_on", "descending"), *_KEY])
    columns = {"person_id": ids, **_names(records, ids)}
    for name in (*_LATEST, *(name for name in records.column_names if name.startswith("x_"))):
        columns[name] = _first(latest.filter(pc.is_valid(latest[name])), name, ids)
    columns["country"] = pc.coalesce(countries(points, ids), columns["country"])
    columns["tags"] = _tags(latest, ids)
    held = pc.value_counts(whole(records["person_id"]))
    columns["records"] = held.field("counts").take(pc.index_in(ids, value_set=held.field("values"))).cast(pa.int32())
    columns["household"] = households(ids, points)
    return PEOPLE.conform(pa.table(columns))


def _shared(points: pa.Table) -> pa.Table:
    """`persons` per value; held by more than eight, a phone or an e-mail is good for nothing."""
    held = points.group_by(["kind", "value"]).aggregate([("person_id", "count")])
    keys = whole(pc.binary_join_element_wise(held["kind"], held["value"], "\x1f"))
    asked = whole(pc.binary_join_element_wise(points["kind"], points["value"], "\x1f"))
    persons = whole(held["person_id_count"]).take(pc.index_in(asked, value_set=keys)).cast(pa.int32())
    many = pc.and_(pc.greater(persons, MOST), pc.not_equal(points["kind"], "address"))
    good = pc.and_(points["good"], pc.invert(many))
    flaw = pc.if_else(pc.and_(many, points["good"]), "shared_by_many", points["flaw"])
    flaw = pc.if_else(good, pa.scalar(None, pa.string()), flaw)
    return with_columns(points, {"persons": persons, "good": good, "flaw": flaw})


def _ranked(points: pa.Table) -> pa.Table:
    """`rank` within person and kind: good ones, then mobile, then the latest, then on most records."""
    numbered = with_columns(
        points,
        {"good": points["good"].cast(pa.int8()), "mobile": pc.fill_null(points["mobile"].cast(pa.int8()), 0)},
    )
    first = ("good", "mobile", "last_seen_on", "records")
    keys = [("person_id", "ascending"), ("kind", "ascending"), *((name, "descending") for name in first)]
    ordered = points.take(pc.sort_indices(numbered, sort_keys=[*keys, ("place", "ascending")]))
    runs = whole(pc.binary_join_element_wise(ordered["person_id"], ordered["kind"], "\x1f")).dictionary_encode().indices
    starts = pc.index_in(runs, value_set=runs).cast(pa.int64())
    places = pa.array(range(len(runs)), pa.int64())
    return ordered.append_column("rank", pc.add(pc.subtract(places, starts), 1).cast(pa.int32()))


def _names(records: pa.Table, ids: pa.Array) -> dict[str, pa.Array]:
    """The name of the card that tells most of it, whole: given and family name never come from two languages."""
    parts = pa.repeat(pa.scalar(0, pa.int8()), records.num_rows)
    for name in _NAMES:
        parts = pc.add(parts, whole(pc.is_valid(records[name])).cast(pa.int8()))
    weighed = with_columns(records, {"parts": parts})
    best = _sorted(weighed, [("parts", "descending"), ("last_seen_on", "descending"), *_KEY])
    first, last, patronymic = (_first(best, name, ids) for name in _NAMES)
    full = pc.binary_join_element_wise(
        pc.fill_null(first, ""), pc.fill_null(patronymic, ""), pc.fill_null(last, ""), " "
    )
    full = pc.utf8_trim_whitespace(pc.replace_substring(full, "  ", " "))
    full = pc.if_else(pc.equal(full, ""), _first(_companies(best), "name", ids), full)
    return {"name": full, "first_name": first, "last_name": last, "patronymic": patronymic}


def _companies(records: pa.Table) -> pa.Table:
    return records.filter(pc.equal(records["n_name_flaw"], "company"))


def _tags(records: pa.Table, ids: pa.Array) -> pa.Array:
    """Tags of all cards, each once; an empty list = none."""
    tags = whole(records["tags"])
    flat = pa.table(
        {"person": whole(records["person_id"]).take(pc.list_parent_indices(tags)), "tag": pc.list_flatten(tags)}
    )
    once = flat.group_by(["person", "tag"], use_threads=False).aggregate([])
    lists = once.group_by("person", use_threads=False).aggregate([("tag", "list")])
    found = whole(lists["tag_list"]).take(pc.index_in(ids, value_set=whole(lists["person"])))
    return pc.fill_null(found, pa.scalar([], pa.list_(pa.string())))


def _sorted(table: pa.Table, keys: list[tuple[str, str]]) -> pa.Table:
    return table.take(pc.sort_indices(table.select([name for name, _ in keys]), sort_keys=keys))


def _first(table: pa.Table, name: str, ids: pa.Array) -> pa.Array:
    """Of each person the value in its first row, null included."""
    return whole(table[name]).take(pc.index_in(ids, value_set=whole(table["person_id"])))
