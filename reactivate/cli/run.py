"""`reactivate run`: one reconciling pass, under an approval."""

from typing import TYPE_CHECKING, Any

import click

from reactivate.cli.options import as_of_option, business_option, format_option, no_sync_option, spec_argument

if TYPE_CHECKING:
    from reactivate.cli.progress import Progress
    from reactivate.stages.draft import Draft
    from reactivate.stages.opened import Opened


@click.command("run")
@spec_argument
@business_option
@as_of_option
@no_sync_option
@format_option()
@click.option("--approved", type=click.Path(dir_okay=False), help="A plan file: its ceilings are what may be done.")
@click.option("--confirm", is_flag=True, help="Approve the plan just printed.")
@click.option("--new-ledger", is_flag=True, help="Begin with an empty ledger: nobody has ever been written to.")
def command(
    spec: str,
    business: str | None,
    as_of: str | None,
    no_sync: bool,
    form: str,
    approved: str | None,
    confirm: bool,
    new_ledger: bool,
) -> None:
    """Do one pass of SPEC: enter, advance, deliver, record. Without --approved or --confirm it only prints the plan."""
    from reactivate.cli.clock import now
    from reactivate.cli.progress import Progress
    from reactivate.stages.gates import refuse
    from reactivate.stages.opening import open_spec
    from reactivate.stages.planning import plan_of

    sends = bool(approved or confirm)
    progress = Progress()
    opened = open_spec(
        spec,
        clock=now,
        progress=progress,
        business=business,
        moment=as_of,
        no_sync=no_sync,
        create_ledger=new_ledger or not sends,
    )
    with opened.ledger:
        with progress.stage("planning"):
            plan, drafted = plan_of(opened)
        if not sends or drafted is None:
            _print_plan(plan, form)
        refuse(plan)
        if drafted is None:
            return
        if not sends:
            click.echo("nothing was sent: approve with --confirm, or --approved plan.json", err=True)
            return
        if confirm and form == "text":
            _print_plan(plan, form, confirmed=True)
            click.echo()
        _pass(opened, plan, drafted, approved, progress, form)


def _pass(
    opened: "Opened", plan: dict[str, Any], drafted: "Draft", approved: str | None, progress: "Progress", form: str
) -> None:
    """One pass within the ceilings of the approved plan, or of this one; says what was done."""
    from pathlib import Path

    from reactivate.errors import PARTIAL
    from reactivate.report import run_text
    from reactivate.stages import approval
    from reactivate.stages.run import run

    opened.outbound.check_built()
    allowed = approval.read(Path(approved)) if approved else approval.from_json(plan["ceilings"])
    done = run(opened, allowed, progress, drafted)
    figures = done.as_json() | {"ledger": {"place": opened.ledger_place, "key_id": opened.ledger.key_id}}
    click.echo(_json(figures) if form == "json" else run_text.as_text(figures))
    if done.in_part:
        raise click.exceptions.Exit(PARTIAL)


def _print_plan(plan: dict[str, Any], form: str, *, confirmed: bool = False) -> None:
    from reactivate.report import plan_text

    click.echo(_json(plan) if form == "json" else plan_text.as_text(plan, confirmed=confirmed))


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
