"""`reactivate schema`: the JSON Schema of specs, with the plug-ins installed here."""

import click


@click.command("schema")
@click.option("--output", type=click.Path(dir_okay=False), help="Write it to a file, such as .reactivate/schema.json.")
def command(output: str | None) -> None:
    """Print the JSON Schema for editors: completion, descriptions and checks while typing.

    An editor finds it by the first line of a spec: # yaml-language-server: $schema=.reactivate/schema.json
    """
    import json
    from pathlib import Path

    from reactivate.host.registry import Registry
    from reactivate.spec.jsonschema import schema

    text = json.dumps(schema(Registry()), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
        return
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    click.echo(f"wrote {output}", err=True)
