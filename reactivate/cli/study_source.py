"""Where a study takes its customers from: a plain file of orders, or the base of a business file."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reactivate.cli.options import business_option, format_option, no_sync_option
from reactivate.cli.orderfiles import as_of_day, order_file_options

if TYPE_CHECKING:
    from reactivate.analytics.studies.shop import Shop
    from reactivate.cli.progress import Progress

Function = TypeVar("Function", bound=Callable[..., Any])

_READING = ("customer", "at", "amount", "order", "category", "currency", "count_in", "since", "dates", "delimiter")


def source_options(function: Function) -> Function:
    """The options of a plain file, none of them required, for a business file needs none; and those of a spec."""
    function = format_option()(no_sync_option(business_option(order_file_options(function))))
    for one in getattr(function, "__click_params__", ()):
        if isinstance(one, click.Option):
            one.required = False
        elif one.name == "orders":
            one.metavar = "ORDERS|SPEC"
    return function


def is_spec(source: str) -> bool:
    """Whether the argument is a business or campaign file."""
    return source.lower().endswith((".yml", ".yaml"))


def open_shop(
    source: str,
    progress: "Progress",
    *,
    as_of: str | None,
    business: str | None,
    no_sync: bool,
    encoding: str | None,
    **reading: Any,
) -> "Shop":
    """The shop to study. UsageError when options are missing, or make no sense beside a business file."""
    if is_spec(source):
        told = [f"--{name.replace('_', '-')}" for name, value in reading.items() if value]
        if told:
            raise click.UsageError(f"{', '.join(told)} say how to read a plain file; {source} names its sources itself")
        return _of_spec(source, progress, as_of, business, no_sync)
    need(source, reading, "customer", "at", "amount")
    return _of_file(source, progress, as_of, encoding, reading)


def need(source: str, reading: dict[str, Any], *names: str) -> None:
    """UsageError naming every option that a plain file needs and that was not given."""
    missing = [f"--{name}" for name in names if not reading.get(name)]
    if missing:
        hint = "a business file (.yml) needs none of them"
        raise click.UsageError(f"{source} is a plain file: say {', '.join(missing)} ({hint})")


def _of_spec(source: str, progress: "Progress", as_of: str | None, business: str | None, no_sync: bool) -> "Shop":
    from reactivate.cli.clock import now
    from reactivate.stages.opening import open_spec
    from reactivate.stages.study import shop_of

    opened = open_spec(source, clock=now, progress=progress, business=business, moment=as_of, no_sync=no_sync)
    with opened.ledger:
        return shop_of(opened)


def _of_file(
    source: str, progress: "Progress", as_of: str | None, encoding: str | None, reading: dict[str, Any]
) -> "Shop":
    from pathlib import Path

    from reactivate.analytics.studies.shop import Shop
    from reactivate.cli.orderfiles import opened, tell_set_aside

    with progress.stage("reading orders"):
        found = opened(source, encoding=encoding, **{name: reading.get(name) for name in _READING})
    tell_set_aside(found)
    return Shop(Path(source).name, found.people, found.orders, as_of_day(as_of, found), currency=found.currency)
