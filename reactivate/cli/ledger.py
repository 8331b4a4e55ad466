"""`reactivate ledger`: look into it, check its sums, resolve what is in doubt."""

import click

from reactivate.cli.options import business_option, format_option, spec_argument


@click.group("ledger")
def command() -> None:
    """Look into the ledger of SPEC, check its sums, resolve what is unknown."""


@command.command("show")
@spec_argument
@business_option
@format_option()
def show(spec: str, business: str | None, form: str) -> None:
    """Print where the ledger lies and what it holds."""
    with _opened(spec, business) as ledger:
        _print({"place": ledger.place, "key_id": ledger.key_id, **ledger.figures()}, form)


@command.command("check")
@spec_argument
@business_option
@format_option()
def check(spec: str, business: str | None, form: str) -> None:
    """Count what must never be: exit code 1 when an invariant is broken."""
    with _opened(spec, business) as ledger:
        found = ledger.check()
    _print(found, form)
    if any(found.values()):
        raise click.exceptions.Exit(1)


@command.command("unknown")
@spec_argument
@business_option
@format_option()
def unknown(spec: str, business: str | None, form: str) -> None:
    """List the messages nobody can be sure of: key, step, channel, since when, why."""
    with _opened(spec, business) as ledger:
        rows = (
            ledger.touches(states=("unknown",))
            .select(["key", "campaign", "step", "channel", "done_at", "reason"])
            .to_pylist()
        )
    if form == "json":
        _print({"unknown": rows}, form)
        return
    from reactivate.text import columns

    lines = columns(
        [
            (r["key"], r["campaign"], r["step"], r["channel"], f"{r['done_at']:%Y-%m-%d %H:%M}", r["reason"] or "")
            for r in rows
        ]
    )
    click.echo("\n".join(lines) or "nothing is in doubt")


@command.command("resolve")
@spec_argument
@click.argument("key")
@click.argument("state", type=click.Choice(["accepted", "rejected", "not_sent"]))
@business_option
def resolve(spec: str, key: str, state: str, business: str | None) -> None:
    """Say what became of a message in doubt; it is written into the audit."""
    with _opened(spec, business) as ledger:
        done = ledger.control.resolve(key, state, by_whom="command line")
    if not done:
        raise click.UsageError(f"no message in doubt has the key {key}")
    click.echo(f"{key}: {state}")


def _opened(spec: str, business: str | None):  # type: ignore[no-untyped-def]
    from reactivate.cli.clock import now
    from reactivate.host.registry import Registry
    from reactivate.spec.load import load
    from reactivate.stages.opening import open_ledger

    loaded = load(spec, Registry(), business).raise_if_failed()
    return open_ledger(loaded.business, create=False, now=now)


def _print(found: dict[str, object], form: str) -> None:
    import json

    from reactivate.text import columns

    if form == "json":
        click.echo(json.dumps({"format": "ledger/1", **found}, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n".join(columns([(name, str(value)) for name, value in found.items()])))
