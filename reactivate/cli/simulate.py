"""`reactivate simulate`: a campaign on a fake clock."""

from typing import Any

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option, spec_argument


@click.command("simulate")
@spec_argument
@business_option
@as_of_option
@no_sync_option
@click.option("--days", type=click.IntRange(1, 1000), default=60, show_default=True, help="How many days to play.")
@click.option("--responses", type=click.Path(dir_okay=False), help="Supposed answers (YAML); else nobody answers.")
@click.option("--golden", type=click.Path(dir_okay=False), help="An earlier result: exit 6 if ours differs.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the result as JSON.")
@click.option("--test", is_flag=True, help="Play the small tests in SPEC's .test.yml instead: exit 6 if one fails.")
@format_option("junit")
def command(
    spec: str,
    business: str | None,
    as_of: str | None,
    no_sync: bool,
    days: int,
    responses: str | None,
    golden: str | None,
    out: str | None,
    test: bool,
    form: str,
) -> None:
    """Play SPEC with the people who would enter now; sends nothing and writes nothing into the ledger.

    What no run may do it plays all the same, and ends with exit 6 and the reasons that `plan` gives.

    With --test no data and no ledger is needed: the people stand in the test file beside SPEC.
    """
    import json

    if test:
        _test(spec, business, form, out)
        return
    if form == "junit":
        raise click.UsageError("--format junit prints tests: it needs --test")

    from reactivate.cli.clock import now
    from reactivate.cli.files import write
    from reactivate.cli.progress import Progress
    from reactivate.errors import GuardStop
    from reactivate.report import simulation_text
    from reactivate.stages.draft import draft
    from reactivate.stages.opening import open_spec
    from reactivate.stages.refusals import refusals
    from reactivate.stages.simulation import play, read_responses

    progress, supposed = Progress(), read_responses(responses)
    opened = open_spec(spec, clock=now, progress=progress, business=business, moment=as_of, no_sync=no_sync)
    with opened.ledger, progress.stage(f"playing {days} days"):
        drafted = draft(opened)
        found = play(opened, supposed, days, drafted)
        stops = refusals(opened, drafted)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    if out:
        write(out, text + "\n")
    click.echo(text if form == "json" else simulation_text.as_text(found))
    if golden:
        _compare(golden, json.loads(text))
    if stops:
        raise GuardStop(stops)


def _compare(golden: str, found: dict[str, Any]) -> None:
    """Name every difference from an earlier result on stderr; exit 6 if there is one."""
    from reactivate.cli.files import read_json
    from reactivate.errors import GUARD
    from reactivate.report.plan_diff import changes

    differences = changes(read_json(golden), found)
    for change in differences:
        click.echo(f"differs from {golden}: {change}", err=True)
    if differences:
        raise click.exceptions.Exit(GUARD)


def _test(spec: str, business: str | None, form: str, out: str | None) -> None:
    from reactivate.cli.files import write
    from reactivate.errors import GUARD
    from reactivate.report import cases_machine, cases_text
    from reactivate.stages.cases import run_cases

    path, found = run_cases(spec, business)
    printers = {"text": cases_text.as_text, "json": cases_machine.as_json, "junit": cases_machine.as_junit}
    text = printers[form](path, found)
    if out:
        write(out, text + "\n")
    click.echo(text)
    if not all(item.good for item in found):
        raise click.exceptions.Exit(GUARD)
