"""`reactivate plugins`: list them, describe one, check one, begin a new one."""

import click

from reactivate.cli.options import format_option


@click.group("plugins", invoke_without_command=True)
@format_option()
@click.pass_context
def command(context: click.Context, form: str) -> None:
    """List the installed plug-ins: kind.word, distribution, version, summary."""
    if context.invoked_subcommand is None:
        _list(form)


@command.command("info")
@click.argument("name")
@format_option()
def info(name: str, form: str) -> None:
    """Describe NAME (`jsonl` or `channel.jsonl`): whose it is, its settings, an example to copy."""
    import json

    from reactivate.host.registry import Registry
    from reactivate.testing import described
    from reactivate.testing.conformance import named

    registry = Registry()
    known = [(registry.found[key], registry.get(*key)) for key in named(name, registry)]
    if form == "json":
        told = [described.facts(found, descriptor) for found, descriptor in known]
        click.echo(json.dumps({"format": "plugin-info/1", "plugins": told}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(described.text(found, descriptor) for found, descriptor in known))


@command.command("check")
@click.argument("name")
@format_option()
def check(name: str, form: str) -> None:
    """Run the author's kit on NAME with settings from its own examples; exit code 4 when it finds a fault."""
    import json

    from reactivate.errors import PluginError
    from reactivate.testing.conformance import plugin_checks
    from reactivate.testing.verdicts import run_all
    from reactivate.text import counted

    found = run_all(plugin_checks(name))
    if form == "json":
        failed = [{"check": item.message, "rule": item.hint} for item in found.failed]
        told = {"format": "plugin-check/1", "passed": found.passed, "failed": failed, "unjudged": dict(found.unjudged)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for what, lacking in found.unjudged:
            click.echo(f"not judged  {what}: {lacking}")
        click.echo(f"{counted(len(found.passed), 'check')} passed, {len(found.failed)} failed")
    if found.failed:
        raise PluginError(found.failed)


@command.command("new")
@click.argument("kind", type=click.Choice(("source", "matcher", "segmenter", "offer", "guard", "channel")))
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False), required=False)
def new(kind: str, name: str, folder: str | None) -> None:
    """Write the repository of a new plug-in: its package, tests and CI, all of which pass.

    NAME is the word after `use:`; FOLDER is reactivate-NAME when it is left out.
    """
    from pathlib import Path

    from reactivate.testing.scaffold import distribution_of, write_plugin

    place = Path(folder or distribution_of(name))
    for path in write_plugin(kind, name, place):
        click.echo(f"wrote {path}")
    click.echo(f"next: cd {place}, pip install -e '.[test]', pytest; then reactivate plugins info {kind}.{name}")


def _list(form: str) -> None:
    """One line each, for machines one object each; exit code 4 when one of them is broken."""
    import json

    from reactivate.errors import PLUGIN, PluginError
    from reactivate.host.registry import Registry
    from reactivate.text import columns

    registry = Registry()
    rows, broken = [], []
    for (kind, word), plugin in sorted(registry.found.items()):
        try:
            descriptor = registry.get(kind, word)
            summary, stability = descriptor.summary, str(descriptor.stability)
        except PluginError as fault:
            broken.append(fault)
            summary, stability = f"broken: {fault.diagnostics[0].message}", "broken"
        rows.append((f"{kind}.{word}", plugin.distribution, plugin.version, summary, stability))
    if form == "json":
        names = ("name", "distribution", "version", "summary", "stability")
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        click.echo(json.dumps({"format": "plugins/1", "plugins": listed}, ensure_ascii=False, indent=2))
    else:
        marked = [(*row[:3], row[3] + (" (planned)" if row[4] == "planned" else "")) for row in rows]
        click.echo("\n".join(columns(marked)))
    if broken:
        raise click.exceptions.Exit(PLUGIN)
