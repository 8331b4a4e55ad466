"""Stage sync: sources -> records -> people -> a committed base. The only stage that reads the world."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from reactivate.host.protocols import Context
from reactivate.host.registry import Registry
from reactivate.ledger import Ledger, Manifest, Segment
from reactivate.spec.business import Business
from reactivate.spec.plugin_specs import SourceSpec
from reactivate.stages import unify
from reactivate.stages.base import HOME, Base, alone, sweep, write_segments
from reactivate.stages.clean import clean, region_of, with_normal_points
from reactivate.stages.decided import Decided
from reactivate.stages.extract import Extract, extract, together
from reactivate.stages.figures import figures
from reactivate.stages.mapping import SourceMapping
from reactivate.stages.match import match, named
from reactivate.stages.strictest import strictest

MATCHING = "matching"


class Progress(Protocol):
    """Somebody who wants to know which stage we are in."""

    def stage(self, name: str) -> AbstractContextManager[None]: ...


class _Silent:
    def stage(self, name: str) -> AbstractContextManager[None]:
        return nullcontext()


def sync(
    business: Business,
    registry: Registry,
    ledger: Ledger,
    *,
    now: datetime,
    progress: Progress | None = None,
    afresh: bool = False,
) -> Base:
    """Read the sources, clean, match, unify and commit. `now` (aware) is the moment that the base bears.

    `afresh`: match all records anew, also those that have not changed since the last time.

    Raises DataError R61x, R62x, EnvironmentFault, PluginError; nothing is committed then and the last base stays.
    """
    told = progress or _Silent()
    extracts: dict[str, Extract] = {}
    for name in business.sources:
        with told.stage(f"reading {name}"):
            extracts[name] = _read(business, business.sources[name], now)
    everything = together(extracts.values())
    region = region_of(str(business.timezone), business.policy)
    with told.stage("cleaning"):
        firms = [name for name, source in business.sources.items() if source.card == "company"]
        cleaned = clean(everything.records, region, firms)
    with told.stage("matching"):
        matched = match(
            cleaned.records,
            matcher_of(business, now),
            decisions=Decided.of(ledger.identity.decisions(), cleaned.records),
            folder=matching_folder(ledger),
            afresh=afresh,
        )
    with told.stage("uniting"):
        members = ledger.identity.assign(matched.clusters)
        tables = _tables(everything, cleaned.records, cleaned.contacts, members, region)
    tables["findings"] = pa.concat_tables([everything.findings, cleaned.findings])
    tables["links"] = named(matched.links, cleaned.records)
    counts = figures(extracts, tables) | {"matching": matched.done}
    with told.stage("writing the base"):
        return _commit(ledger, tables, counts, now)


def _read(business: Business, spec: SourceSpec, now: datetime) -> Extract:
    source = spec.descriptor.create(spec.settings, context(business, spec.name, now))
    return extract(source, mapping_of(business, spec))


def context(business: Business, name: str, now: datetime) -> Context:
    """What a plug-in of this business is told of the world."""
    return Context(
        name=name,
        folder=business.folder,
        timezone=business.zone,
        currency=str(business.currency),
        now=lambda: now,
        language=str(business.language),
    )


def mapping_of(business: Business, spec: SourceSpec) -> SourceMapping:
    """The common keys of a source, with the layout of dates from the plug-in's own settings."""
    given = {"dates": layout} if (layout := getattr(spec.settings, "dates", None)) else {}
    return SourceMapping(
        name=spec.name,
        timezone=business.zone,
        currency=str(business.currency),
        map=spec.map,
        types=spec.types,
        paid=spec.paid,
        events=spec.events,
        bad_rows=float(spec.bad_rows),
        not_products=spec.not_products,
        **given,
    )


def matching_folder(ledger: Ledger) -> Path:
    """Where the matcher keeps what it knows of the records: beside the bases, and as easily made anew."""
    return ledger.folder / HOME / MATCHING


def matcher_of(business: Business, now: datetime) -> Any:
    """The matcher that the business file names, made ready."""
    return business.match.descriptor.create(business.match.settings, context(business, "match", now))


def _tables(found: Extract, records: pa.Table, points: pa.Table, members: pa.Table, region: str) -> dict[str, pa.Table]:
    """Everything that is written, persons on whatever belongs to somebody."""
    held = records.append_column("person_id", unify.person_ids(members, records["source"], records["record_id"]))
    contacts = unify.contacts(held, points)
    return {
        "people": unify.people(held, contacts),
        "members": members,
        "contacts": contacts,
        "sightings": unify.sightings(held, points),
        "orders": unify.with_person(found.orders, members),
        "lines": unify.with_person(found.lines, members),
        "events": with_normal_points(_owned(found.events, members), region),
        "consents": with_normal_points(_owned(found.consents, members), region),
        "suppressions": with_normal_points(_owned(found.suppressions, members), region),
        "records": records,
    }


def _owned(table: pa.Table, members: pa.Table) -> pa.Table:
    """Rows that name a record of another source, as consent files do, are laid at that record.

    An id that two sources bear names nobody for certain: the row stays as it is and finds no person.
    """
    strange = pc.and_(
        pc.is_valid(table["record_id"]), pc.is_null(unify.person_ids(members, table["source"], table["record_id"]))
    )
    if not pc.any(strange).as_py():
        return table
    holders = members.group_by("record_id").aggregate([("source", "min"), ("source", "count")])
    single = holders.filter(pc.equal(holders["source_count"], 1))
    place = pc.index_in(table["record_id"].combine_chunks(), value_set=single["record_id"].combine_chunks())
    owner = pc.coalesce(single["source_min"].combine_chunks().take(place), table["source"].combine_chunks())
    owner = pc.if_else(strange.combine_chunks(), owner, table["source"].combine_chunks())
    return table.set_column(table.schema.get_field_index("source"), table.schema.field("source"), owner)


def _commit(ledger: Ledger, tables: dict[str, pa.Table], counts: dict[str, Any], now: datetime) -> Base:
    home = ledger.folder / HOME
    with alone(home):
        before = ledger.last_base()
        base_id, segments = write_segments(home, f"{now:%Y%m%dT%H%M%S}", tables)
        manifest = _manifest(base_id, segments, counts, now, ledger.now)
        ledger.commit_base(
            manifest,
            tables["members"],
            contacts=tables["contacts"],
            consents=strictest(tables["consents"], tables["suppressions"], tables["members"]),
            suppressions=tables["suppressions"],
            events=tables["events"],
        )
        # The base before stays for whoever is still reading it.
        sweep(home, {base_id, MATCHING, *([before.base_id] if before else [])})
    return Base(manifest, home / base_id, dict(tables))


def _manifest(
    base_id: str, segments: tuple[Segment, ...], counts: dict[str, Any], now: datetime, clock: Callable[[], datetime]
) -> Manifest:
    return Manifest(base_id, now, clock(), f"{HOME}/{base_id}", segments, counts)
