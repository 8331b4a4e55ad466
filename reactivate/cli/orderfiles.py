"""Options of the commands that read a plain file of orders, and what is told of rows that could not be used."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reactivate.cli.options import delimiter_of

if TYPE_CHECKING:
    from datetime import date

    from reactivate.analytics.orderfile import OrderFile
    from reactivate.diagnostics import Diagnostic

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("orders", type=click.Path(dir_okay=False)),
    click.option("--customer", required=True, metavar="COLUMN", help="Column with the id of the customer."),
    click.option("--at", required=True, metavar="COLUMN", help="Column with the day or moment of the order."),
    click.option("--amount", required=True, metavar="COLUMN", help="Column with the sum; negative sums are returns."),
    click.option("--order", metavar="COLUMN", help="Rows with one value here are one order; else a customer's day is."),
    click.option("--category", metavar="COLUMN", help="Column with the category."),
    click.option("--currency", metavar="COLUMN", help="Column with the currency; the most frequent one counts."),
    click.option("--count-in", metavar="CODE", help="Count this currency, set the others aside."),
    click.option("--since", metavar="DATE", help="Birth of the shop: earlier orders are set aside. Default: 1990."),
    click.option(
        "--as-of",
        metavar="DATE",
        help="The day to speak of, its end. Default: the last day of the file that is not in the future.",
    ),
    click.option("--dates", metavar="PATTERN", help="How dates are written: DD/MM/YYYY. Default: ISO or DD.MM.YYYY."),
    click.option("--encoding", help="Character encoding of a CSV file. Default: found in the file."),
    click.option(
        "--delimiter",
        callback=delimiter_of,
        help="Character between cells of a CSV file. Default: found in its first line.",
    ),
)


def order_file_options(function: Function) -> Function:
    """The argument ORDERS and everything that says how it is to be read, the same in every command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def opened(
    orders: str, *, encoding: str | None, delimiter: str | None, since: str | None, dates: str | None, **columns: Any
) -> "OrderFile":
    """Read the file as the options say."""
    from reactivate.analytics.orderfile import EARLIEST, Mapping, read_orders

    if dates and not ("YY" in dates and "MM" in dates and "DD" in dates):
        raise click.BadParameter(f"a pattern such as DD/MM/YYYY is expected, got {dates!r}", param_hint="--dates")
    start = day(since, "--since") if since else EARLIEST
    return read_orders(orders, Mapping(**columns, dates=dates, since=start), encoding=encoding, delimiter=delimiter)


def check_targets(orders: str, written: Mapping[str, str | None]) -> None:
    """Refuse to write over the file that is read, or two results into one file, before any work is done; by option."""
    from pathlib import Path

    taken = {Path(orders).resolve(): "the file that is read"}
    for option, path in written.items():
        if path is None:
            continue
        place = Path(path).resolve()
        if place in taken:
            raise click.BadParameter(f"{path!r} is {taken[place]}", param_hint=option)
        taken[place] = f"where {option} is written"


def day(text: str, option: str) -> "date":
    """A day as an option gives it; the time behind it does not matter."""
    from datetime import date

    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise click.BadParameter(f"expected a date such as 2026-11-02, got {text!r}", param_hint=option) from None


def as_of_day(text: str | None, found: "OrderFile") -> "date":
    """`--as-of`, else the last day of the file that is not in the future. DataError R656 without any order."""
    import pyarrow.compute as pc

    from reactivate.cli.clock import now

    if text:
        return day(text, "--as-of")
    last: date | None = pc.max(found.orders["ordered_on"]).as_py()
    if last is None:
        from reactivate.errors import DataError

        message = "the file has no order with a customer and a readable date"
        raise DataError.because("R656", message, "check --customer, --at and --dates")
    today = now().date()
    if last > today:
        past = found.orders.filter(pc.less_equal(found.orders["ordered_on"], today))
        last = pc.max(past["ordered_on"]).as_py() or today
    return last


def tell_set_aside(found: "OrderFile") -> None:
    """Warn on stderr of rows that do not count, each reason with a cell that shows it, and of sums not known."""
    for reason, rows in found.set_aside.items():
        example = f", such as {found.examples[reason]!r}" if reason in found.examples else ""
        if reason == "unreadable sum":
            said = "counted as orders of unknown sum"
            click.echo(f"warning: {rows:,} of {found.rows:,} rows with an unreadable sum{example}: {said}", err=True)
        else:
            click.echo(f"warning: {rows:,} of {found.rows:,} rows set aside: {reason}{example}", err=True)
    if found.set_aside.get("unreadable date"):
        click.echo("   say how dates are written: --dates DD/MM/YYYY", err=True)


def tell_later(orders: int, as_of: str) -> None:
    """Warn of orders after the day that is spoken of."""
    if orders:
        from reactivate.text import counted

        click.echo(f"warning: {counted(orders, 'order')} after {as_of} not looked at", err=True)


def tell_warnings(warnings: "tuple[Diagnostic, ...]") -> None:
    """Warnings of the models, with the way out."""
    for item in warnings:
        click.echo(f"warning {item.code}: {item.message}", err=True)
        if item.hint:
            click.echo(f"   {item.hint}", err=True)
