"""`reactivate study`: RFM and movement, lapse lines and stages, cohorts, next products; of a file or of a business."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.power import PERCENT
from reactivate.cli.study_source import is_spec, need, open_shop, source_options
from reactivate.cli.tables import check_names, write_table

if TYPE_CHECKING:
    from reactivate.analytics.lifecycle import Lapse
    from reactivate.analytics.studies.shop import Study

_OUT = "One row per customer: .parquet, .csv or .json."
report_option = click.option("--report", metavar="FILE", help="Write a page with pictures (HTML).")
out_option = click.option("--out", metavar="FILE", help=f"Write the customers. {_OUT}")


def _print_grid(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    import json

    from reactivate.analytics.data import load
    from reactivate.analytics.rfmgrid import PARTS

    click.echo(json.dumps({part: load("rfm")[part] for part in PARTS}, indent=2))
    ctx.exit()


@click.group("study")
def command() -> None:
    """Study all customers together: who they are, when they are lost, who comes again, what goes with what.

    ORDERS is a plain file (CSV or Parquet) with --customer, --at and --amount; SPEC a business file, which needs no
    options.
    """


@command.command("rfm")
@source_options
@click.option("--from", "start", metavar="DATE", help="Who moved since that day. Default: 90 days before.")
@out_option
@click.option("--moves", metavar="FILE", help="Write the movement: was, now, people, and what moved them.")
@report_option
@click.option("--print-grid", is_flag=True, is_eager=True, expose_value=False, callback=_print_grid,
              help="Print the grid of words as JSON, to be changed and named under `grid:`.")  # fmt: skip
def rfm(
    orders: str, start: str | None, out: str | None, moves: str | None, report: str | None, form: str, **source: Any
) -> None:
    """Score recency, frequency and money; say how large each group is, and who moved since an earlier day."""
    from datetime import timedelta

    from reactivate.analytics.studies.rfm import study_rfm
    from reactivate.cli.orderfiles import day

    _check_targets(orders, report, {"--out": out, "--moves": moves})
    progress = _progress(form)
    shop = open_shop(orders, progress, **source)
    since = day(start, "--from") if start else shop.as_of - timedelta(days=90)
    if since >= shop.as_of:
        raise click.BadParameter(f"{since} is not before {shop.as_of}, the day spoken of", param_hint="--from")
    with progress.stage("scoring customers"):
        found = study_rfm(shop, since=since)
    _told(found, form, report, {out: found.people, moves: found.table})


@command.command("lapse")
@source_options
@click.option("--below", default="10%", callback=PERCENT, help="The line: fewer than so many come back. Default: 10%.")
@click.option("--within", default="90d", metavar="DAYS", help="The time they have for it. Default: 90d.")
@click.option("--lapse", "line", default="rhythm", metavar="WORD|DAYS",
              help="For the stages: rhythm, learned, a kind of business (fashion …), or days (120d).")  # fmt: skip
@click.option("--by", metavar="COLUMN", help="Learn a line for each of its words. Default: the category.")
@out_option
@click.option("--curve", metavar="FILE", help="Write the curves of silence, day by day.")
@report_option
def lapse(
    orders: str, below: float, within: str, line: str, by: str | None, out: str | None, curve: str | None,
    report: str | None, form: str, **source: Any,
) -> None:  # fmt: skip
    """Say who is at which stage, and learn the silence after which hardly anybody comes back by himself."""
    from attrs import evolve

    from reactivate.analytics.lifecycle import Learn
    from reactivate.analytics.studies.lapse import study_lapse

    _check_targets(orders, report, {"--out": out, "--curve": curve})
    if not 0 < below < 1:
        raise click.BadParameter(f"expected a share between 0% and 100%, got {below:.0%}", param_hint="--below")
    learn = Learn(below, _days(within, "--within"))
    progress = _progress(form)
    shop = open_shop(orders, progress, **_grouped(orders, source, by))
    if not is_spec(orders):
        shop = evolve(shop, stage=_stages(line, learn))
    with progress.stage("watching silences"):
        found = study_lapse(shop, learn=learn, by=_column(orders, shop.orders.column_names, by, "category"))
    found.result["by"] = by or "category"
    _told(found, form, report, {out: found.people, curve: found.table})


@command.command("cohorts")
@source_options
@click.option("--by", default="month", metavar="month|COLUMN", show_default=True, help="What makes a cohort.")
@click.option("--out", metavar="FILE", help="Write the cohorts, a row for each month of age: .parquet, .csv, .json.")
@report_option
def cohorts(orders: str, by: str, out: str | None, report: str | None, form: str, **source: Any) -> None:
    """Say of those who started together how many came again, month by month."""
    from reactivate.analytics.studies.cohorts import study_cohorts

    _check_targets(orders, report, {"--out": out})
    progress = _progress(form)
    named = None if by == "month" else by
    shop = open_shop(orders, progress, **_grouped(orders, source, named))
    with progress.stage("following cohorts"):
        found = study_cohorts(shop, by=_column(orders, shop.orders.column_names, named, "month"))
    found.result["by"] = by
    _told(found, form, report, {out: found.table})


@command.command("next")
@source_options
@click.option("--item", metavar="COLUMN", help="Column with the title.")
@click.option("--quantity", metavar="COLUMN", help="Column with the pieces; negative ones are returns.")
@click.option("--not-product", "not_products", multiple=True, metavar="TITLE", help="Postage, fees …; repeatable.")
@click.option("--most", default=3, show_default=True, type=click.IntRange(1, 50), help="Titles per customer.")
@click.option("--least", default=5, show_default=True, type=click.IntRange(1), help="Fewest times a pair was seen.")
@out_option
@click.option("--pairs", metavar="FILE", help="Write what is bought together and next, with share and lift.")
@report_option
def next_(
    orders: str, item: str | None, quantity: str | None, not_products: tuple[str, ...], most: int, least: int,
    out: str | None, pairs: str | None, report: str | None, form: str, **source: Any,
) -> None:  # fmt: skip
    """Say what is bought together, what is usually bought next, and which titles to name to whom."""
    from reactivate.analytics.studies.nextproduct import study_next

    _check_targets(orders, report, {"--out": out, "--pairs": pairs})
    progress = _progress(form)
    if is_spec(orders):
        shop = open_shop(orders, progress, **source)
    else:
        shop = _lined(orders, progress, {**source, "item": item, "quantity": quantity, "not_products": not_products})
    with progress.stage("counting pairs"):
        found = study_next(shop, most=most, least=least)
    _told(found, form, report, {out: found.people, pairs: found.table})


def _lined(source: str, progress: Any, reading: dict[str, Any]) -> Any:
    """A plain file of lines with titles as a shop."""
    from pathlib import Path

    import pyarrow.compute as pc

    from reactivate.analytics.itemfile import ItemMapping, read_lines
    from reactivate.analytics.studies.shop import Shop
    from reactivate.cli.orderfiles import day
    from reactivate.contracts.schemas import ORDERS

    need(source, reading, "customer", "at", "item")
    names = ("customer", "at", "item", "order", "quantity", "amount", "category", "dates", "not_products")
    given: dict[str, Any] = {name: reading[name] for name in names}
    if reading["since"]:
        given["since"] = day(reading["since"], "--since")
    mapping = ItemMapping(**given)
    with progress.stage("reading lines"):
        people, lines, aside = read_lines(source, mapping, encoding=reading["encoding"], delimiter=reading["delimiter"])
    for reason, rows in aside.items():
        click.echo(f"warning: {rows:,} rows set aside: {reason}", err=True)
    last = pc.max(lines["ordered_on"]).as_py()
    if last is None:
        from reactivate.errors import DataError

        raise DataError.because("R656", "the file has no line with a customer, a title and a readable date",
                                "check --customer, --item, --at and --dates")  # fmt: skip
    spoken = day(reading["as_of"], "--as-of") if reading["as_of"] else last
    return Shop(Path(source).name, people, ORDERS.empty(), spoken, lines=lines)


def _grouped(source: str, reading: dict[str, Any], by: str | None) -> dict[str, Any]:
    """In a plain file the column that groups is read as the category."""
    return reading if by is None or is_spec(source) else {**reading, "category": by}


def _column(source: str, names: list[str], by: str | None, default: str) -> str:
    """The column of the orders that groups."""
    if by is None or not is_spec(source):
        return default if by is None else "category"
    if by not in names:
        from reactivate.text import one_of

        raise click.BadParameter(f"orders have no {by!r}; they have: {one_of(names, 20)}", param_hint="--by")
    return by


def _stages(line: str, learn: Any) -> Any:
    """The segmenter of stages that a plain file gets."""
    from reactivate.analytics.lifecycle import presets, stage

    known = ("rhythm", "learned", *presets())
    lapse: Lapse = line if line in known else float(_days(line, "--lapse", known))

    def assign(profiles: Any, orders: Any, as_of: Any) -> Any:
        return stage(profiles, orders, as_of=as_of, lapse=lapse, learn=learn)

    return assign


def _days(text: str, option: str, words: tuple[str, ...] = ()) -> int:
    number = text.strip().removesuffix("d")
    if not number.isdecimal() or not 0 < int(number) <= 36_500:
        among = f", or one of {', '.join(words)}" if words else ""
        raise click.BadParameter(f"expected days such as 90d{among}, got {text!r}", param_hint=option)
    return int(number)


def _progress(form: str) -> Any:
    from reactivate.cli.progress import Progress

    return Progress(quiet=form == "json")


def _check_targets(source: str, report: str | None, tables: dict[str, str | None]) -> None:
    """Names of tables end in their kind, and nothing is written over what is read."""
    from reactivate.cli.orderfiles import check_targets

    check_names(tables)
    check_targets(source, {**tables, "--report": report})


def _told(found: "Study", form: str, report: str | None, tables: dict[str | None, Any]) -> None:
    """Files first, then the figures on stdout."""
    for path, table in tables.items():
        if path is not None and table is not None:
            write_table(table, path)
    if report:
        from reactivate.cli import files
        from reactivate.report.study_html import page

        files.write(report, page(found.result))
    if form == "json":
        import json

        click.echo(json.dumps(found.result, ensure_ascii=False, indent=2))
        return
    from reactivate.report.study_text import as_text

    click.echo(as_text(found.result))
