"""Stage clean: normal forms beside the records, every contact point found, what is junk named and counted."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen

from reactivate import normalise
from reactivate.stages.findings import Findings
from reactivate.stages.tables import whole, with_columns

NO_JUNK = frozenset({"empty", "company"})
"""Reasons for having no person's name that are no fault of the record."""

_POINTS = {"email": "email", "phone": "phone"}


@frozen(eq=False)
class Cleaned:
    """`records` with their `n_…` columns; `contacts` as `normalise.contacts` gives them; findings of both."""

    records: pa.Table
    contacts: pa.Table
    findings: pa.Table


def clean(records: pa.Table, region: str, companies: Iterable[str] = ()) -> Cleaned:
    """Normal forms and contact points of RECORDS. `region` (ISO 3166) reads phones without a country.

    `companies`: sources whose cards are companies; their names are not read as those of people.
    """
    first, further = _addresses(records)
    firms = pc.is_in(whole(records["source"]), value_set=pa.array(list(companies), pa.string()))
    nameless = pc.if_else(firms, pa.scalar(None, pa.string()), whole(records["name"]))
    normal, contacts = normalise.normalised(with_columns(first, {"name": nameless}), region=region)
    flaws = pc.if_else(pc.and_(firms, whole(pc.is_valid(records["name"]))), "company", whole(normal["n_name_flaw"]))
    normal = with_columns(normal, {"name": records["name"], "n_name_flaw": flaws})
    if further.num_rows:
        _, found = normalise.normalised(further.drop_columns(["row"]), region=region)
        rows = whole(further["row"]).take(whole(found["row"]))
        more = found.set_column(found.schema.get_field_index("row"), "row", rows)
        contacts = pa.concat_tables([contacts, more.cast(contacts.schema)])
    return Cleaned(normal, contacts, _noticed(normal, contacts))


def with_normal_points(table: pa.Table, region: str) -> pa.Table:
    """Events, consents or refusals with e-mail and phone in the normal form that contacts bear; unread = as is."""
    if not table.num_rows:
        return table
    _, found = normalise.normalised(table.select(list(_POINTS)), region=region)
    for column, kind in _POINTS.items():
        of_kind = found.filter(pc.and_(pc.equal(found["kind"], kind), pc.equal(found["column"], column)))
        first = of_kind.group_by("row", use_threads=False).aggregate([("value", "first")])
        place = pc.index_in(pa.array(range(table.num_rows), pa.int64()), value_set=whole(first["row"]))
        values = pc.coalesce(whole(first["value_first"]).take(place), whole(table[column]))
        table = table.set_column(table.schema.get_field_index(column), table.schema.field(column), values)
    return table


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Time zone -> ISO 3166 country, from the zone table of IANA."""
    lines = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines()
    return {cells[2]: cells[0] for line in lines if not line.startswith("#") and len(cells := line.split("\t")) > 2}


def region_of(timezone: str, policy: str) -> str:
    """The country whose phones are written without a prefix: that of the business's zone, else of its policy pack."""
    return _countries().get(timezone) or policy[:2].upper()


def _addresses(records: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Records with their first address only, and the further ones as `row, address, city`."""
    cells = whole(records["address"])
    if not pc.any(pc.match_substring(cells, "\n")).as_py():
        return records, pa.table({"row": pa.array([], pa.int64())})
    lists = pc.split_pattern(cells, "\n")
    first = records.set_column(records.schema.get_field_index("address"), "address", pc.list_element(lists, 0))
    lists = pc.fill_null(lists, pa.scalar([], lists.type))
    rest = pc.list_slice(lists, 1, return_fixed_size_list=False)
    rows = pc.list_parent_indices(rest)
    further = {
        "row": rows.cast(pa.int64()),
        "address": pc.list_flatten(rest),
        "city": whole(records["city"]).take(rows),
    }
    return first, pa.table(further)


def _noticed(records: pa.Table, contacts: pa.Table) -> pa.Table:
    """Findings per record: junk names and contact points that cannot be used."""
    parts = []
    for source in pc.unique(records["source"]).to_pylist():
        found = Findings(source)
        of_source = pc.equal(records["source"], source)
        flaws = whole(records["n_name_flaw"])
        for flaw in _words(flaws):
            if flaw not in NO_JUNK:
                held = pc.and_(of_source, pc.fill_null(pc.equal(flaws, flaw), False))
                found.records(whole(records["record_id"].filter(held)), f"junk_name_{flaw}", f"name: {flaw}", "name")
        for kind in ("email", "phone", "address"):
            _flawed(contacts, kind, records, of_source, found)
        parts.append(found.table())
    return pa.concat_tables(parts) if parts else Findings("").table()


def _flawed(contacts: pa.Table, kind: str, records: pa.Table, of_source: Any, found: Findings) -> None:
    mine = whole(of_source).take(whole(contacts["row"]))
    bad = contacts.filter(pc.and_(pc.and_(mine, pc.equal(contacts["kind"], kind)), pc.invert(contacts["good"])))
    for flaw in _words(bad["flaw"]):
        rows = pc.unique(bad.filter(pc.equal(bad["flaw"], flaw))["row"])
        ids = whole(records["record_id"]).take(whole(rows))
        found.records(ids, f"{kind}_{flaw}", f"{kind}: {flaw.replace('_', ' ')}", kind)


def _words(values: Any) -> list[str]:
    return sorted(value for value in pc.unique(values).to_pylist() if value is not None)
