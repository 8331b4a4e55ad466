"""The command group. It knows names and help lines; the work is imported inside each command.

`--help` and `--version` must stay instant, so nothing here may import pyarrow, yaml or a plug-in.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click

from reactivate import __version__
from reactivate.diagnostics import Diagnostic
from reactivate.errors import BUG, INTERRUPTED, ReactivateError

COMMANDS: dict[str, str] = {
    "init": "Write a business file, a first campaign and a folder that passes check.",
    "check": "Read specs and say everything that is wrong with them; reads no data.",
    "sync": "Read the sources, clean, match and write the base.",
    "plan": "Say what a run would do, to whom and at what cost; sends nothing.",
    "simulate": "Play a campaign on a fake clock with drawn or scripted answers.",
    "run": "Do one pass: enter, advance, deliver, record. Safe to repeat.",
    "events": "Import what people did: answers, clicks, bounces, results of calls.",
    "report": "Write the page an owner would show to a partner.",
    "bonus": "Say what is due to staff for customers who came back.",
    "explain": "Tell the story of one person, or what an error code means.",
    "review": "Decide which records are one person, at the terminal or in a sheet; undo a merge.",
    "match": "Find the same people in plain files.",
    "profile": "Describe the customers of a plain file of orders.",
    "study": "Study all customers: RFM and movement, lapse lines, cohorts, next products.",
    "forecast": "Check the forecasts on a plain file of orders: made earlier, how near were they?",
    "lift": "Compare arms of a test in a plain file of results.",
    "power": "Say what a test can see before it starts.",
    "ledger": "Look into the ledger, check its sums, resolve what is unknown.",
    "schema": "Print the JSON Schema for editors.",
    "plugins": "List the installed plug-ins.",
}

_RENAMED: dict[str, str] = {}


class LazyGroup(click.Group):
    """Commands by name; a module is imported when its command is called, never for `--help`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reactivate.cli.{_RENAMED.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from reactivate.text import nearest

            close = nearest(args[0], COMMANDS)
            ctx.fail(f"no command {args[0]!r}." + (f" Did you mean {close!r}?" if close else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reactivate", message="%(prog)s %(version)s")
def cli() -> None:
    """Bring lapsed customers back, as code."""


def main(arguments: list[str] | None = None) -> None:
    """Run the program and leave with the exit code of `reactivate.errors`."""
    try:
        code = cli.main(args=arguments, prog_name="reactivate", standalone_mode=False)
    except ReactivateError as fault:
        _print_faults(fault.diagnostics)
        sys.exit(fault.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.Abort as stop:
        _print_stopped(stop.__cause__ or stop)
        sys.exit(INTERRUPTED)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except KeyboardInterrupt as stop:
        _print_stopped(stop)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as fault:
        _print_faults([_world(fault)])
        sys.exit(9)
    except Exception as bug:  # noqa: BLE001 - the last net: a bug is printed with its traceback and exit code 1
        _print_bug(bug)
        sys.exit(BUG)
    sys.exit(code if isinstance(code, int) else 0)


def _print_faults(found: Iterable[Diagnostic]) -> None:
    from reactivate.report.diagnostics_text import as_text

    click.echo(as_text(found), err=True)


def _print_stopped(stop: BaseException) -> None:
    """What was going on, if a plug-in was at work."""
    at_work = "".join(f" while {note}" for note in getattr(stop, "__notes__", [])[:1])
    click.echo(f"stopped{at_work}; nothing is half done: run it again to go on", err=True)


def _world(fault: OSError) -> Diagnostic:
    """A full disk, a missing file or a closed door, in words."""
    import errno

    way_out = {
        errno.ENOSPC: "free some space and run again; nothing is half written",
        errno.EACCES: "give this user the right to read or write it",
        errno.ENOENT: "check the path",
    }
    place = f" {fault.filename}" if fault.filename else ""
    return Diagnostic("R901", f"{fault.strerror or fault}:{place}", hint=way_out.get(fault.errno or 0))


def _print_bug(bug: BaseException) -> None:
    """A bug of ours: a traceback without the values of variables, and where to take it."""
    import traceback

    click.echo("".join(traceback.format_exception(bug)), err=True, nl=False)
    click.echo("error R999: this is a bug in reactivate; please report it with the lines above", err=True)


def known(command: Any) -> bool:
    """Whether a module brings a click command under the agreed name (used by tests)."""
    return isinstance(getattr(command, "command", None), click.Command)
