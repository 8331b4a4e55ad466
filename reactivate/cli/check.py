"""`reactivate check SPEC…`: everything that is wrong with specs, without reading data."""

from pathlib import Path

import click

from reactivate.cli.options import business_option, format_option, output_option
from reactivate.diagnostics import Diagnostic

FORMATS = ("text", "json", "github", "sarif", "junit")


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@business_option
@format_option("github", "sarif", "junit")
@output_option
def command(specs: tuple[str, ...], form: str, business: str | None, outputs: tuple[str, ...]) -> None:
    """Read specs and say everything that is wrong with them; reads no data."""
    from reactivate.host.registry import Registry
    from reactivate.report.diagnostics import printed
    from reactivate.spec.load import load

    targets = [_target(text) for text in outputs]
    registry = Registry()
    found: list[Diagnostic] = []
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


def exit_code(found: list[Diagnostic]) -> int:
    """0 good, 3 a fault in a spec, 4 only plug-ins at fault."""
    from reactivate.errors import GOOD, PLUGIN, SPEC

    errors = [item for item in found if item.is_error]
    if not errors:
        return GOOD
    return PLUGIN if all(item.code.startswith("R5") for item in errors) else SPEC
