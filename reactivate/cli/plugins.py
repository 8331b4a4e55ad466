"""`reactivate plugins`: one line each."""

import click


@click.command("plugins")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def command(form: str) -> None:
    """List the installed plug-ins: kind.word, distribution, version, summary."""
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
