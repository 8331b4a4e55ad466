"""Options that several commands share, built once so that they are spelt and read alike everywhere."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

spec_argument = click.argument("spec", type=click.Path(dir_okay=False))

business_option = click.option(
    "--business", type=click.Path(dir_okay=False), help="Another business file, for a trial run."
)

as_of_option = click.option(
    "--as-of", metavar="DATE", help="The moment to speak of: 2026-11-02 (its end) or 2026-11-02T10:00. Default: now."
)

no_sync_option = click.option("--no-sync", is_flag=True, help="Use the last base, do not read file sources again.")


def format_option(*others: str) -> Callable[[Function], Function]:
    """`--format text|json|…`; machine formats print nothing but themselves to stdout."""
    return click.option(
        "--format", "form", type=click.Choice(["text", "json", *others]), default="text", help="How to print."
    )


def delimiter_of(_: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    r"""One character; a tab may be written `\t`."""
    mark = given.replace("\\t", "\t") if given else None
    if mark and len(mark) != 1:
        raise click.BadParameter(f"expected one character, got {given!r}", param=parameter)
    return mark


output_option = click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Also write this format to a file; repeatable."
)
