"""`reactivate forecast orders.csv --holdout 90d`: forecast from an earlier day, and see what came true."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import format_option
from reactivate.cli.orderfiles import (
    as_of_day,
    check_targets,
    opened,
    order_file_options,
    tell_set_aside,
    tell_warnings,
)

if TYPE_CHECKING:
    from reactivate.analytics.holdout import Holdout


def _days(ctx: click.Context, param: click.Parameter, text: str) -> int:
    from reactivate.contracts.values import Duration

    try:
        found = Duration.parse(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault), ctx, param) from None
    if found.unit != "d" or not found.count:
        raise click.BadParameter(f"expected whole days such as 90d, got {text!r}", ctx, param)
    return found.count


@click.command("forecast")
@order_file_options
@click.option("--holdout", default="90d", callback=_days, show_default=True, help="Days held out and forecast.")
@click.option("--times", type=click.IntRange(1, 20), default=1, show_default=True,
              help="Look back so many times, each a window earlier.")  # fmt: skip
@click.option("--stats", metavar="FILE", help="Write the figures as JSON.")
@click.option("--report", metavar="FILE", help="Write a page with the calibration plot (HTML).")
@format_option()
def command(
    orders: str, as_of: str | None, holdout: int, times: int, stats: str | None, report: str | None, form: str,
    **reading: Any,
) -> None:  # fmt: skip
    """Check the forecasts on a file of orders: made some time ago, how near would they have been?

    The model, the shares counted in history and the naive rule (the next window is like the last one) stand beside
    what came true, for all customers and by their number of orders.
    """
    import json

    from reactivate.analytics.describe import told
    from reactivate.cli import files

    check_targets(orders, {"--stats": stats, "--report": report})
    found = opened(orders, **reading)
    checks = _checks(found, as_of_day(as_of, found), holdout, times)
    made: dict[str, Any] = {
        "format": "reactivate.forecast/1",
        "checks": [told(check) for check in checks],
        "warnings": [{"code": item.code, "message": item.message} for item in checks[0].forecast.warnings],
    }
    if stats:
        files.write(stats, json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    if report:
        from reactivate.report.forecast_html import page

        files.write(report, page(made))
    tell_set_aside(found)
    tell_warnings(checks[0].forecast.warnings)
    if form == "json":
        click.echo(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(_lines(check)) for check in made["checks"]))


def _checks(found: Any, until: Any, within_days: int, times: int) -> "list[Holdout]":
    from datetime import timedelta
    from itertools import pairwise

    from reactivate.analytics.holdout import holdout, with_correction
    from reactivate.cli.progress import Progress

    # One look back more than is told: each is corrected by what the one before it had missed.
    starts = [until - timedelta(days=within_days * number) for number in range(times + 1)]
    progress = Progress()
    made = [
        holdout(found.people, found.orders, until=day, within_days=within_days)
        for day in progress.track(starts, "looking back", times + 1)
    ]
    return [with_correction(check, earlier) for check, earlier in pairwise(made)]


def _lines(check: dict[str, Any]) -> list[str]:
    from reactivate.report.forecast_text import rows_of_frequencies, rows_of_totals, verdict
    from reactivate.text import columns, counted

    known = counted(check["customers"], "customer")
    head = f"{known} known on {check['as_of']}; model: {check['model']}"
    if check["returning_customers"] is None:
        return [head, "nobody had ordered by then: take a shorter --holdout, or a longer file"]
    return [
        head,
        "",
        *columns(rows_of_totals(check), right=range(1, 6)),
        "",
        *columns(rows_of_frequencies(check["by_frequency"]), right=range(1, 7)),
        "",
        *verdict(check),
    ]
