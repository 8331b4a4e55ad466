"""`reactivate profile orders.csv`: describe the customers of a plain file of orders."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import format_option

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa

    from reactivate.analytics.describe import Description
    from reactivate.analytics.orderfile import OrderFile


@click.command("profile")
@click.argument("orders", type=click.Path(dir_okay=False))
@click.option("--customer", required=True, metavar="COLUMN", help="Column with the id of the customer.")
@click.option("--at", required=True, metavar="COLUMN", help="Column with the day or moment of the order.")
@click.option("--amount", required=True, metavar="COLUMN", help="Column with the sum; negative sums are returns.")
@click.option("--order", metavar="COLUMN", help="Rows with one value here are one order; else a customer's day is.")
@click.option("--category", metavar="COLUMN", help="Column with the category.")
@click.option("--as-of", metavar="DATE", help="The day to speak of, its end. Default: the last day of the file.")
@click.option("--out", metavar="FILE", help="Write one row per customer: .parquet or .csv.")
@click.option("--stats", metavar="FILE", help="Write fitted models, base rates and forecasts as JSON.")
@click.option("--report", metavar="FILE", help="Write a page with pictures (HTML).")
@click.option("--dates", metavar="PATTERN", help="How dates are written: DD/MM/YYYY. Default: ISO or DD.MM.YYYY.")
@click.option("--encoding", default="utf-8", show_default=True, help="Character encoding of a CSV file.")
@click.option("--delimiter", help="Character between cells of a CSV file. Default: found in its first line.")
@click.option("--pareto", is_flag=True, help="Fit Pareto/NBD too; slower.")
@format_option()
def command(
    orders: str, as_of: str | None, pareto: bool, form: str, encoding: str, delimiter: str | None, **files: Any
) -> None:
    """Describe the customers of a file of orders or order lines: one row each, with documented columns."""
    from reactivate.analytics.describe import describe
    from reactivate.analytics.orderfile import Mapping, read_orders
    from reactivate.cli.progress import Progress

    targets = {name: files.pop(name) for name in ("out", "stats", "report")}
    progress = Progress(quiet=form == "json")
    with progress.stage("reading orders"):
        found = read_orders(orders, Mapping(**files), encoding=encoding, delimiter=delimiter)
    day = _day(as_of) if as_of else _last_day(found.orders)
    with progress.stage("describing customers"):
        made = describe(found.people, found.orders, as_of=day, pareto=pareto)
    made.stats.update(rows=found.rows, set_aside=found.set_aside)
    _write(made, **targets)
    _warn(made, found)
    if form == "json":
        import json

        click.echo(json.dumps(made.stats, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(made, found)))


def _day(text: str) -> "date":
    from datetime import date

    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise click.BadParameter(f"expected a date such as 2026-11-02, got {text!r}", param_hint="--as-of") from None


def _last_day(orders: "pa.Table") -> "date":
    import pyarrow.compute as pc

    last: date | None = pc.max(orders["ordered_on"]).as_py()
    if last is None:
        from reactivate.errors import DataError

        message = "the file has no order with a customer and a readable date"
        raise DataError.because("R656", message, "check --customer, --at and --dates")
    return last


def _write(made: "Description", out: str | None, stats: str | None, report: str | None) -> None:
    import json

    from reactivate.cli import files

    if out:
        _write_table(made.table, out)
    if stats:
        files.write(stats, json.dumps(made.stats, ensure_ascii=False, indent=2) + "\n")
    if report:
        from reactivate.analytics.pictures import page

        files.write(report, page(made))


def _write_table(table: "pa.Table", path: str) -> None:
    """Parquet, or CSV with lists joined by `; `; whole or not at all."""
    import os
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.compute as pc

    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    if target.suffix.lower() == ".csv":
        from pyarrow import csv

        flat = [pc.binary_join(column, "; ") if pa.types.is_list(column.type) else column for column in table.columns]
        csv.write_csv(pa.table(dict(zip(table.column_names, flat, strict=True))), part)
    else:
        import pyarrow.parquet as pq

        pq.write_table(table, part)
    os.replace(part, target)


def _warn(made: "Description", found: "OrderFile") -> None:
    for reason, rows in found.set_aside.items():
        click.echo(f"warning: {rows:,} of {found.rows:,} rows have {_article(reason)}", err=True)
    for item in made.warnings:
        click.echo(f"warning {item.code}: {item.message}", err=True)
        if item.hint:
            click.echo(f"   {item.hint}", err=True)


def _article(reason: str) -> str:
    return reason if reason.startswith("no ") else f"an {reason}"


def _lines(made: "Description", found: "OrderFile") -> list[str]:
    from reactivate.text import columns, counted

    stats = made.stats
    lines = [
        f"{counted(stats['customers'], 'customer')}, {counted(stats['orders'], 'order')} up to {stats['as_of']}",
        "",
        *_shares("stage", stats["stage"]),
        "",
        *_shares("rfm", stats["rfm"]),
        "",
    ]
    silent = stats["base_rates"]["silent_90_days"]
    if silent["people"]:
        lines.append(
            f"Of {silent['people']:,} silent for 90 days or more on {stats['base_rates']['from']}, {silent['came']:,} "
            f"({silent['share']:.1%}, {silent['low']:.1%} to {silent['high']:.1%}) came back by themselves in 90 days."
        )
    ahead, past = stats["forecast"], stats["holdout"]
    rows = [["customers who order within 90 days", "ours", "naive", "truth"]]
    if past["returning_customers"]:
        each = past["returning_customers"]
        rows.append([f"after {past['as_of']}", _whole(each["ours"]), _whole(each["naive"]), _whole(each["truth"])])
    each = ahead["returning_customers"]
    rows.append([f"after {stats['as_of']}", _whole(each["ours"]), _whole(each["naive"]), "?"])
    return [*lines, *columns(rows, right=(1, 2, 3))]


def _whole(number: float | None) -> str:
    return "unknown" if number is None else f"{number:,.0f}"


def _shares(name: str, counts: dict[str, int]) -> list[str]:
    from reactivate.text import columns

    total = sum(counts.values()) or 1
    rows = [[word, f"{number:,}", f"{number / total:.1%}"] for word, number in counts.items()]
    return [name, *(f"  {line}" for line in columns(rows, right=(1, 2)))]
