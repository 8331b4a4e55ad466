"""`reactivate init`: the first files of a shop, or one of the shipped examples."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False), default=".")
@click.option("--example", metavar="NAME", help="Unpack a shipped campaign: bookshop, spice-shop, car-service …")
@click.option(
    "--from",
    "own",
    metavar="FILE.csv",
    type=click.Path(dir_okay=False),
    help="Your orders: proposes what is what.",
)
@click.option("--brand", help="Name people see.")
@click.option("--currency", help="Currency code, e.g. EUR.")
@click.option("--timezone", help="Calendar of the business, e.g. Europe/Warsaw.")
@click.option("--language", help="Language of the templates, e.g. pl.")
@click.option("--policy", help="Policy pack: ru ua kz by eu pl us.")
def command(folder: str, example: str | None, own: str | None, **given: str | None) -> None:
    """Write a business file, a first campaign, templates and sample data into FOLDER; `check` passes at once."""
    from pathlib import Path

    from reactivate.starter import Shop, write_example, write_starter

    place = Path(folder)
    if example and own:
        raise click.UsageError("--example and --from do not go together")
    if example:
        written = write_example(place, example)
        click.echo(f"{len(written)} files of the example {example!r} in {place}")
        spec = next(path for name in ("campaign.yml", "business.yml") if (path := place / name) in written)
        click.echo(f"next: reactivate check {spec}")
        return
    _refuse_wrong(given)
    answers = _asked(Shop(), given) if sys.stdin.isatty() else {k: v for k, v in given.items() if v is not None}
    written = write_starter(place, Shop(**answers), None if own is None else _proposed(Path(own), place))
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"next: reactivate check {place / 'campaign.yml'}, then reactivate plan {place / 'campaign.yml'}")


def _proposed(file: "Path", folder: "Path") -> str:
    """Say what the columns of a file are held to be, how sure that is; the source as YAML."""
    from reactivate.starter.look import look
    from reactivate.starter.propose import propose
    from reactivate.starter.told import as_text

    proposal = propose(look(file))
    click.echo(as_text(proposal))
    return proposal.source(folder)


def _asked(usual: object, given: dict[str, str | None]) -> dict[str, str]:
    """The flags, and for what they leave out a question each."""
    questions = {
        "brand": "Name people see",
        "currency": "Currency",
        "timezone": "Time zone",
        "language": "Language of the letters",
        "policy": "Policy pack (ru ua kz by eu pl us)",
    }
    return {name: given[name] or _answer(name, text, getattr(usual, name)) for name, text in questions.items()}


def _answer(name: str, question: str, usual: str) -> str:
    """One answer, asked for until the language can hold it."""
    from reactivate.starter.answers import complaint

    while True:
        answer: str = click.prompt(question, default=usual, err=True)
        wrong = complaint(name, answer)
        if wrong is None:
            return answer
        click.echo(f"  {wrong}", err=True)


def _refuse_wrong(given: dict[str, str | None]) -> None:
    """UsageError for a flag whose value no spec may hold; nothing is written then."""
    from reactivate.starter.answers import complaint

    for name, value in given.items():
        wrong = None if value is None else complaint(name, value)
        if wrong:
            raise click.BadParameter(wrong, param_hint=f"--{name}")
