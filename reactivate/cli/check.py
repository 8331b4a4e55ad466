"""`reactivate check SPEC…`: everything that is wrong with specs, without reading data."""

from pathlib import Path

import click

FORMATS = ("text", "json", "github", "sarif", "junit")


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print to the screen.")
@click.option("--business", metavar="FILE", help="Business file in place of the one a campaign names.")
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write this format to a file as well.")
def command(specs: tuple[str, ...], form: str, business: str | None, outputs: tuple[str, ...]) -> None:
    """Read specs and say everything that is wrong with them; reads no data."""
    from reactivate.host.registry import Registry
    from reactivate.report.diagnostics import printed
    from reactivate.spec.load import load

    targets = [_target(text) for text in outputs]
    registry = Registry()
    found = []
    for spec in specs:
        found += [item for item in load(spec, registry, business).diagnostics if item not in found]
    click.echo(printed(found, form, specs))
    for kind, path in targets:
        path.write_text(printed(found, kind, specs) + "\n", encoding="utf-8")
    raise click.exceptions.Exit(exit_code(found))


def _target(text: str) -> tuple[str, Path]:
    kind, _, path = text.partition("=")
    if kind not in FORMATS or not path:
        raise click.BadParameter(
            f"expected FORMAT=PATH with one of {', '.join(FORMATS)}, got {text!r}", param_hint="--output"
        )
    return kind, Path(path)


def exit_code(found: list) -> int:  # type: ignore[type-arg]
    """0 good, 3 a fault in a spec, 4 only plug-ins at fault."""
    from reactivate.errors import GOOD, PLUGIN, SPEC

    errors = [item for item in found if item.is_error]
    if not errors:
        return GOOD
    return PLUGIN if all(item.code.startswith("R5") for item in errors) else SPEC
