"""`reactivate report`: one HTML file that works from disk."""

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option, spec_argument


@click.command("report")
@spec_argument
@business_option
@as_of_option
@no_sync_option
@format_option("html")
@click.option("--out", type=click.Path(dir_okay=False), default="report.html", help="Where to write the page.")
def command(spec: str, business: str | None, as_of: str | None, no_sync: bool, form: str, out: str) -> None:
    """Write the report of SPEC: funnel, lift against the holdout, money, reach, timeline. JSON goes to stdout."""
    import json

    from reactivate.cli.clock import now
    from reactivate.cli.files import write
    from reactivate.cli.progress import Progress
    from reactivate.errors import GUARD, SpecError
    from reactivate.report.html import render
    from reactivate.stages.measure import measure
    from reactivate.stages.opening import open_spec

    progress = Progress()
    opened = open_spec(spec, clock=now, progress=progress, business=business, moment=as_of, no_sync=no_sync)
    if opened.loaded.campaign is None:
        raise SpecError.because("R192", f"{spec} is a business file: a report is of a campaign", "name a campaign file")
    with opened.ledger, progress.stage("measuring"):
        found = measure(opened)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    else:
        write(out, render(found))
        click.echo(f"{out}: {found['lift']['said']}")
    if not found["split"]["good"]:
        click.echo(f"error R731: the holdout of this campaign is {found['split']['said']}", err=True)
        raise click.exceptions.Exit(GUARD)
