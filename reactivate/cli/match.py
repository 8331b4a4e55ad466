"""`reactivate match FILE…`: find the same people in plain files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.match_options import chance_of, fields_of, mapping_of, region_of
from reactivate.cli.options import delimiter_of, format_option
from reactivate.cli.tables import check_names

if TYPE_CHECKING:
    import pyarrow as pa

_SHIPPED_LINE = "65%"


@click.command("match")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--id", "id_column", metavar="COLUMN", help="Column with the id of the record.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="OUR=THEIRS",
    callback=mapping_of,
    help="Our field, your column; twice for two phones, e-mails or addresses.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="COLUMN=KIND",
    callback=fields_of,
    help="Compare it too: exact or fuzzy.",
)
@click.option(
    "--region", default="UA", show_default=True, callback=region_of, help="Country of phones without a country code."
)
@click.option(
    "--threshold",
    metavar="CHANCE",
    default=_SHIPPED_LINE,
    show_default=True,
    callback=chance_of,
    help="Unite from this chance on: 75% or 0.75.",
)
@click.option("--encoding", help="Character encoding of CSV files; found out when left out.")
@click.option("--delimiter", callback=delimiter_of, help="Character between cells; found out when left out.")
@click.option(
    "--labels", metavar="FILE", help="Pairs already decided (columns a, b, same): they hold, and calibrate the model."
)
@click.option("--out", metavar="FILE", help="Write record_id, person_id, probability: .parquet or .csv.")
@click.option("--pairs", metavar="FILE", help="Write the links with their reasons: .parquet or .csv.")
@click.option("--stats", metavar="FILE", help="Write counts, model and what was given up as JSON.")
@format_option()
def command(
    files: tuple[str, ...],
    id_column: str | None,
    mapping: dict[str, tuple[str, ...]],
    fields: dict[str, str],
    region: str,
    threshold: float,
    encoding: str | None,
    delimiter: str | None,
    labels: str | None,
    form: str,
    **targets: str | None,
) -> None:
    """Find the records of one person in CSV or Parquet files; no field is compulsory.

    Columns that bear the name of one of our fields are taken by themselves: record_id, full_name, first_name,
    last_name, patronymic, phone, email, address, birth_date, city, postcode.
    """
    _check_targets(files, targets)
    from reactivate.cli.collector import no_collecting
    from reactivate.cli.match_files import read_records
    from reactivate.cli.progress import Progress
    from reactivate.matching.alone import match_records

    progress = Progress(quiet=form == "json")
    given = {**mapping, **({"id": (id_column,)} if id_column else {})}
    with progress.stage("reading files"):
        read = read_records(files, given, fields, encoding=encoding, delimiter=delimiter, say=_remark)
    same, different = _decided(labels, read.table)
    with no_collecting(), progress.stage("matching records"):
        people, linked = match_records(
            read.hand_over(), region=region, extra=fields, merge_at=threshold, must_link=same, cannot_link=different
        )
    from reactivate.cli.match_stats import document, pairs

    told = document(linked, read)
    tables = {"out": people, "pairs": pairs(linked, read.table["record_id"])}
    _write({targets[name]: table for name, table in tables.items()}, told, targets["stats"])
    _say(told, form)


def _decided(labels: str | None, records: "pa.Table") -> tuple[Sequence[tuple[int, int]], Sequence[tuple[int, int]]]:
    """Pairs said to be one and to be two in the file of labels; a remark when the model cannot learn from them."""
    if labels is None:
        return (), ()
    from reactivate.cli.match_labels import read_labels

    found = read_labels(labels, records)
    remark = found.remark()
    if remark:
        _remark(remark)
    return found.must_link, found.cannot_link


def _remark(line: str) -> None:
    click.echo(line, err=True)


def _check_targets(files: tuple[str, ...], targets: dict[str, str | None]) -> None:
    """Refuse, before any work is done, a file that would be written over another one or cannot be named so."""
    check_names({f"--{name}": targets[name] for name in ("out", "pairs")})
    taken: dict[Path, str] = {}
    for file in files:
        place = Path(file).resolve()
        if place in taken:
            raise click.BadParameter(f"{file} is given twice", param_hint="FILES")
        taken[place] = "is read as well"
    for name, path in targets.items():
        if path is None:
            continue
        place = Path(path).resolve()
        if place in taken:
            raise click.BadParameter(f"{path} {taken[place]}; give another name", param_hint=f"--{name}")
        taken[place] = f"is written by --{name} as well"


def _write(tables: "dict[str | None, pa.Table]", told: dict[str, Any], stats: str | None) -> None:
    from reactivate.cli.files import write
    from reactivate.cli.tables import write_table

    for path, table in tables.items():
        if path:
            write_table(table, path)
    if stats:
        write(stats, _json(told) + "\n")


def _say(told: dict[str, Any], form: str) -> None:
    from reactivate.cli.match_text import said

    if form == "json":
        click.echo(_json(told))
        return
    for line in said(told):
        click.echo(line)


def _json(told: dict[str, Any]) -> str:
    import json

    return json.dumps(told, ensure_ascii=False, indent=2)
