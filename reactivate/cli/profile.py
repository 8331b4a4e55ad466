"""`reactivate profile orders.csv`: describe the customers of a plain file of orders."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import format_option
from reactivate.cli.orderfiles import (
    as_of_day,
    check_targets,
    opened,
    order_file_options,
    tell_later,
    tell_set_aside,
    tell_warnings,
)
from reactivate.cli.power import PERCENT
from reactivate.cli.tables import check_names

if TYPE_CHECKING:
    from reactivate.analytics.describe import Description


@click.command("profile")
@order_file_options
@click.option("--out", metavar="FILE", help="Write one row per customer: .parquet, .csv or .json.")
@click.option("--stats", metavar="FILE", help="Write fitted models, base rates and forecasts as JSON.")
@click.option("--report", metavar="FILE", help="Write a page with pictures (HTML).")
@click.option("--discount", default="15%", callback=PERCENT, help="Yearly discount of expected_value. Default: 15%.")
@click.option("--pareto", is_flag=True, help="Fit Pareto/NBD too; slower.")
@format_option()
def command(
    orders: str,
    as_of: str | None,
    out: str | None,
    stats: str | None,
    report: str | None,
    discount: float,
    pareto: bool,
    form: str,
    **reading: Any,
) -> None:
    """Describe the customers of a file of orders or order lines: one row each, with documented columns."""
    from reactivate.analytics.describe import describe
    from reactivate.cli.progress import Progress

    if discount < 0:
        raise click.BadParameter("money that comes later is not worth more: give 0% or more", param_hint="--discount")
    check_names({"--out": out})
    check_targets(orders, {"--out": out, "--stats": stats, "--report": report})
    progress = Progress(quiet=form == "json")
    with progress.stage("reading orders"):
        found = opened(orders, **reading)
    with progress.stage("describing customers"):
        made = describe(
            found.people, found.orders, as_of=as_of_day(as_of, found), yearly_discount=discount, pareto=pareto
        )
    made.stats.update(rows=found.rows, set_aside=found.set_aside, currency=found.currency)
    _write(made, out, stats, report)
    tell_set_aside(found)
    tell_later(made.stats["orders_after_as_of"], made.stats["as_of"])
    tell_warnings(made.warnings)
    if form == "json":
        import json

        click.echo(json.dumps(made.stats, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(made)))


def _write(made: "Description", out: str | None, stats: str | None, report: str | None) -> None:
    import json

    from reactivate.cli import files
    from reactivate.cli.tables import write_table

    if out:
        write_table(made.table, out)
    if stats:
        files.write(stats, json.dumps(made.stats, ensure_ascii=False, indent=2) + "\n")
    if report:
        from reactivate.report.profile_html import page

        files.write(report, page(made.stats))


def _lines(made: "Description") -> list[str]:
    from reactivate.text import columns, counted

    stats = made.stats
    lines = [
        f"{counted(stats['customers'], 'customer')}, {counted(stats['orders'], 'order')} up to {stats['as_of']}",
        "",
        *_shares("stage", stats["stage"]),
        *_shares("rfm", stats["rfm"]),
    ]
    silent = stats["base_rates"]["silent_90_days"]
    if silent["people"]:
        lines.append(
            f"Of {silent['people']:,} silent for 90 days or more on {stats['base_rates']['from']}, {silent['came']:,} "
            f"({silent['share']:.1%}, {silent['low']:.1%} to {silent['high']:.1%}) came back by themselves in 90 days."
        )
    ahead, past = stats["forecast"], stats["holdout"]
    ways = ("ours", "corrected", "naive", "truth")
    rows = [["customers who order within 90 days", *ways]]
    for day, window in ((past["as_of"], past), (stats["as_of"], ahead)):
        if each := window["returning_customers"]:
            rows.append([f"after {day}", *(_whole(each.get(way)) for way in ways)])
    return [*lines, *columns(rows, right=(1, 2, 3, 4))]


def _whole(number: float | None) -> str:
    return "-" if number is None else f"{number:,.0f}"


def _shares(name: str, counts: dict[str, int]) -> list[str]:
    from reactivate.text import columns

    if not counts:
        return []
    total = sum(counts.values())
    rows = [[word, f"{number:,}", f"{number / total:.1%}"] for word, number in counts.items()]
    return [name, *(f"  {line}" for line in columns(rows, right=(1, 2))), ""]
