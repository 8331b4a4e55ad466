"""`reactivate match FILE…`: find the same people in plain files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reactivate.cli.options import delimiter_of, format_option
from reactivate.cli.tables import check_names

if TYPE_CHECKING:
    import pyarrow as pa

    from reactivate.matching import Linked

_SHIPPED_LINE = 0.60
_SEVERAL = ("phone", "email", "address")

Pairs = list[tuple[str, str]]


def _pairs_of(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> Pairs:
    """`NAME=VALUE` options."""
    found = []
    for item in given:
        name, mark, value = (part.strip() for part in item.partition("="))
        if not (mark and name and value):
            raise click.BadParameter(f"expected NAME=VALUE, got {item!r}", param=parameter)
        found.append((name, value))
    return found


def _mapping_of(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Our field -> their columns; several only where a person may have several."""
    found: dict[str, tuple[str, ...]] = {}
    for our, their in _pairs_of(context, parameter, given):
        field = "name" if our == "full_name" else our
        if field in found and field not in _SEVERAL:
            both = f"{found[field][0]!r} and {their!r}"
            raise click.BadParameter(
                f"{our} cannot be two columns, {both}; only {', '.join(_SEVERAL)} can", param=parameter
            )
        found[field] = (*found.get(field, ()), their)
    return found


def _fields_of(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = dict(_pairs_of(context, parameter, given))
    for name, how in found.items():
        if how not in ("exact", "fuzzy"):
            raise click.BadParameter(f"{name} can be compared exact or fuzzy, not {how!r}", param=parameter)
    return found


def _region_of(_: click.Context, parameter: click.Parameter, given: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS

    region = given.strip().upper()
    if region not in SUPPORTED_REGIONS:
        raise click.BadParameter(f"{given!r} is no country; write two letters, such as UA, PL or US", param=parameter)
    return region


@click.command("match")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@click.option("--id", "id_column", metavar="COLUMN", help="Column with the id of the record.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="OUR=THEIRS",
    callback=_mapping_of,
    help="Our field, your column; twice for two phones, e-mails or addresses.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="COLUMN=KIND",
    callback=_fields_of,
    help="Compare it too: exact or fuzzy.",
)
@click.option(
    "--region", default="UA", show_default=True, callback=_region_of, help="Country of phones without a country code."
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=_SHIPPED_LINE,
    show_default=True,
    help="Unite from this chance on.",
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
    from reactivate.cli.match_files import read_records
    from reactivate.cli.progress import Progress
    from reactivate.matching.alone import match_records

    progress = Progress(quiet=form == "json")
    given = {**mapping, **({"id": (id_column,)} if id_column else {})}
    with progress.stage("reading files"):
        read = read_records(files, given, fields, encoding=encoding, delimiter=delimiter, say=_remark)
    same, different = _decided(labels, read.table)
    with progress.stage("matching records"):
        people, linked = match_records(
            read.hand_over(), region=region, extra=fields, merge_at=threshold, must_link=same, cannot_link=different
        )
    linked.stats["ignored_columns"] = read.ignored
    if read.unread_dates:
        linked.stats["ignored_values"].setdefault("birth_date", {})["unreadable"] = read.unread_dates
    _write(people, linked, read.table, targets)
    _say(people, linked, form)


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
    taken = {Path(file).resolve(): "is read as well" for file in files}
    for name, path in targets.items():
        place = Path(path).resolve() if path else None
        if place in taken:
            raise click.BadParameter(f"{path} {taken[place]}; give another name", param_hint=f"--{name}")
        if place:
            taken[place] = f"is written by --{name} as well"


def _write(people: "pa.Table", linked: "Linked", records: "pa.Table", targets: dict[str, str | None]) -> None:
    from reactivate.cli.files import write
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
        write(targets["stats"], _json(linked) + "\n")


def _say(people: "pa.Table", linked: "Linked", form: str) -> None:
    from reactivate.cli.match_text import said

    if form == "json":
        click.echo(_json(linked))
        return
    for line in said(linked.stats, people.num_rows, linked.stats["ignored_columns"]):
        click.echo(line)


def _json(linked: "Linked") -> str:
    import json

    return json.dumps(linked.stats, ensure_ascii=False, indent=2)
