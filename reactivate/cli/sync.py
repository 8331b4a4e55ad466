"""`reactivate sync`: read the sources, clean, match, and write the base."""

import click

from reactivate.cli.options import business_option, format_option, spec_argument


@click.command("sync")
@spec_argument
@business_option
@click.option("--full", is_flag=True, help="Match all records anew, not only those that are new or changed.")
@format_option()
def command(spec: str, business: str | None, full: bool, form: str) -> None:
    """Read the sources of SPEC (a business file, or a campaign that names one), clean, match and write the base.

    Records that have not changed since the last sync are not compared again, until a tenth of them is new.
    """
    import json

    from attrs import evolve

    from reactivate.cli.clock import now
    from reactivate.cli.progress import Progress
    from reactivate.host.registry import Registry
    from reactivate.report.sync_text import as_text
    from reactivate.spec.load import load
    from reactivate.stages.asof import as_of
    from reactivate.stages.opened import Opened
    from reactivate.stages.opening import open_ledger
    from reactivate.stages.sync import sync
    from reactivate.stages.sync_result import result

    registry, progress, moment = Registry(), Progress(), now()
    loaded = load(spec, registry, business).raise_if_failed()
    with open_ledger(loaded.business, create=True, now=now) as ledger:
        base = sync(loaded.business, registry, ledger, now=moment, progress=progress, afresh=full)
        # The campaign decides nothing here: reach is told for marketing at large.
        shop = evolve(loaded, campaign=None)
        found = result(Opened(shop, registry, ledger, base, as_of(None, shop.business.zone, moment), moment))
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if form == "json" else as_text(found))
