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
    from reactivate.errors import EnvironmentFault
    from reactivate.host.registry import Registry
    from reactivate.report.diagnostics import printed
    from reactivate.spec.load import load

    targets = [_target(text) for text in outputs]
    registry = Registry()
    found: list[Diagnostic] = []
    for spec in specs:
        try:
            said = load(spec, registry, business).diagnostics
        except EnvironmentFault as fault:  # the other files are looked at all the same
            said = fault.diagnostics
        found += [item for item in said if item not in found]
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
    """0 good; else spec before plug-in before environment: 3, 4, 9."""
    from reactivate.errors import ENVIRONMENT, GOOD, PLUGIN, SPEC

    kinds = {item.code[:2] for item in found if item.is_error}
    if not kinds:
        return GOOD
    return SPEC if kinds - {"R5", "R9"} else PLUGIN if "R5" in kinds else ENVIRONMENT
