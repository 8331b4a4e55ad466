"""`reactivate events`: import what people did."""

import click

from reactivate.cli.options import business_option, format_option, spec_argument


@click.command("events")
@spec_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False))
@business_option
@click.option("--results", "channel", metavar="CHANNEL", help="FILES are call lists of this channel, filled in.")
@format_option()
def command(spec: str, files: tuple[str, ...], business: str | None, channel: str | None, form: str) -> None:
    """Import events of SPEC from CSV FILES with the columns of the reference; the same event twice counts once.

    Columns: event_id, kind, at, and one of key, person_id, email, phone; value and source if known.
    """
    import json

    from reactivate.cli.clock import now
    from reactivate.host.registry import Registry
    from reactivate.spec.load import load
    from reactivate.stages.incoming import import_files
    from reactivate.stages.opening import open_ledger

    loaded = load(spec, Registry(), business).raise_if_failed()
    with open_ledger(loaded.business, create=False, now=now) as ledger:
        done = import_files(loaded.business, ledger, files, channel)
    if form == "json":
        found = {"read": done.read, "new": done.new, "unknown_people": done.unknown_people}
        click.echo(json.dumps({"format": "events/1", **found}))
    else:
        from reactivate.text import counted

        click.echo(f"{counted(done.read, 'event')} read, {done.new:,} new, {done.unknown_people:,} named nobody known")
