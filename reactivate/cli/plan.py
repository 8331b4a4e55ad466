"""`reactivate plan`: what a run would do. Sends nothing."""

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option, spec_argument


@click.command("plan")
@spec_argument
@business_option
@as_of_option
@no_sync_option
@format_option()
@click.option("--out", type=click.Path(dir_okay=False), help="Write the plan as JSON: what `run --approved` takes.")
@click.option("--against", type=click.Path(dir_okay=False), help="Show what changed since this earlier plan.")
@click.option("--exit-code", "tell", is_flag=True, help="Exit with 8 when there is something to send.")
def command(
    spec: str,
    business: str | None,
    as_of: str | None,
    no_sync: bool,
    form: str,
    out: str | None,
    against: str | None,
    tell: bool,
) -> None:
    """Say what a run of SPEC would do: to whom, by which steps, at what cost, and who would come by himself."""
    import json

    from reactivate.cli.clock import now
    from reactivate.cli.progress import Progress
    from reactivate.errors import TO_SEND
    from reactivate.report import plan_text
    from reactivate.stages.gates import refuse
    from reactivate.stages.opening import open_spec
    from reactivate.stages.planning import plan_of

    progress = Progress()
    opened = open_spec(spec, clock=now, progress=progress, business=business, moment=as_of, no_sync=no_sync)
    with opened.ledger, progress.stage("planning"):
        plan, _ = plan_of(opened)
    text = json.dumps(plan, ensure_ascii=False, indent=2, default=str)
    if out:
        from reactivate.cli.files import write

        write(out, text + "\n")
    if against:
        click.echo(_changes(against, plan, form))
    else:
        click.echo(text if form == "json" else plan_text.as_text(plan))
    refuse(plan)
    if tell and any(step["at_most"] for step in plan.get("steps", [])):
        raise click.exceptions.Exit(TO_SEND)


def _changes(path: str, plan: dict[str, object], form: str) -> str:
    import json

    from reactivate.cli.files import read_json
    from reactivate.report.plan_diff import changes

    found = changes(read_json(path), json.loads(json.dumps(plan, default=str)))
    if form == "json":
        rows = [{"path": item.path, "before": item.before, "after": item.after} for item in found]
        return json.dumps({"format": "plan-diff/1", "changes": rows}, ensure_ascii=False, indent=2)
    return "\n".join(map(str, found)) or "no changes"
