"""`reactivate bonus`: what is due to staff for customers who came back."""

from datetime import datetime

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option, spec_argument

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("bonus")
@spec_argument
@business_option
@as_of_option
@no_sync_option
@click.option("--since", type=_DAY, metavar="DATE", help="Only what was decided on this day or later.")
@click.option("--until", type=_DAY, metavar="DATE", help="Only what was decided up to this day, inclusive.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write a CSV: one line per customer, not only those due.")
@format_option()
def command(
    spec: str,
    business: str | None,
    as_of: str | None,
    no_sync: bool,
    since: datetime | None,
    until: datetime | None,
    out: str | None,
    form: str,
) -> None:
    """Say what is due to whom by `staff_bonus` of SPEC, for the customers who came back.

    A bonus is decided once, when the pass is over and the order there: `--since` and `--until` make pay periods that
    never overlap.
    """
    import json

    from reactivate.cli.clock import now
    from reactivate.cli.files import write
    from reactivate.cli.progress import Progress
    from reactivate.report.bonus_text import as_csv, as_text
    from reactivate.stages.bonus import bonus
    from reactivate.stages.opening import open_spec

    opened = open_spec(spec, clock=now, progress=Progress(), business=business, moment=as_of, no_sync=no_sync)
    with opened.ledger:
        found = bonus(opened, since and since.date(), until and until.date())
    told = found.as_json(opened)
    if out is not None:
        write(out, as_csv(found.rows))
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if form == "json" else as_text(told))
