"""`reactivate match FILE…`: find the same people in plain files."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import format_option

if TYPE_CHECKING:
    import pyarrow as pa

    from reactivate.matching import Linked
    from reactivate.matching.alone import Columns

_SHIPPED_LINE = 0.60


def _pairs_of(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` options as a dictionary."""
    found = {}
    for item in given:
        name, mark, value = item.partition("=")
        if not (mark and name.strip() and value.strip()):
            raise click.BadParameter(f"expected NAME=VALUE, got {item!r}", param=parameter)
        found[name.strip()] = value.strip()
    return found


def _fields_of(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = _pairs_of(context, parameter, given)
    for name, how in found.items():
        if how not in ("exact", "fuzzy"):
            raise click.BadParameter(f"{name} can be compared exact or fuzzy, not {how!r}", param=parameter)
    return found


@click.command("match")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--id", "id_column", metavar="COLUMN", help="Column with the id of the record; unique over all files.")
@click.option(
    "--map", "mapping", multiple=True, metavar="OUR=THEIRS", callback=_pairs_of, help="Our field, your column."
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="COLUMN=KIND",
    callback=_fields_of,
    help="Compare it too: exact or fuzzy.",
)
@click.option("--region", default="UA", show_default=True, help="Country of phones without a country code.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=_SHIPPED_LINE,
    show_default=True,
    help="Unite from this chance on.",
)
@click.option("--out", metavar="FILE", help="Write record_id, person_id, probability: .parquet or .csv.")
@click.option("--pairs", metavar="FILE", help="Write the links with their reasons: .parquet or .csv.")
@click.option("--stats", metavar="FILE", help="Write counts, model and what was given up as JSON.")
@format_option()
def command(
    files: tuple[str, ...],
    id_column: str | None,
    mapping: dict[str, str],
    fields: dict[str, str],
    region: str,
    threshold: float,
    form: str,
    **targets: str | None,
) -> None:
    """Find the records of one person in CSV or Parquet files; no field is compulsory.

    Columns that bear the name of one of our fields are taken by themselves: record_id, full_name, first_name,
    last_name, patronymic, phone, email, address, birth_date, city, postcode.
    """
    from reactivate.cli.progress import Progress
    from reactivate.matching.alone import match_records

    progress = Progress(quiet=form == "json")
    with progress.stage("reading files"):
        records, columns = _records(files, {**mapping, **({"id": id_column} if id_column else {})}, fields)
    with progress.stage("matching records"):
        people, linked = match_records(records, region=region.upper(), extra=fields, merge_at=threshold)
    linked.stats["ignored_columns"] = list(columns.ignored)
    _write(people, linked, records, targets)
    _say(people, linked, columns, form)


def _records(files: tuple[str, ...], mapping: dict[str, str], fields: dict[str, str]) -> "tuple[pa.Table, Columns]":
    """All files as one table in our names; remarks on what was left out go to stderr."""
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.compute as pc

    from reactivate.matching.alone import as_records, mapped_columns
    from reactivate.matching.tables import read_table

    tables, columns = [], None
    for path in files:
        read = read_table(path)
        if read.ragged:
            click.echo(
                f"{path}: {read.ragged:,} lines have more or fewer cells than the head; read as far as they go",
                err=True,
            )
        columns = mapped_columns(read.table.column_names, mapping, fields)
        tables.append(as_records(read.table, columns, Path(path).stem))
    assert columns is not None, "click requires at least one file"
    records = pa.concat_tables(tables, promote_options="default").combine_chunks()
    repeated = records.num_rows - pc.count_distinct(records["record_id"]).as_py()
    if repeated:
        click.echo(f"{repeated:,} record ids occur more than once; each row is matched on its own", err=True)
    return records, columns


def _write(people: "pa.Table", linked: "Linked", records: "pa.Table", targets: dict[str, str | None]) -> None:
    import json
    from pathlib import Path

    from reactivate.cli.tables import write_table

    if targets["out"]:
        write_table(people, targets["out"])
    if targets["pairs"]:
        ids = records["record_id"]
        pairs = linked.links
        for place, side in enumerate(("left", "right")):
            pairs = pairs.add_column(place, f"{side}_id", ids.take(pairs[side]))
        write_table(pairs.drop_columns(["left", "right"]), targets["pairs"])
    if targets["stats"]:
        Path(targets["stats"]).write_text(
            json.dumps(linked.stats, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )


def _say(people: "pa.Table", linked: "Linked", columns: "Columns", form: str) -> None:
    import json

    from reactivate.text import counted

    stats: dict[str, Any] = linked.stats
    if form == "json":
        click.echo(json.dumps(stats, ensure_ascii=False, indent=2))
        return
    are = "is" if people.num_rows == 1 else "are"
    click.echo(f"{counted(people.num_rows, 'record')} {are} {counted(stats['people'], 'person', 'people')}.")
    if not stats["fields"]:
        click.echo(
            "Nothing could be compared: no column with usable values bears the name of one of our fields (use --map)."
        )
    else:
        pairs = counted(stats["candidate_pairs"], "pair")
        click.echo(f"Compared: {', '.join(stats['fields'])}; {pairs} looked at.")
    for line in _ignored(stats["ignored_values"]):
        click.echo(line)
    if stats["review_links"]:
        review = counted(stats["review_links"], "pair")
        click.echo(f"{review} should be looked at by a human (--pairs FILE, band review).")
    given_up = sum(skew["given_up"] for skew in stats["given_up"])
    if given_up:
        click.echo(f"At most {counted(given_up, 'pair')} in crowded blocks were not compared (--stats FILE: given_up).")
    if columns.ignored:
        click.echo(f"Not compared: {', '.join(columns.ignored)} (use --map or --field).")


_WHY = {
    "shared_by_many": "shared by many",
    "placeholder": "placeholders",
    "invalid": "not valid",
    "toll_free": "toll-free",
    "role": "of an office",
    "disposable": "disposable",
}


def _ignored(values: dict[str, dict[str, int]]) -> list[str]:
    """`Ignored phones: 12 shared by many, 3 placeholders.`"""
    plural = {
        "phone": "phones",
        "email": "e-mails",
        "address": "addresses",
        "name": "names",
        "birth_date": "birth dates",
    }
    return [
        f"Ignored {plural[kind]}: {', '.join(f'{count:,} {_WHY.get(why, why)}' for why, count in whys.items())}."
        for kind, whys in values.items()
    ]
